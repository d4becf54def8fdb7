import { AlipayCircleFilled, WechatFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { ChoiceCard } from '../../ui/choice-card';
import type { Channel } from './pay-methods';
import styles from './recharge-page.module.css';

interface ChannelChoiceProps {
  readonly channel: Channel;
  readonly isOpen: (channel: Channel) => boolean;
  readonly onChange: (channel: Channel) => void;
}

/** A channel that takes no payments now stays in its place and can't be chosen. */
export function ChannelChoice({ channel, isOpen, onChange }: ChannelChoiceProps) {
  const { t } = useTranslation();
  const textOf = (each: Channel): string =>
    isOpen(each) ? t(`recharge.${each}Text`) : t('problem.codes.CHANNEL_UNAVAILABLE');
  const colourOf = (each: Channel, colour: string): string => (isOpen(each) ? colour : 'var(--ink-faint)');
  return (
    <fieldset className={styles.group}>
      <legend>{t('recharge.channel')}</legend>
      <div className={styles.cards}>
        <ChoiceCard
          name="channel"
          title={t('recharge.alipay')}
          text={textOf('alipay')}
          icon={<AlipayCircleFilled style={{ color: colourOf('alipay', '#1677ff'), fontSize: 24 }} />}
          checked={channel === 'alipay'}
          disabled={!isOpen('alipay')}
          onChoose={() => onChange('alipay')}
        />
        <ChoiceCard
          name="channel"
          title={t('recharge.wechat')}
          text={textOf('wechat')}
          icon={<WechatFilled style={{ color: colourOf('wechat', '#1aad19'), fontSize: 24 }} />}
          checked={channel === 'wechat'}
          disabled={!isOpen('wechat')}
          onChoose={() => onChange('wechat')}
        />
      </div>
    </fieldset>
  );
}
