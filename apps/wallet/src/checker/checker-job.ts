import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '#libs/database';
import { Sweep } from '#libs/jobs';
import { Log, Metrics } from '#libs/service';
import { CheckerConfig } from './checker.config.js';
import { COMMITS_BATCH, CommitCheck } from './commit-check.js';
import { FindingRepository } from './finding.repository.js';
import { ProgressRepository } from './progress.repository.js';
import { Replay } from './replay.js';
import { parseReplayState } from './replay-state.js';

/** Metrics need not be newer than they are asked for. */
const ROUNDS_OF_AN_OBSERVATION = 10;

/** Checks the book for as long as the process lives. Every replica does; a round is claimed by one of them. */
@Injectable()
export class CheckerJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweeps: readonly Sweep[];

  constructor(
    private readonly database: Database,
    private readonly progress: ProgressRepository,
    private readonly findings: FindingRepository,
    commits: CommitCheck,
    replay: Replay,
    config: CheckerConfig,
    log: Log,
    metrics: Metrics,
  ) {
    const failures = metrics.counter('wallet_checker_failed_rounds_total', 'Rounds that broke off', ['task']);
    const sweep = (task: string, everyMs: number, batch: number, work: () => Promise<number>) =>
      new Sweep({
        name: task,
        everyMs,
        batch,
        work,
        onError: (error, name) => {
          failures.inc({ task: name });
          log.error({ err: error }, `could not ${name}`);
        },
      });
    const observe = this.observer(metrics);
    this.sweeps = [
      sweep('check what was committed', config.everyMs, COMMITS_BATCH, () => commits.round()),
      // It plans its own rounds: looking more often than they are due costs one read.
      sweep('replay the book', Math.min(config.everyMs, 250), Number.POSITIVE_INFINITY, () => replay.round()),
      sweep(
        'observe the checker',
        ROUNDS_OF_AN_OBSERVATION * config.everyMs,
        Number.POSITIVE_INFINITY,
        observe,
      ),
    ];
  }

  onApplicationBootstrap(): void {
    for (const sweep of this.sweeps) sweep.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.sweeps.map((sweep) => sweep.stop()));
  }

  private observer(metrics: Metrics): () => Promise<number> {
    const gauge = (name: string, help: string) => metrics.gauge(`wallet_checker_${name}`, help);
    const lag = gauge('lag_seconds', 'Age of the oldest transfer whose commit is not checked yet');
    const open = gauge('open_findings', 'Findings that no operator has settled');
    const pass = gauge('replay_pass', 'Number of the pass over the whole book that is under way');
    const entries = gauge('replay_entries', 'Entries that the pass has checked so far');
    const transfers = gauge('replay_transfers', 'Transfers that the pass has checked so far');
    const last = gauge('last_pass_timestamp_seconds', 'When the last pass over the whole book ended');
    const took = gauge('last_pass_duration_seconds', 'How long the last pass over the whole book took');
    return async () => {
      const commits = await this.progress.find(this.database, 'commits');
      lag.set(await this.progress.lagSeconds(this.database, commits.position));
      open.set(await this.findings.countOpen(this.database));
      const replay = parseReplayState((await this.progress.find(this.database, 'replay')).state);
      pass.set(replay.pass);
      entries.set(replay.entries);
      transfers.set(replay.transfers);
      if (replay.lastPass) {
        const { startedAt, finishedAt } = replay.lastPass;
        last.set(finishedAt.getTime() / 1_000);
        took.set((finishedAt.getTime() - startedAt.getTime()) / 1_000);
      }
      return 0;
    };
  }
}
