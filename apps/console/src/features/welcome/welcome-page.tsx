import { useTranslation } from 'react-i18next';
import { useAccount } from '../../session/use-session';
import { Rosette } from '../../ui/guilloche';
import { Instant } from '../../ui/instant';
import { LinkButton } from '../../ui/link-button';
import { LongNumber } from '../../ui/long-number';
import { Panel } from '../../ui/page';
import styles from './welcome-page.module.css';

/** A traffic owner's first page, until there are earnings to show. */
export function WelcomePage() {
  const { t } = useTranslation();
  const account = useAccount();
  return (
    <>
      <title>{`${t('welcome.title')} · Clearbid`}</title>
      <section className={styles.hero}>
        <Rosette className={styles.rosette} />
        <h1>{t('welcome.hello', { name: account.displayName })}</h1>
        <p>{t('welcome.lead')}</p>
      </section>
      <div className={styles.columns}>
        <Panel className={styles.panel}>
          <h2>{t('welcome.account')}</h2>
          <dl className={styles.facts}>
            <div>
              <dt>{t('welcome.kind')}</dt>
              <dd>{t(`kinds.${account.kind}`)}</dd>
            </div>
            <div>
              <dt>{t('welcome.email')}</dt>
              <dd>{account.email}</dd>
            </div>
            <div>
              <dt>{t('welcome.id')}</dt>
              <dd>
                <LongNumber value={account.id} />
              </dd>
            </div>
            <div>
              <dt>{t('welcome.since')}</dt>
              <dd>
                <Instant at={account.createdAt} format="date" />
              </dd>
            </div>
          </dl>
        </Panel>
        <div className={styles.stack}>
          <Panel className={styles.panel}>
            <h2>{t('welcome.security')}</h2>
            <p>{t('welcome.securityText')}</p>
            <LinkButton to="/devices">{t('welcome.seeDevices')}</LinkButton>
          </Panel>
          <Panel className={styles.panel}>
            <h2>{t('welcome.later')}</h2>
            <p>{t('welcome.laterText')}</p>
          </Panel>
        </div>
      </div>
    </>
  );
}
