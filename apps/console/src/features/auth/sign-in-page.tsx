import { Alert, Button, Input } from 'antd';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { answerOf, api } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { sessionStore } from '../../session/session-store';
import { Field } from '../../ui/field';
import { useFieldErrors } from '../../ui/field-errors';
import { ProblemAlert } from '../../ui/problem-alert';
import { AuthLayout } from './auth-layout';
import styles from './auth-form.module.css';
import { DemoAccounts, isSandbox } from './demo-accounts';
import { Locked, lockedSeconds } from './locked';
import { isEmail } from './email';

interface Credentials {
  readonly email: string;
  readonly password: string;
}

export function SignInPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const [form, setForm] = useState<Credentials>({ email: '', password: '' });
  const signIn = useMutation({
    mutationFn: (body: Credentials) => answerOf(api.POST('/v1/auth/login', { body })),
    onSuccess: (signedIn) => void sessionStore.start(signedIn),
  });
  const fields = useFieldErrors<keyof Credentials>(signIn.error);

  const submit = (): void => {
    const email = form.email.trim();
    const isComplete = fields.check({
      email: email === '' ? t('auth.required.email') : isEmail(email) ? undefined : t('auth.invalidEmail'),
      password: form.password === '' ? t('auth.required.password') : undefined,
    });
    if (isComplete) signIn.mutate({ ...form, email });
  };

  const change = (patch: Partial<Credentials>): void => {
    setForm({ ...form, ...patch });
    fields.forget(...(Object.keys(patch) as (keyof Credentials)[]));
  };

  return (
    <AuthLayout title={t('auth.signInTitle')} lead={t('auth.signInLead')}>
      {sessionStore.endedBecause() === 'expired' && signIn.isIdle && (
        <Alert className={styles.notice} type="info" showIcon title={t('auth.sessionEnded')} />
      )}
      <SignInRefusal error={signIn.error} hasFieldErrors={fields.any} />
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={t('auth.email')} error={fields.of('email')}>
          {(control) => (
            <Input
              {...control}
              type="email"
              autoComplete="username"
              size="large"
              value={form.email}
              onChange={(event) => change({ email: event.target.value })}
            />
          )}
        </Field>
        <Field label={t('auth.password')} error={fields.of('password')}>
          {(control) => (
            <Input.Password
              {...control}
              autoComplete="current-password"
              size="large"
              value={form.password}
              onChange={(event) => change({ password: event.target.value })}
            />
          )}
        </Field>
        <Button type="primary" size="large" htmlType="submit" block loading={signIn.isPending}>
          {t('auth.signIn')}
        </Button>
      </form>
      <p className={styles.switch}>
        {t('auth.noAccountYet')} <Link to={`/register?${params}`}>{t('auth.register')}</Link>
      </p>
      {isSandbox() && <DemoAccounts onPick={change} />}
    </AuthLayout>
  );
}

function SignInRefusal({ error, hasFieldErrors }: { error: unknown; hasFieldErrors: boolean }) {
  if (error === null || hasFieldErrors) return null;
  const seconds = error instanceof ApiProblem ? lockedSeconds(error) : null;
  return seconds === null ? (
    <ProblemAlert className={styles.notice} error={error} />
  ) : (
    <Locked className={styles.notice} problem={error as ApiProblem} seconds={seconds} />
  );
}
