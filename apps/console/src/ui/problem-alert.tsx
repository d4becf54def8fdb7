import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/problem';
import { useProblemText } from '../i18n/problem-text';

interface ProblemAlertProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
  readonly className?: string | undefined;
  /** What to do about it, where a page knows better than the table of all problems. */
  readonly advice?: string | undefined;
}

/** What went wrong in the reader's language, with the number to quote when only we can help. */
export function ProblemAlert({ error, onRetry, className, advice }: ProblemAlertProps) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const text = textOf(error);
  // A number to quote only where nobody but us can help.
  const requestId = error instanceof ApiProblem && error.code === 'INTERNAL' ? error.requestId : null;
  return (
    <Alert
      className={className}
      type="error"
      showIcon
      role="alert"
      title={text.title}
      description={
        <>
          {advice ?? text.advice}
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
