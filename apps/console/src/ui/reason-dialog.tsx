import { Button, Input, Modal } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Field } from './field';
import { useFieldErrors } from './field-errors';
import { ProblemAlert } from './problem-alert';
import styles from './reason-dialog.module.css';

interface ReasonDialogProps {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly maxLength: number;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onConfirm: (reason: string) => void;
  readonly onClose: () => void;
  /** What else there is to decide. */
  readonly children?: ReactNode;
}

const MIN_LENGTH = 3;

/** What moves money is done with a reason, which is kept. */
export function ReasonDialog(dialog: ReasonDialogProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const fields = useFieldErrors<'reason'>(dialog.error);
  const submit = (): void => {
    const said = reason.trim();
    const isComplete = fields.check({
      reason: said.length < MIN_LENGTH ? t('settle.reasonShort') : undefined,
    });
    if (isComplete && !dialog.isPending) dialog.onConfirm(said);
  };
  return (
    <Modal open title={dialog.title} onCancel={dialog.onClose} footer={null}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p>{dialog.text}</p>
        <Field label={t('settle.reason')} error={fields.of('reason')}>
          {(control) => (
            <Input
              {...control}
              size="large"
              maxLength={dialog.maxLength}
              value={reason}
              onChange={(event) => {
                setReason(event.target.value);
                fields.forget('reason');
              }}
            />
          )}
        </Field>
        {dialog.children}
        {dialog.error !== null && !fields.any && <ProblemAlert error={dialog.error} />}
        <div className={styles.buttons}>
          <Button size="large" onClick={dialog.onClose}>
            {t('cancel')}
          </Button>
          <Button type="primary" size="large" htmlType="submit" loading={dialog.isPending}>
            {dialog.confirm}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
