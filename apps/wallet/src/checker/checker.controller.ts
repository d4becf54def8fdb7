import { Controller } from '@nestjs/common';
import { DomainError, type RequestOf, type ResponseOf, wallet } from '#libs/contracts';
import { Database } from '#libs/database';
import { Log } from '#libs/service';
import { Rpc } from '#libs/transport';
import { FindingRepository } from './finding.repository.js';
import { ProgressRepository } from './progress.repository.js';
import { parseReplayState } from './replay-state.js';

/** What operators see of the checker, and how a finding is laid to rest. */
@Controller()
export class CheckerController {
  constructor(
    private readonly database: Database,
    private readonly progress: ProgressRepository,
    private readonly findings: FindingRepository,
    private readonly log: Log,
  ) {}

  @Rpc(wallet.getCheckerState)
  async getCheckerState({
    state,
    cursor,
    limit,
  }: RequestOf<typeof wallet.getCheckerState>): Promise<ResponseOf<typeof wallet.getCheckerState>> {
    const commits = await this.progress.find(this.database, 'commits');
    const replay = parseReplayState((await this.progress.find(this.database, 'replay')).state);
    const found = await this.findings.list(this.database, { state, beforeId: cursor, limit: limit + 1 });
    const items = found.slice(0, limit);
    const seconds = (Date.now() - replay.startedAt.getTime()) / 1_000;
    return {
      commits: {
        checkedTransfers: commits.checked,
        lagSeconds: await this.progress.lagSeconds(this.database, commits.position),
      },
      replay: {
        pass: replay.pass,
        phase: replay.phase,
        startedAt: replay.startedAt,
        checkedEntries: replay.entries,
        checkedTransfers: replay.transfers,
        perSecond: seconds <= 0 ? 0 : Math.round((replay.entries + replay.transfers) / seconds),
        lastPass: replay.lastPass,
      },
      openFindings: await this.findings.countOpen(this.database),
      findings: { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null },
    };
  }

  @Rpc(wallet.settleFinding)
  async settleFinding(
    request: RequestOf<typeof wallet.settleFinding>,
  ): Promise<ResponseOf<typeof wallet.settleFinding>> {
    const settled = await this.database.transaction((transaction) =>
      this.findings.settle(transaction, { ...request, at: new Date() }),
    );
    if (!settled) throw new DomainError('NOT_FOUND', `There is no finding ${request.findingId}`);
    this.log.info(request, 'an operator settled a finding of the checker');
    return settled;
  }
}
