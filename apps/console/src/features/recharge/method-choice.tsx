import { useTranslation } from 'react-i18next';
import { ChoiceCard } from '../../ui/choice-card';
import styles from './recharge-page.module.css';

export type Method = 'page' | 'wap' | 'qr';

interface MethodChoiceProps {
  readonly method: Method;
  /** A telephone opens Alipay's app where a desktop goes to its page. */
  readonly isHandheld: boolean;
  readonly onChange: (method: Method) => void;
}

export function MethodChoice({ method, isHandheld, onChange }: MethodChoiceProps) {
  const { t } = useTranslation();
  const offered: readonly Method[] = [isHandheld ? 'wap' : 'page', 'qr'];
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
