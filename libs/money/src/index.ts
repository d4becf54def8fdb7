/** Exact amounts: micro-yuan as `bigint`, and every conversion either exact or refused. */
export { feeOf, splitByWeights } from './shares.js';
export { AmountError, MICROS_PER_FEN, MICROS_PER_YUAN, fenToMicros, microsToFen } from './units.js';
export { formatYuan, parseYuan, type ParseYuanOptions } from './yuan.js';
export { yuanAmount } from './yuan-amount.js';
