import { Bare } from './bare.js';
import { type RechargeFigures } from './figures.js';
import { closeConnections } from './json-client.js';
import { Platform, type PlatformUrls } from './platform.js';

export interface RechargeBenchResult {
  readonly platform: RechargeFigures;
  readonly barePerSecond: number;
  /** Complete recharges a second, the platform's over the bare process's. */
  readonly ratio: number;
}

const CONCURRENCY = 32;
const ROUNDS = 3;

/** Both in turns, so that whatever else the machine does disturbs both; the median round counts. */
export async function benchRecharge(
  urls: PlatformUrls & { readonly barePrefix: string; readonly perRound: number },
): Promise<RechargeBenchResult> {
  const platform = new Platform(urls);
  const bare = new Bare(urls.mysqlUrl, urls.barePrefix);
  await Promise.all([platform.open(), bare.open()]);
  try {
    await platform.run(Math.ceil(urls.perRound / 4), CONCURRENCY);
    await bare.run(Math.ceil(urls.perRound / 4), CONCURRENCY);
    const platformRounds: RechargeFigures[] = [];
    const bareRounds: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      platformRounds.push(await platform.run(urls.perRound, CONCURRENCY));
      bareRounds.push(await bare.run(urls.perRound, CONCURRENCY));
    }
    const middle = platformRounds.sort((a, b) => a.perSecond - b.perSecond)[ROUNDS >> 1];
    const barePerSecond = bareRounds.sort((a, b) => a - b)[ROUNDS >> 1];
    if (!middle || barePerSecond === undefined) throw new Error('No round was run');
    return { platform: middle, barePerSecond, ratio: middle.perSecond / barePerSecond };
  } finally {
    await bare.close();
    closeConnections();
  }
}
