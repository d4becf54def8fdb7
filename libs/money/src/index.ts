/** Exact amounts: micro-yuan as `bigint`, and every conversion either exact or refused. */
export { feeOf, roundHalfUp, splitByWeights } from './shares.js';
export { AmountError, MICROS_PER_FEN, MICROS_PER_YUAN, fenToMicros, microsToFen } from './units.js';
export { formatYuan, microsToYuanExact, parseYuan, type ParseYuanOptions } from './yuan.js';
export { yuanAmount, type YuanAmountOptions } from './yuan-amount.js';
