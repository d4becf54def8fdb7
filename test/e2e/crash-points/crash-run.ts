import { setTimeout as delay } from 'node:timers/promises';
import { Seeded } from '../../disasters/chaos/seeded.js';
import { FLOWS, type Flow } from './flows.js';
import { type CrashPoint, MODES, type Mode } from './orders.js';
import { CrashWorld, MORTAL, type Mortal } from './world.js';

export interface CrashRunOptions {
  readonly seed: number;
  /** At most; all of them when there are fewer. */
  readonly strikes: number;
  readonly print: (line: string) => void;
}

export interface CrashRunResult {
  readonly summary: string;
  readonly faults: readonly string[];
}

interface Strike {
  readonly flow: Flow;
  readonly mortal: Mortal;
  readonly mode: Mode;
  readonly at: CrashPoint;
}

/** What happens all the time is seen in so long. */
const IDLE_MS = 3_000;
const RECORDINGS = 2;
/** The same statement may stand in several places; whoever only looks again and again is not meant. */
const MOST_OCCURRENCES = 2;
/** To prepare is mostly waiting. */
const PREPARED_AT_ONCE = 12;

type Run = () => Promise<void>;

/**
 * Records through which awaits each flow goes, and then lets the service die at each: before the call, after the answer,
 * and with the answer lost. However it dies, the flow must come to its end and the audit be clean.
 */
export async function runCrashPoints({ seed, strikes, print }: CrashRunOptions): Promise<CrashRunResult> {
  const startedAt = performance.now();
  const world = await CrashWorld.open();
  try {
    const idle = await recordIdle(world);
    const all: Strike[] = [];
    const recordings = await prepared(
      world,
      FLOWS.flatMap((flow) => Array.from({ length: RECORDINGS }, () => flow)),
    );
    for (const flow of FLOWS) {
      const points = await pointsOf(world, flow, idle, recordings.splice(0, RECORDINGS));
      for (const mortal of flow.mortals) {
        print(`${flow.name} (${mortal}): ${points[mortal].length} points`);
        for (const at of points[mortal]) print(`  ${nameOf(at)}`);
        all.push(...points[mortal].flatMap((at) => MODES.map((mode) => ({ flow, mortal, mode, at }))));
      }
    }
    const chosen = choose(all, strikes, new Seeded(`crash points ${seed}`));
    const faults: string[] = [];
    let missed = 0;
    for (let from = 0; from < chosen.length; from += PREPARED_AT_ONCE) {
      const some = chosen.slice(from, from + PREPARED_AT_ONCE);
      const runs = await prepared(
        world,
        some.map(({ flow }) => flow),
      );
      for (const [index, strike] of some.entries()) {
        const ended = await strikeOnce(world, strike, runs[index]);
        if (ended === 'missed') missed += 1;
        if (ended instanceof Error) faults.push(`${wordsOf(strike)}: ${ended.message}`);
        print(`${wordsOf(strike)}: ${ended instanceof Error ? `WRONG: ${ended.message}` : ended}`);
      }
    }
    await world.audit().catch((error: unknown) => faults.push(`the audit: ${auditOf(error)}`));
    const struck = chosen.length - missed;
    // What is in a flow now and then only may be missed; more than that, and nothing is proven.
    if (struck < chosen.length * 0.8) faults.push(`only ${struck} of ${chosen.length} points were met`);
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    const verdict = faults.length === 0 ? 'RIGHT' : `WRONG (${faults.length})`;
    const summary = `crash points, seed ${seed}: ${all.length / MODES.length} points in ${FLOWS.length} flows, ${all.length} ways to die there; ${struck} tried (${missed} not met); ${seconds} s: ${verdict}`;
    return { summary, faults };
  } finally {
    await world.close();
  }
}

/** With what it has printed. */
const auditOf = (error: unknown): string =>
  [(error as Error).message, (error as { details?: string }).details ?? ''].join('\n');

const wordsOf = ({ flow, mortal, mode, at }: Strike): string =>
  `${flow.name}: ${mortal} ${mode} ${nameOf(at)}`;

const nameOf = ({ point, occurrence }: CrashPoint): string =>
  occurrence > 1 ? `${point} #${occurrence}` : point;

function byMortal<T>(of: (mortal: Mortal) => T): Record<Mortal, T> {
  return Object.fromEntries(MORTAL.map((mortal) => [mortal, of(mortal)])) as Record<Mortal, T>;
}

const replicaOf = (mortal: Mortal): string => `${mortal}-1`;

/** What each service does while nobody wants anything. */
async function recordIdle(world: CrashWorld): Promise<Record<Mortal, ReadonlySet<string>>> {
  for (const mortal of MORTAL) world.orders.record(replicaOf(mortal));
  await delay(IDLE_MS);
  return byMortal((mortal) => new Set(world.orders.take(replicaOf(mortal))));
}

/**
 * Side by side what can wait until its turn comes; of what can't, nothing.
 *
 * @returns of each flow how it is run; rejected where it could not be prepared
 */
async function prepared(world: CrashWorld, flows: readonly Flow[]): Promise<(Promise<Run> | undefined)[]> {
  const runs = flows.map((flow) => (flow.rests ? flow.prepare(world) : undefined));
  await Promise.allSettled(runs.filter((run) => run !== undefined));
  return runs;
}

/** Through which awaits a flow goes each time. */
async function pointsOf(
  world: CrashWorld,
  flow: Flow,
  idle: Record<Mortal, ReadonlySet<string>>,
  runs: readonly (Promise<Run> | undefined)[],
): Promise<Record<Mortal, readonly CrashPoint[]>> {
  const recordings = byMortal<Map<string, number>[]>(() => []);
  for (const ready of runs) {
    const run = await (ready ?? flow.prepare(world));
    for (const mortal of flow.mortals) world.orders.record(replicaOf(mortal));
    await run();
    for (const mortal of flow.mortals) {
      const counts = new Map<string, number>();
      for (const point of world.orders.take(replicaOf(mortal)))
        counts.set(point, (counts.get(point) ?? 0) + 1);
      recordings[mortal].push(counts);
    }
  }
  return byMortal((mortal) => inAll(recordings[mortal], idle[mortal]));
}

function inAll([first, ...others]: readonly Map<string, number>[], idle: ReadonlySet<string>): CrashPoint[] {
  return [...(first ?? [])]
    .filter(([point]) => !idle.has(point))
    .flatMap(([point, count]) => {
      const least = Math.min(count, MOST_OCCURRENCES, ...others.map((counts) => counts.get(point) ?? 0));
      return Array.from({ length: least }, (_, index) => ({ point, occurrence: index + 1 }));
    });
}

/** So many that each flow and service and each kind of death is among them, whatever the seed. */
function choose(all: readonly Strike[], count: number, dice: Seeded): readonly Strike[] {
  if (count >= all.length) return all;
  const shuffled = [...all]
    .map((strike) => ({ strike, place: dice.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ strike }) => strike);
  const kindOf = ({ mode, at }: Strike) =>
    `${at.point.split(' ', at.point.startsWith('sql COMMIT') ? 2 : 1).join(' ')} ${mode}`;
  const chosen = new Set<Strike>();
  for (const idOf of [kindOf, ({ flow, mortal }: Strike) => `${flow.name} ${mortal}`]) {
    const met = new Set([...chosen].map(idOf));
    for (const strike of shuffled) {
      if (met.has(idOf(strike))) continue;
      met.add(idOf(strike));
      chosen.add(strike);
    }
  }
  for (const strike of shuffled) if (chosen.size < count) chosen.add(strike);
  return [...chosen];
}

async function strikeOnce(
  world: CrashWorld,
  { flow, mortal, mode, at }: Strike,
  ready: Promise<Run> | undefined,
) {
  try {
    const run = await (ready ?? flow.prepare(world));
    world.orders.strike(replicaOf(mortal), mode, at);
    const rest = world.keepAlive(mortal);
    let hasStruck = false;
    try {
      await run();
    } finally {
      hasStruck = world.orders.withdraw(replicaOf(mortal));
      await rest(hasStruck && mode !== 'lost');
    }
    return hasStruck ? 'survived' : 'missed';
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
