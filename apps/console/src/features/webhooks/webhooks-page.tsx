import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client';
import { queryKeys } from '../../api/query-keys';
import { LongNumber } from '../../ui/long-number';
import { NothingHere } from '../../ui/nothing-here';
import { Page, Panel } from '../../ui/page';
import { RowsSkeleton } from '../../ui/page-skeleton';
import { ProblemAlert } from '../../ui/problem-alert';
import { Deliveries } from './deliveries';
import { WebhookForm } from './webhook-form';
import { WebhookItem } from './webhook-item';
import type { Webhook } from './webhook-queries';
import styles from './webhooks.module.css';

export function WebhooksPage() {
  const { t } = useTranslation();
  const [form, setForm] = useState<{ readonly webhook?: Webhook } | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const webhooks = useQuery({
    queryKey: queryKeys.webhooks,
    queryFn: ({ signal }) => answerOf(api.GET('/v1/webhooks', { signal })),
  });
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setForm({})}>
      {t('webhooks.add')}
    </Button>
  );
  return (
    <Page title={t('webhooks.title')} lead={t('webhooks.lead')} actions={add}>
      {webhooks.isError && webhooks.data === undefined && (
        <ProblemAlert error={webhooks.error} onRetry={() => void webhooks.refetch()} />
      )}
      {!webhooks.isError && (
        <Panel>
          {webhooks.isPending && <RowsSkeleton rows={2} />}
          {webhooks.data?.items.length === 0 && (
            <NothingHere title={t('webhooks.none')} text={t('webhooks.noneText')} />
          )}
          <ul>
            {webhooks.data?.items.map((webhook) => (
              <WebhookItem
                key={webhook.id}
                webhook={webhook}
                onEdit={() => setForm({ webhook })}
                onSecret={setSecret}
              />
            ))}
          </ul>
        </Panel>
      )}
      <Deliveries webhooks={webhooks.data?.items ?? []} />
      {form !== null && (
        <WebhookForm webhook={form.webhook} onClose={() => setForm(null)} onSecret={setSecret} />
      )}
      {secret !== null && <SecretOnce secret={secret} onClose={() => setSecret(null)} />}
    </Page>
  );
}

function SecretOnce({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      open
      title={t('webhooks.secretTitle')}
      mask={{ closable: false }}
      onCancel={onClose}
      footer={
        <Button type="primary" onClick={onClose}>
          {t('done')}
        </Button>
      }
    >
      <p>{t('webhooks.secretText')}</p>
      <div className={styles.secret} data-testid="secret">
        <LongNumber value={secret} />
      </div>
    </Modal>
  );
}
