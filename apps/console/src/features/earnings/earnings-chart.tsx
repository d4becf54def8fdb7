import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatYuan } from '../../money/yuan';
import { heightOf, niceCeiling, type Bar } from './chart-scale';
import { useDayText } from './day-text';
import styles from './earnings.module.css';

const HEIGHT = 1_000;
const SLOT = 100;
const GAP = 26;
const LINES = [0, 250, 500, 750, 1_000] as const;

/** Bars by day: what is available already stands below, what is still pending above it. The table says the same. */
export function EarningsChart({ bars, isStale }: { bars: readonly Bar[]; isStale: boolean }) {
  const { t } = useTranslation();
  const dayText = useDayText();
  const [pointed, setPointed] = useState<Bar | null>(null);
  const total = bars.reduce((sum, { earned }) => sum + earned, 0n);
  const best = bars.reduce<Bar | undefined>(
    (most, bar) => (bar.earned > (most?.earned ?? 0n) ? bar : most),
    undefined,
  );
  const ceiling = niceCeiling(best?.earned ?? 0n);
  const [first, last] = [bars[0], bars.at(-1)];
  const middle = bars[Math.floor(bars.length / 2)];
  return (
    <figure className={styles.chart} aria-busy={isStale}>
      <figcaption className={styles.caption}>
        <span aria-hidden="true">
          {pointed === null
            ? t('earnings.total', { total: formatYuan(total) })
            : t('earnings.onDay', { day: dayText(pointed.day), amount: formatYuan(pointed.earned) })}
        </span>
        <span className={styles.legend}>
          <span data-part="matured">{t('earnings.legendMatured')}</span>
          <span data-part="pending">{t('earnings.legendPending')}</span>
        </span>
      </figcaption>
      <div className={styles.plot}>
        <div className={styles.scale} aria-hidden="true">
          <span>{formatYuan(ceiling)}</span>
          <span>{formatYuan(ceiling / 2n)}</span>
          <span>{formatYuan(0n)}</span>
        </div>
        <svg
          role="img"
          viewBox={`0 0 ${bars.length * SLOT} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-label={
            best === undefined
              ? t('earnings.chartEmpty')
              : t('earnings.chartLabel', {
                  count: bars.length,
                  total: formatYuan(total),
                  day: dayText(best.day),
                  most: formatYuan(best.earned),
                })
          }
          onPointerLeave={() => setPointed(null)}
        >
          {LINES.map((y) => (
            <line key={y} className={styles.line} x1="0" x2={bars.length * SLOT} y1={y} y2={y} />
          ))}
          {bars.map((bar, index) => (
            <Column
              key={bar.day}
              bar={bar}
              x={index * SLOT}
              ceiling={ceiling}
              isPointed={bar === pointed}
              onPoint={setPointed}
            />
          ))}
        </svg>
        <div className={styles.days} aria-hidden="true">
          {first && <span>{dayText(first.day, 'short')}</span>}
          {middle && <span>{dayText(middle.day, 'short')}</span>}
          {last && <span>{dayText(last.day, 'short')}</span>}
        </div>
      </div>
    </figure>
  );
}

interface ColumnProps {
  readonly bar: Bar;
  readonly x: number;
  readonly ceiling: bigint;
  readonly isPointed: boolean;
  readonly onPoint: (bar: Bar) => void;
}

function Column({ bar, x, ceiling, isPointed, onPoint }: ColumnProps) {
  const whole = heightOf(bar.earned, ceiling);
  const pending = Math.min(whole, heightOf(bar.pending, ceiling));
  const left = x + GAP / 2;
  const width = SLOT - GAP;
  return (
    <g data-day={bar.day} onPointerEnter={() => onPoint(bar)}>
      <rect
        className={styles.slot}
        data-pointed={isPointed || undefined}
        x={x}
        width={SLOT}
        height={HEIGHT}
      />
      <rect
        className={styles.matured}
        x={left}
        y={HEIGHT - whole + pending}
        width={width}
        height={whole - pending}
      />
      <rect className={styles.pending} x={left} y={HEIGHT - whole} width={width} height={pending} />
    </g>
  );
}
