import type { FieldError, payment } from '#libs/contracts';
import { MICROS_PER_FEN, formatYuan } from '#libs/money';

type OfferRule = payment.OfferRule;
type RuleOf<Type extends OfferRule['type']> = Extract<OfferRule, { type: Type }>;

/** One way in which an offer can be worked out. */
interface OfferStrategy<Rule> {
  /** In micro-yuan, whole fen; 0 when the amount is too small for it. */
  bonusOf(rule: Rule, amount: bigint): bigint;
  /** What is wrong with a rule that an operator wants. */
  problemsOf(rule: Rule): FieldError[];
}

const FULL_BASIS_POINTS = 10_000n;

/** Every type of rule that the contract has: a new one does not compile until it is here. */
const STRATEGIES: { readonly [Type in OfferRule['type']]: OfferStrategy<RuleOf<Type>> } = {
  percentage: {
    bonusOf({ basisPoints, maxBonus }, amount) {
      const share = (amount * BigInt(basisPoints)) / FULL_BASIS_POINTS;
      const bonus = share - (share % MICROS_PER_FEN);
      return maxBonus !== null && bonus > maxBonus ? maxBonus : bonus;
    },
    problemsOf({ maxBonus }) {
      return maxBonus === null ? [] : wholeFen('rule.maxBonus', maxBonus);
    },
  },
  threshold: {
    bonusOf({ tiers }, amount) {
      return tiers.findLast(({ minAmount }) => amount >= minAmount)?.bonus ?? 0n;
    },
    problemsOf({ tiers }) {
      return tiers.flatMap((tier, index) => {
        const [field, before] = [`rule.tiers.${index}`, tiers[index - 1]];
        const problems = [
          ...wholeFen(`${field}.minAmount`, tier.minAmount),
          ...wholeFen(`${field}.bonus`, tier.bonus),
        ];
        if (tier.bonus > tier.minAmount)
          problems.push({
            field: `${field}.bonus`,
            message: `must be at most the ${formatYuan(tier.minAmount)} yuan that earn it`,
          });
        if (before && tier.minAmount <= before.minAmount)
          problems.push({
            field: `${field}.minAmount`,
            message: `must be more than the ${formatYuan(before.minAmount)} yuan of the tier before`,
          });
        if (before && tier.bonus <= before.bonus)
          problems.push({
            field: `${field}.bonus`,
            message: `must be more than the ${formatYuan(before.bonus)} yuan of the tier before`,
          });
        return problems;
      });
    },
  },
};

/** What an offer grants for this amount: micro-yuan, whole fen, never more than the amount itself. */
export function bonusOf(rule: OfferRule, amount: bigint): bigint {
  return strategyOf(rule).bonusOf(rule, amount);
}

export function problemsOfRule(rule: OfferRule): FieldError[] {
  return strategyOf(rule).problemsOf(rule);
}

/** The table's type says that a rule finds the strategy of its own type. */
function strategyOf(rule: OfferRule): OfferStrategy<OfferRule> {
  return STRATEGIES[rule.type];
}

function wholeFen(field: string, amount: bigint): FieldError[] {
  return amount > 0n && amount % MICROS_PER_FEN === 0n
    ? []
    : [{ field, message: 'must be more than 0 and whole fen: two decimals at most' }];
}
