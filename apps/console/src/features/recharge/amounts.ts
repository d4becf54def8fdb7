/** Offered for one tap, in yuan as the API takes them. */
export const PRESET_AMOUNTS = ['50.00', '100.00', '500.00', '1000.00', '5000.00'] as const;

/** Offered on the wallet itself. */
export const QUICK_AMOUNTS = PRESET_AMOUNTS.slice(0, 4);
