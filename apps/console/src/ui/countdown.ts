import { useEffect, useState } from 'react';
import { serverNow } from '../api/server-clock';

const TICK_MS = 250;

/** Whole seconds until a moment of the server's clock; 0 once it has passed. */
export function useSecondsUntil(momentMs: number): number {
  const [, tick] = useState(0);
  const left = Math.max(0, Math.ceil((momentMs - serverNow()) / 1000));
  const isRunning = left > 0;
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => tick((count) => count + 1), TICK_MS);
    return () => clearInterval(timer);
  }, [isRunning]);
  return left;
}

/** `4:05`, or `1:04:05` from an hour on. */
export function clockText(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}
