import { useMutation } from '@tanstack/react-query';
import { Button, Input, Modal, type InputRef } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/problem';
import { useAccount } from '../../session/use-session';
import { Field } from '../../ui/field';
import { ProblemAlert } from '../../ui/problem-alert';
import styles from '../../ui/reason-dialog.module.css';
import { showPassword } from './step-up-tokens';

/** The password once more, before money or where it goes is touched. */
export function StepUpDialog({ onShown, onClose }: { onShown: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const { email } = useAccount();
  const [password, setPassword] = useState('');
  const field = useRef<InputRef>(null);
  const showing = useMutation({ mutationFn: showPassword, onSuccess: onShown });
  const isWrong = showing.error instanceof ApiProblem && showing.error.code === 'BAD_CREDENTIALS';
  return (
    <Modal
      open
      title={t('stepUp.title')}
      width={440}
      onCancel={onClose}
      footer={null}
      afterOpenChange={(isOpen) => isOpen && field.current?.focus()}
    >
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (password !== '' && !showing.isPending) showing.mutate(password);
        }}
      >
        <p>{t('stepUp.text')}</p>
        {/* So that a password manager knows whose it is. */}
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <Field label={t('stepUp.password')} error={isWrong ? t('stepUp.wrong') : undefined}>
          {(control) => (
            <Input.Password
              {...control}
              ref={field}
              size="large"
              autoComplete="current-password"
              maxLength={128}
              value={password}
              onChange={(event) => {
                setPassword(event.target.value);
                if (showing.isError) showing.reset();
              }}
            />
          )}
        </Field>
        {showing.isError && !isWrong && <ProblemAlert error={showing.error} />}
        <div className={styles.buttons}>
          <Button size="large" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            type="primary"
            size="large"
            htmlType="submit"
            disabled={password === ''}
            loading={showing.isPending}
          >
            {t('stepUp.confirm')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
