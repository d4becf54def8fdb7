import { type DynamicModule, Module } from '@nestjs/common';
import type { z } from 'zod';
import { Alarm } from './alarm.js';
import { BookReader } from './book-reader.js';
import { CheckerConfig, type checkerEnvironment } from './checker.config.js';
import { CheckerController } from './checker.controller.js';
import { CheckerJob } from './checker-job.js';
import { CommitCheck } from './commit-check.js';
import { FindingRepository } from './finding.repository.js';
import { ProgressRepository } from './progress.repository.js';
import { Replay } from './replay.js';
import { ReplayAccounts } from './replay-accounts.js';
import { Suspects } from './suspects.js';

@Module({
  controllers: [CheckerController],
  providers: [
    BookReader,
    ProgressRepository,
    FindingRepository,
    Alarm,
    Suspects,
    CommitCheck,
    ReplayAccounts,
    Replay,
    CheckerJob,
  ],
})
export class CheckerModule {
  static forRoot(environment: z.output<typeof checkerEnvironment>): DynamicModule {
    return {
      module: CheckerModule,
      providers: [{ provide: CheckerConfig, useValue: new CheckerConfig(environment) }],
    };
  }
}
