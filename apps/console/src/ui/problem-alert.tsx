import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/problem';
import { useProblemText } from '../i18n/problem-text';

interface ProblemAlertProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
  readonly className?: string | undefined;
}

/** What went wrong in the reader's language, with the number to quote when only we can help. */
export function ProblemAlert({ error, onRetry, className }: ProblemAlertProps) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const { title, advice } = textOf(error);
  const requestId = error instanceof ApiProblem && error.status >= 500 ? error.requestId : null;
  return (
    <Alert
      className={className}
      type="error"
      showIcon
      role="alert"
      title={title}
      description={
        <>
          {advice}
          {requestId !== null && <div>{t('problem.quote', { requestId })}</div>}
        </>
      }
      action={
        onRetry && (
          <Button size="small" onClick={onRetry}>
            {t('tryAgain')}
          </Button>
        )
      }
    />
  );
}
