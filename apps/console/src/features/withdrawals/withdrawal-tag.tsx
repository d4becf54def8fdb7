import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../api/client';
import { Tag } from '../../ui/tag';
import { toneOf } from './withdrawal-state';

/** The state in a word; where the owner has to do something, that word instead. */
export function WithdrawalTag({
  withdrawal: { state, confirmation },
}: {
  withdrawal: Pick<Schemas['Withdrawal'], 'state' | 'confirmation'>;
}) {
  const { t } = useTranslation();
  return (
    <span data-state={state}>
      <Tag tone={toneOf(state)}>
        {confirmation === null ? t(`withdrawals.states.${state}`) : t('withdrawals.awaitsYou')}
      </Tag>
    </span>
  );
}
