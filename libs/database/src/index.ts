export * from './database.js';
export { CommitOutcomeUnknownError, isDuplicateKeyError, isTransientError } from './database-errors.js';
export { migrate } from './migrate.js';
