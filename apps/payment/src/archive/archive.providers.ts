import { ArchiveRepository } from './archive.repository.js';
import { ArchiveSweep } from './archive-sweep.js';

/** For the module; `ArchiveConfig` comes from the environment. */
export const ARCHIVE_PROVIDERS = [ArchiveRepository, ArchiveSweep];
