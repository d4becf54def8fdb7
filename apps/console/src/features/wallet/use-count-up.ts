import { useEffect, useRef, useState } from 'react';

const DURATION_MS = 1_100;
const STEPS = 10_000;
const MICROS_PER_CENT = 10_000n;

/** Follows an amount, running through the cents between when it changes. Exact at both ends. */
export function useCountUp(target: bigint): bigint {
  const [shown, setShown] = useState(target);
  const latest = useRef(target);

  useEffect(() => {
    const from = latest.current;
    const show = (value: bigint): void => {
      latest.current = value;
      setShown(value);
    };
    if (from === target) return;
    if (document.hidden || window.matchMedia('(prefers-reduced-motion: reduce)').matches) {
      show(target);
      return;
    }
    const startedAt = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const progress = Math.min(1, Math.max(0, now - startedAt) / DURATION_MS);
      if (progress === 1) {
        show(target);
        return;
      }
      const eased = BigInt(Math.round((1 - (1 - progress) ** 4) * STEPS));
      const value = from + ((target - from) * eased) / BigInt(STEPS);
      show(value - (value % MICROS_PER_CENT));
      frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [target]);

  return shown;
}
