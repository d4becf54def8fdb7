/**
 * The interwoven curves of banknotes, drawn by a formula: a wave around a circle, repeated with its phase shifted.
 * Decoration only; nothing to read aloud.
 */

const CENTRE = 200;
const POINTS = 540;

interface Ring {
  readonly radius: number;
  readonly swing: number;
  readonly lobes: number;
  readonly strands: number;
}

const RINGS: readonly Ring[] = [
  { radius: 168, swing: 26, lobes: 12, strands: 9 },
  { radius: 122, swing: 30, lobes: 9, strands: 9 },
  { radius: 72, swing: 24, lobes: 6, strands: 10 },
];

function wave({ radius, swing, lobes }: Ring): string {
  const points = Array.from({ length: POINTS }, (_, index) => {
    const angle = (index / POINTS) * 2 * Math.PI;
    const distance = radius + swing * Math.sin(lobes * angle);
    return `${round(CENTRE + distance * Math.cos(angle))},${round(CENTRE + distance * Math.sin(angle))}`;
  });
  return `M${points.join('L')}Z`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

const PATHS = RINGS.map(wave);

export function Rosette({ className, turn = 0 }: { className?: string | undefined; turn?: number }) {
  return (
    <svg className={className} viewBox="0 0 400 400" fill="none" stroke="currentColor" aria-hidden="true">
      <g
        strokeWidth="0.7"
        style={{
          transform: `rotate(${turn}deg)`,
          transformOrigin: '50% 50%',
          transition: 'transform 1.4s ease-out',
        }}
      >
        {RINGS.map((ring, index) =>
          Array.from({ length: ring.strands }, (_, strand) => (
            <path
              key={`${index}-${strand}`}
              d={PATHS[index]}
              transform={`rotate(${(360 / ring.lobes / ring.strands) * strand} ${CENTRE} ${CENTRE})`}
            />
          )),
        )}
      </g>
    </svg>
  );
}
