import { Button, Popconfirm, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { Instant } from '../../ui/instant';
import { ProblemAlert } from '../../ui/problem-alert';
import { Tag } from '../../ui/tag';
import { useWebhookActions, type Webhook } from './webhook-queries';
import styles from './webhooks.module.css';

interface WebhookItemProps {
  readonly webhook: Webhook;
  readonly onEdit: () => void;
  readonly onSecret: (secret: string) => void;
}

export function WebhookItem({ webhook, onEdit, onSecret }: WebhookItemProps) {
  const { t } = useTranslation();
  const { enabling, removing, rotating, testing } = useWebhookActions(webhook, onSecret);
  const error = enabling.error ?? removing.error ?? rotating.error ?? testing.error;
  return (
    <li className={styles.item}>
      <div className={styles.head}>
        <strong className={styles.url}>{webhook.url}</strong>
        <Switch
          checked={webhook.enabled}
          loading={enabling.isPending}
          checkedChildren={t('webhooks.enabled')}
          unCheckedChildren={t('webhooks.disabled')}
          aria-label={`${t('webhooks.enabled')}: ${webhook.url}`}
          onChange={(enabled) => enabling.mutate(enabled)}
        />
      </div>
      <div className={styles.tags}>
        {webhook.events.map((event) => (
          <Tag key={event}>{t(`webhooks.eventNames.${event}`)}</Tag>
        ))}
      </div>
      {webhook.previousSecretUntil !== null && (
        <p className={styles.faint}>
          {t('webhooks.previousUntil')} <Instant at={webhook.previousSecretUntil} />
        </p>
      )}
      <div className={styles.actions}>
        <Button onClick={() => testing.mutate()} loading={testing.isPending}>
          {t('webhooks.test')}
        </Button>
        <Button onClick={onEdit}>{t('webhooks.edit')}</Button>
        <Popconfirm
          title={t('webhooks.rotateTitle')}
          description={<div style={{ maxWidth: 280 }}>{t('webhooks.rotateText')}</div>}
          okText={t('webhooks.rotate')}
          cancelText={t('cancel')}
          onConfirm={() => rotating.mutate()}
        >
          <Button loading={rotating.isPending}>{t('webhooks.rotate')}</Button>
        </Popconfirm>
        <Popconfirm
          title={t('webhooks.removeTitle')}
          description={t('webhooks.removeText')}
          okText={t('webhooks.remove')}
          cancelText={t('cancel')}
          onConfirm={() => removing.mutate()}
        >
          <Button type="text" danger loading={removing.isPending}>
            {t('webhooks.remove')}
          </Button>
        </Popconfirm>
      </div>
      {error !== null && <ProblemAlert error={error} />}
    </li>
  );
}
