import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { Log, Metrics, SweepHost, type SweepPlan } from '#libs/service';
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
export class CheckerJob extends SweepHost {
  private readonly failures;
  private readonly observe;

  constructor(
    private readonly database: Database,
    private readonly progress: ProgressRepository,
    private readonly findings: FindingRepository,
    private readonly commits: CommitCheck,
    private readonly replay: Replay,
    private readonly config: CheckerConfig,
    protected readonly log: Log,
    metrics: Metrics,
  ) {
    super();
    this.failures = metrics.counter('wallet_checker_failed_rounds_total', 'Rounds that broke off', ['task']);
    this.observe = this.observer(metrics);
  }

  protected sweeps(): readonly SweepPlan[] {
    const { everyMs } = this.config;
    const plans: SweepPlan[] = [
      {
        name: 'check what was committed',
        everyMs,
        batch: COMMITS_BATCH,
        work: () => this.commits.round(),
      },
      // It plans its own rounds: looking more often than they are due costs one read.
      {
        name: 'replay the book',
        everyMs: Math.min(everyMs, 250),
        batch: Infinity,
        work: () => this.replay.round(),
      },
      {
        name: 'observe the checker',
        everyMs: ROUNDS_OF_AN_OBSERVATION * everyMs,
        batch: Infinity,
        work: this.observe,
      },
    ];
    return plans.map((plan) => ({ ...plan, onFailure: () => this.failures.inc({ task: plan.name }) }));
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
