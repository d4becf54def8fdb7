import { AlipayCircleFilled, WechatFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { ChoiceCard } from '../../ui/choice-card';
import styles from './recharge-page.module.css';

/** One channel is open today; the other is announced and can't be chosen. */
export function ChannelChoice() {
  const { t } = useTranslation();
  return (
    <fieldset className={styles.group}>
      <legend>{t('recharge.channel')}</legend>
      <div className={styles.cards}>
        <ChoiceCard
          name="channel"
          title={t('recharge.alipay')}
          text={t('recharge.alipayText')}
          icon={<AlipayCircleFilled style={{ color: '#1677ff', fontSize: 24 }} />}
          checked
          onChoose={() => undefined}
        />
        <ChoiceCard
          name="channel"
          title={t('recharge.wechat')}
          text={t('recharge.wechatSoon')}
          icon={<WechatFilled style={{ color: 'var(--ink-faint)', fontSize: 24 }} />}
          checked={false}
          disabled
          onChoose={() => undefined}
        />
      </div>
    </fieldset>
  );
}
