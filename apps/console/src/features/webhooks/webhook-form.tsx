import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { queryKeys } from '../../api/query-keys';
import { Field } from '../../ui/field';
import { useFieldErrors } from '../../ui/field-errors';
import { ProblemAlert } from '../../ui/problem-alert';
import { isWebAddress } from '../order/pay-link';
import { EVENTS, type Webhook, type WebhookEvent } from './webhook-queries';
import styles from './webhooks.module.css';

interface WebhookFormProps {
  /** Undefined for a new one. */
  readonly webhook?: Webhook | undefined;
  readonly onClose: () => void;
  readonly onSecret: (secret: string) => void;
}

export function WebhookForm({ webhook, onClose, onSecret }: WebhookFormProps) {
  const { t } = useTranslation();
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [events, setEvents] = useState<readonly WebhookEvent[]>(
    EVENTS.filter((event) => webhook === undefined || webhook.events.includes(event)),
  );
  const saving = useSaveWebhook(webhook, (secret) => {
    onClose();
    if (secret !== null) onSecret(secret);
  });
  const fields = useFieldErrors<'url' | 'events'>(saving.error);
  const isRefused = saving.error instanceof ApiProblem && saving.error.code === 'WEBHOOK_ADDRESS_REFUSED';

  const submit = (): void => {
    const isComplete = fields.check({
      url: isWebAddress(url.trim()) ? undefined : t('webhooks.urlBad'),
      events: events.length > 0 ? undefined : t('webhooks.eventsMissing'),
    });
    if (isComplete && !saving.isPending) saving.mutate({ url: url.trim(), events: [...events] });
  };

  return (
    <Modal open title={t(webhook ? 'webhooks.editTitle' : 'webhooks.add')} onCancel={onClose} footer={null}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field
          label={t('webhooks.url')}
          help={t('webhooks.urlHelp')}
          error={fields.of('url') ?? (isRefused ? t('problem.codes.WEBHOOK_ADDRESS_REFUSED') : undefined)}
        >
          {(control) => (
            <Input
              {...control}
              size="large"
              type="url"
              maxLength={500}
              autoComplete="off"
              placeholder="https://example.com/clearbid"
              value={url}
              onChange={(event) => {
                setUrl(event.target.value);
                fields.forget('url');
                if (isRefused) saving.reset();
              }}
            />
          )}
        </Field>
        <Field label={t('webhooks.events')} error={fields.of('events')}>
          {({ id, 'aria-describedby': describedBy }) => (
            <Checkbox.Group
              className={styles.events ?? ''}
              aria-describedby={describedBy}
              value={[...events]}
              options={EVENTS.map((value, index) => ({
                value,
                label: t(`webhooks.eventNames.${value}`),
                ...(index === 0 && { id }),
              }))}
              onChange={(chosen) => {
                setEvents(EVENTS.filter((event) => chosen.includes(event)));
                fields.forget('events');
              }}
            />
          )}
        </Field>
        {saving.isError && !fields.any && !isRefused && <ProblemAlert error={saving.error} />}
        <div className={styles.buttons}>
          <Button size="large" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="primary" size="large" htmlType="submit" loading={saving.isPending}>
            {t(webhook ? 'save' : 'webhooks.add')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function useSaveWebhook(webhook: Webhook | undefined, onSaved: (secret: string | null) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: { url: string; events: WebhookEvent[] }) => {
      if (webhook === undefined) return (await answerOf(api.POST('/v1/webhooks', { body }))).secret;
      await answerOf(api.PATCH('/v1/webhooks/{id}', { params: { path: { id: webhook.id } }, body }));
      return null;
    },
    onSuccess: onSaved,
    onSettled: () => void queries.invalidateQueries({ queryKey: queryKeys.webhooks }),
  });
}
