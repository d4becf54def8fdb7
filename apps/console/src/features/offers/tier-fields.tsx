import { CloseOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { Field } from '../../ui/field';
import type { Tier } from './offer-draft';
import styles from './offer-form.module.css';

const MAX_TIERS = 20;

interface TierFieldsProps {
  readonly tiers: readonly Tier[];
  readonly error: string | undefined;
  readonly onChange: (tiers: readonly Tier[]) => void;
}

export function TierFields({ tiers, error, onChange }: TierFieldsProps) {
  const { t } = useTranslation();
  const change = (at: number, part: Partial<Tier>): void =>
    onChange(tiers.map((tier, index) => (index === at ? { ...tier, ...part } : tier)));
  return (
    <div className={styles.tiers}>
      {tiers.map((tier, index) => (
        // Tiers have no identity but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index} className={styles.tier}>
          <Field label={t('offers.tierFrom')} error={undefined}>
            {(control) => (
              <Input
                {...control}
                size="large"
                prefix="¥"
                inputMode="decimal"
                value={tier.from}
                onChange={(event) => change(index, { from: event.target.value })}
              />
            )}
          </Field>
          <Field label={t('offers.tierBonus')} error={undefined}>
            {(control) => (
              <Input
                {...control}
                size="large"
                prefix="¥"
                inputMode="decimal"
                value={tier.bonus}
                onChange={(event) => change(index, { bonus: event.target.value })}
              />
            )}
          </Field>
          <Button
            type="text"
            size="large"
            icon={<CloseOutlined />}
            aria-label={t('offers.removeTier')}
            disabled={tiers.length === 1}
            onClick={() => onChange(tiers.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      {error !== undefined && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
      <div>
        <Button
          disabled={tiers.length >= MAX_TIERS}
          onClick={() => onChange([...tiers, { from: '', bonus: '' }])}
        >
          {t('offers.addTier')}
        </Button>
      </div>
    </div>
  );
}
