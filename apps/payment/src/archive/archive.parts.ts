import { PaymentConfig } from '../payment.config.js';
import { ArchiveConfig } from './archive.config.js';
import { ArchiveRepository } from './archive.repository.js';
import { ArchiveSweep } from './archive-sweep.js';

/** What the module of payment is made of, as far as the archive goes. */
export const ARCHIVE_PROVIDERS = [
  {
    provide: ArchiveConfig,
    inject: [PaymentConfig],
    useFactory: (config: PaymentConfig) => config.archive,
  },
  ArchiveRepository,
  ArchiveSweep,
];
