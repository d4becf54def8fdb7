export {
  Outbox,
  type EncodedEvent,
  type OutgoingEvent,
  type EventRelay,
  type OutboxOptions,
} from './outbox.js';
export { OUTBOX_TABLE_SQL } from './outbox-table.js';
