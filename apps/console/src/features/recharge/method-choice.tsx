import { useTranslation } from 'react-i18next';
import { ChoiceCard } from '../../ui/choice-card';
import type { Method } from './pay-methods';
import styles from './recharge-page.module.css';

interface MethodChoiceProps {
  readonly method: Method | undefined;
  readonly offered: readonly Method[];
  readonly onChange: (method: Method) => void;
}

export function MethodChoice({ method, offered, onChange }: MethodChoiceProps) {
  const { t } = useTranslation();
  return (
    <fieldset className={styles.group}>
      <legend>{t('recharge.method')}</legend>
      <div className={styles.cards}>
        {offered.map((each) => (
          <ChoiceCard
            key={each}
            name="method"
            title={t(`recharge.methods.${each}`)}
            text={t(`recharge.methodTexts.${each}`)}
            checked={each === method}
            onChoose={() => onChange(each)}
          />
        ))}
      </div>
    </fieldset>
  );
}
