import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { Instant } from '../../ui/instant';
import { LongNumber } from '../../ui/long-number';
import { Tag } from '../../ui/tag';
import work from '../operations/work-item.module.css';
import { useKindText } from './kind-text';
import { SettleFinding } from './settle-finding';

type Finding = Schemas['CheckerFinding'];

/** One place where the book is wrong, or was. */
export function FindingItem({ finding }: { finding: Finding }) {
  const { t } = useTranslation();
  const { account, transferId, frozenAccounts, settledBy, settledAt, unfrozenAt } = finding;
  return (
    <li className={work.item} data-finding={finding.place} data-state={finding.state}>
      <div className={work.head}>
        <strong>{finding.problems.map((problem) => t(`findings.problems.${problem}`)).join(' · ')}</strong>
        <Tag tone={finding.state === 'OPEN' ? 'bad' : 'plain'}>{t(`findings.states.${finding.state}`)}</Tag>
      </div>
      <p lang="en">{finding.detail}</p>
      {finding.reason !== null && <p className={work.faint}>{finding.reason}</p>}
      <dl className={work.numbers}>
        {account !== null && (
          <Fact name={t('findings.account')}>
            <AccountCode code={account} />
          </Fact>
        )}
        {transferId !== null && (
          <Fact name={t('findings.transfer')}>
            <LongNumber value={transferId} />
          </Fact>
        )}
        <Fact name={t('findings.since')}>
          <Instant at={finding.foundAt} format="exact" /> · {t(`findings.foundBy.${finding.foundBy}`)}
        </Fact>
        {frozenAccounts.length > 0 && (
          <Fact name={t(unfrozenAt === null ? 'findings.frozen' : 'findings.wasFrozen')}>
            {frozenAccounts.map((code) => (
              <div key={code}>
                <AccountCode code={code} />
              </div>
            ))}
          </Fact>
        )}
        {settledBy !== null && settledAt !== null && (
          <Fact name={t('findings.settledBy')}>
            {settledBy} · <Instant at={settledAt} />
          </Fact>
        )}
      </dl>
      <SettleFinding finding={finding} />
    </li>
  );
}

function AccountCode({ code }: { code: string }) {
  const kindText = useKindText();
  return (
    <>
      {kindText(code.split(':', 1)[0] ?? code)} <LongNumber value={code} />
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
