import { useMutation } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { answerOf, api, type Schemas } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { sessionStore } from '../../session/session-store';
import { ChoiceCard } from '../../ui/choice-card';
import { Field } from '../../ui/field';
import { useFieldErrors } from '../../ui/field-errors';
import { ProblemAlert } from '../../ui/problem-alert';
import { AuthLayout } from './auth-layout';
import styles from './auth-form.module.css';
import { isEmail } from './email';

type Kind = Exclude<Schemas['Account']['kind'], 'operator'>;

interface Registration {
  readonly kind: Kind;
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
}

const MIN_PASSWORD_LENGTH = 8;
const MAX_DISPLAY_NAME_LENGTH = 80;

/** A taken address is the fault of one field, and belongs beside it. */
function atItsField(error: unknown): unknown {
  if (!(error instanceof ApiProblem) || error.code !== 'EMAIL_TAKEN') return error;
  return new ApiProblem(error.code, error.status, error.detail, [{ field: 'email', message: 'is taken' }]);
}

async function openAccount({ displayName, ...rest }: Registration): Promise<Schemas['SignedIn']> {
  const name = displayName.trim();
  const body = name === '' ? rest : { ...rest, displayName: name };
  return await answerOf(api.POST('/v1/auth/register', { body })).catch((error: unknown) => {
    throw atItsField(error);
  });
}

export function RegisterPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const [form, setForm] = useState<Registration>({
    kind: 'merchant',
    email: '',
    password: '',
    displayName: '',
  });
  const opening = useMutation({
    mutationFn: openAccount,
    onSuccess: (signedIn) => void sessionStore.start(signedIn),
  });
  const fields = useFieldErrors<keyof Registration>(opening.error);

  const submit = (): void => {
    const email = form.email.trim();
    const isComplete = fields.check({
      email: email === '' ? t('auth.required.email') : isEmail(email) ? undefined : t('auth.invalidEmail'),
      password: form.password.length < MIN_PASSWORD_LENGTH ? t('auth.shortPassword') : undefined,
    });
    if (isComplete) opening.mutate({ ...form, email });
  };

  const change = (patch: Partial<Registration>): void => {
    setForm({ ...form, ...patch });
    fields.forget(...(Object.keys(patch) as (keyof Registration)[]));
  };

  return (
    <AuthLayout title={t('auth.registerTitle')} lead={t('auth.registerLead')}>
      {opening.isError && !fields.any && <ProblemAlert className={styles.notice} error={opening.error} />}
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <KindChoice kind={form.kind} onChange={(kind) => change({ kind })} />
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
        <Field label={t('auth.password')} help={t('auth.passwordHelp')} error={fields.of('password')}>
          {(control) => (
            <Input.Password
              {...control}
              autoComplete="new-password"
              size="large"
              value={form.password}
              onChange={(event) => change({ password: event.target.value })}
            />
          )}
        </Field>
        <Field
          label={t('auth.displayName')}
          help={t('auth.displayNameHelp')}
          error={fields.of('displayName')}
        >
          {(control) => (
            <Input
              {...control}
              autoComplete="organization"
              size="large"
              maxLength={MAX_DISPLAY_NAME_LENGTH}
              value={form.displayName}
              onChange={(event) => change({ displayName: event.target.value })}
            />
          )}
        </Field>
        <Button type="primary" size="large" htmlType="submit" block loading={opening.isPending}>
          {t('auth.register')}
        </Button>
      </form>
      <p className={styles.switch}>
        {t('auth.haveAccount')} <Link to={`/sign-in?${params}`}>{t('auth.signIn')}</Link>
      </p>
    </AuthLayout>
  );
}

function KindChoice({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset className={styles.kinds}>
      <legend>{t('auth.kind')}</legend>
      <ChoiceCard
        name="kind"
        title={t('auth.kindMerchant')}
        text={t('auth.kindMerchantText')}
        checked={kind === 'merchant'}
        onChoose={() => onChange('merchant')}
      />
      <ChoiceCard
        name="kind"
        title={t('auth.kindTrafficOwner')}
        text={t('auth.kindTrafficOwnerText')}
        checked={kind === 'traffic_owner'}
        onChoose={() => onChange('traffic_owner')}
      />
    </fieldset>
  );
}
