import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ApiProblem } from '../../api/problem';
import { clockText, useSecondsUntil } from '../../ui/countdown';

/** How long a lock lasts from the moment it was told; null for other problems. */
export function lockedSeconds(problem: ApiProblem): number | null {
  if (problem.code !== 'SIGN_IN_LOCKED') return null;
  if (problem.retryAfterSeconds !== null) return problem.retryAfterSeconds;
  const [, seconds] = /wait (\d+) seconds/.exec(problem.detail) ?? [];
  return seconds === undefined ? null : Number(seconds);
}

interface LockedProps {
  readonly problem: ApiProblem;
  readonly seconds: number;
  readonly className?: string | undefined;
}

export function Locked({ problem, seconds, className }: LockedProps) {
  const { t } = useTranslation();
  const left = useSecondsUntil(problem.toldAtMs + seconds * 1000);
  const isOver = left <= 0;
  return (
    <Alert
      className={className}
      type={isOver ? 'success' : 'warning'}
      showIcon
      title={isOver ? t('auth.lockedOver') : t('auth.locked')}
      description={isOver ? undefined : t('auth.lockedText', { time: clockText(left) })}
    />
  );
}
