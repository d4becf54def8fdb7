import { Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { readTypedAmount } from '../../money/typed-amount';
import { parseYuan, yuanParts } from '../../money/yuan';
import { Field } from '../../ui/field';
import { PRESET_AMOUNTS } from './amounts';
import styles from './recharge-page.module.css';

interface AmountChoiceProps {
  readonly typed: string;
  readonly error: string | undefined;
  readonly onChange: (typed: string) => void;
}

export function AmountChoice({ typed, error, onChange }: AmountChoiceProps) {
  const { t } = useTranslation();
  const reading = readTypedAmount(typed);
  return (
    <fieldset className={styles.group}>
      <legend>{t('recharge.amount')}</legend>
      <div className={styles.presets}>
        {PRESET_AMOUNTS.map((amount) => (
          <button
            key={amount}
            type="button"
            className={styles.preset}
            aria-pressed={reading.ok && reading.amount === amount}
            onClick={() => onChange(amount)}
          >
            ¥{yuanParts(parseYuan(amount)).whole}
          </button>
        ))}
      </div>
      <div className={styles.other}>
        <Field label={t('recharge.otherAmount')} error={error}>
          {(control) => (
            <Input
              {...control}
              className={styles.figures}
              size="large"
              prefix="¥"
              inputMode="decimal"
              autoComplete="off"
              placeholder={t('recharge.amountPlaceholder')}
              value={typed}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </Field>
      </div>
    </fieldset>
  );
}
