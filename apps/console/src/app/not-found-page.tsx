import { useTranslation } from 'react-i18next';
import { LinkButton } from '../ui/link-button';
import { FullPage } from './full-page';

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <FullPage title={t('notFound.title')} text={t('notFound.text')}>
      <LinkButton type="primary" to="/">
        {t('backHome')}
      </LinkButton>
    </FullPage>
  );
}

export function ForbiddenPage() {
  const { t } = useTranslation();
  return (
    <FullPage title={t('forbidden.title')} text={t('forbidden.text')}>
      <LinkButton type="primary" to="/">
        {t('backHome')}
      </LinkButton>
    </FullPage>
  );
}
