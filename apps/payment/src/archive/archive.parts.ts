import { ArchiveRepository } from './archive.repository.js';
import { ArchiveSweep } from './archive-sweep.js';

/** What the module of payment is made of, as far as the archive goes; its `ArchiveConfig` comes from the environment. */
export const ARCHIVE_PROVIDERS = [ArchiveRepository, ArchiveSweep];
