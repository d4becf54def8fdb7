import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';

export type Webhook = Schemas['Webhook'];
export type WebhookEvent = Exclude<Webhook['events'][number], 'webhook.test'>;

export const EVENTS = [
  'recharge.paid',
  'recharge.credited',
  'recharge.closed',
  'refund.succeeded',
  'refund.failed',
] as const satisfies readonly WebhookEvent[];

/** What can be done with one webhook. */
export function useWebhookActions({ id }: Webhook, onSecret: (secret: string) => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const path = { id };
  const refresh = () => void queries.invalidateQueries({ queryKey: queryKeys.webhooks });
  const enabling = useMutation({
    mutationFn: (enabled: boolean) =>
      answerOf(api.PATCH('/v1/webhooks/{id}', { params: { path }, body: { enabled } })),
    onSettled: refresh,
  });
  const removing = useMutation({
    mutationFn: () => answerOf(api.DELETE('/v1/webhooks/{id}', { params: { path } })),
    onSettled: refresh,
  });
  const rotating = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/webhooks/{id}/secret', { params: { path } })),
    onSuccess: ({ secret }) => onSecret(secret),
    onSettled: refresh,
  });
  const testing = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/webhooks/{id}/test', { params: { path } })),
    onSuccess: () => void message.success(t('webhooks.tested')),
    onSettled: () => void queries.invalidateQueries({ queryKey: queryKeys.allWebhookDeliveries }),
  });
  return { enabling, removing, rotating, testing };
}
