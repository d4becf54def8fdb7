/** Where answers are kept, so that pushes and pages speak of the same ones. */
export const queryKeys = {
  wallet: ['wallet'],
  /** The newest entries, as the wallet page shows them. */
  recentEntries: ['wallet-entries', 'recent'],
  statement: (cursor: string | null) => ['wallet-entries', 'statement', cursor],
  statements: ['wallet-entries', 'statement'],
  recharges: ['recharges'],
  rechargeList: (filters: object) => ['recharges', 'list', filters],
  rechargeLists: ['recharges', 'list'],
  recharge: (id: string) => ['recharges', 'one', id],
  sessions: ['sessions'],
  conflicts: (cursor: string | null) => ['conflicts', cursor],
  deadLetters: (service: string, cursor: string | null) => ['dead-letters', service, cursor],
} as const satisfies Record<string, unknown>;
