import { type Invariant, ROW_LIMIT } from './invariant.js';

const ofWallet =
  (...statements: readonly string[]): Invariant['findOffenders'] =>
  async ({ wallet }) => {
    const found = [];
    for (const sql of statements)
      found.push(...(await wallet.query<Record<string, unknown>>(`${sql} LIMIT ${ROW_LIMIT}`)));
    return found.slice(0, ROW_LIMIT);
  };

/** What a transfer did to the account with this code, as a scalar subquery; 0 for nothing. */
const movedOn = (transferId: string, code: string) =>
  `(SELECT COALESCE(SUM(\`e\`.\`amount\`), 0) FROM \`entry\` AS \`e\` JOIN \`account\` AS \`m\` ON \`m\`.\`id\` = \`e\`.\`account_id\` WHERE \`e\`.\`transfer_id\` = ${transferId} AND \`m\`.\`code\` = ${code})`;

/** The account that an adjustment changes. */
const ADJUSTED = "CONCAT_WS(':', `d`.`account_kind`, `d`.`owner_id`, `d`.`part`)";
/** The account that stands against it. */
const AGAINST = "IF(`d`.`purpose` = 'bonus', 'system:promotion', 'system:suspense')";

const SETTLED_AT_BANK = "IF(`s`.`direction` = 'payout', -`s`.`amount`, `s`.`amount`)";

/** What must hold of what operators do with the book: by themselves, of nobody else's rows. */
export const OPERATOR_INVARIANTS: readonly Invariant[] = [
  {
    name: 'adjustments have two people',
    rule: 'each correction and bonus in the ledger is one that an operator asked for and another approved, of that amount, out of suspense or promotion',
    findOffenders: ofWallet(
      `SELECT \`t\`.\`id\` AS \`transfer_id\`, \`t\`.\`idempotency_key\` AS \`adjustment_id\`, \`d\`.\`state\`, \`d\`.\`amount\`, \`d\`.\`requested_by\`, \`d\`.\`decided_by\`
         FROM \`transfer\` AS \`t\` LEFT JOIN \`adjustment\` AS \`d\` ON \`d\`.\`id\` = CAST(\`t\`.\`idempotency_key\` AS UNSIGNED)
        WHERE \`t\`.\`scope\` IN ('adjustment', 'bonus') AND \`t\`.\`status\` = 'posted'
          AND (\`d\`.\`id\` IS NULL OR \`d\`.\`state\` NOT IN ('APPROVED', 'POSTED', 'EXPIRED') OR \`d\`.\`decided_by\` IS NULL OR \`d\`.\`decided_by\` = \`d\`.\`requested_by\`
           OR (\`t\`.\`scope\` = 'bonus') <> (\`d\`.\`purpose\` = 'bonus')
           OR ${movedOn('`t`.`id`', ADJUSTED)} <> \`d\`.\`amount\` OR ${movedOn('`t`.`id`', AGAINST)} <> -\`d\`.\`amount\`)`,
    ),
  },
  {
    name: 'adjustments are booked',
    rule: 'what two operators have agreed to is in the ledger, or refused there, within minutes',
    findOffenders: ofWallet(
      `SELECT \`d\`.\`id\` AS \`adjustment_id\`, \`d\`.\`state\`, \`d\`.\`transfer_id\`, \`t\`.\`status\`
         FROM \`adjustment\` AS \`d\` LEFT JOIN \`transfer\` AS \`t\` ON \`t\`.\`scope\` = IF(\`d\`.\`purpose\` = 'bonus', 'bonus', 'adjustment') AND \`t\`.\`idempotency_key\` = CAST(\`d\`.\`id\` AS CHAR)
        WHERE (\`d\`.\`state\` = 'APPROVED' AND \`d\`.\`decided_at\` < UTC_TIMESTAMP(3) - INTERVAL 5 MINUTE)
           OR (\`d\`.\`state\` IN ('POSTED', 'EXPIRED') AND (\`t\`.\`id\` IS NULL OR \`t\`.\`status\` <> 'posted' OR \`t\`.\`id\` <> \`d\`.\`transfer_id\`))
           OR (\`d\`.\`state\` = 'REFUSED' AND (\`t\`.\`id\` IS NULL OR \`t\`.\`status\` <> 'rejected'))`,
    ),
  },
  {
    name: 'documents are as handed in',
    rule: 'the document of each correction is there, and has the hash that was written down with it',
    findOffenders: ofWallet(
      "SELECT `d`.`id` AS `adjustment_id`, `f`.`file_name` FROM `adjustment` AS `d` LEFT JOIN `adjustment_attachment` AS `f` ON `f`.`adjustment_id` = `d`.`id` WHERE (`d`.`purpose` = 'correction' AND `f`.`adjustment_id` IS NULL) OR UNHEX(SHA2(`f`.`content`, 256)) <> `f`.`sha256` OR LENGTH(`f`.`content`) <> `f`.`size`",
    ),
  },
  {
    name: 'ended bonuses are taken once',
    rule: 'a bonus that has ended has lost what was left of it, once, and never more than it was',
    findOffenders: ofWallet(
      `SELECT \`d\`.\`id\` AS \`adjustment_id\`, \`d\`.\`state\`, \`d\`.\`amount\`, \`d\`.\`expired_amount\`, COALESCE(SUM(${movedOn('`t`.`id`', "'system:promotion'")}), 0) AS \`taken\`
         FROM \`adjustment\` AS \`d\` LEFT JOIN \`transfer\` AS \`t\` ON \`t\`.\`scope\` = 'bonus_expiry' AND \`t\`.\`reference\` = CAST(\`d\`.\`id\` AS CHAR) AND \`t\`.\`status\` = 'posted'
        WHERE \`d\`.\`purpose\` = 'bonus' GROUP BY \`d\`.\`id\`, \`d\`.\`state\`, \`d\`.\`amount\`, \`d\`.\`expired_amount\`, \`d\`.\`expires_at\`
       HAVING \`taken\` > \`d\`.\`amount\` OR (\`d\`.\`state\` = 'EXPIRED' AND \`taken\` <> \`d\`.\`expired_amount\`) OR (\`taken\` > 0 AND (\`d\`.\`expires_at\` IS NULL OR \`d\`.\`expires_at\` > UTC_TIMESTAMP(3)))`,
      "SELECT `t`.`id` AS `transfer_id`, `t`.`reference` FROM `transfer` AS `t` LEFT JOIN `adjustment` AS `d` ON `d`.`id` = CAST(`t`.`reference` AS UNSIGNED) AND `d`.`purpose` = 'bonus' WHERE `t`.`scope` = 'bonus_expiry' AND `t`.`status` = 'posted' AND `d`.`id` IS NULL",
    ),
  },
  {
    name: 'settlements are lines of the bank',
    rule: "what moved between clearing and bank is a line of the bank that an operator recorded, with that line's amount and fee, once",
    findOffenders: ofWallet(
      `SELECT \`t\`.\`id\` AS \`transfer_id\`, \`t\`.\`external_id\`, \`s\`.\`id\` AS \`settlement_id\`, \`s\`.\`state\`, \`s\`.\`amount\`, \`s\`.\`fee\`
         FROM \`transfer\` AS \`t\` LEFT JOIN \`channel_settlement\` AS \`s\` ON \`s\`.\`id\` = CAST(\`t\`.\`idempotency_key\` AS UNSIGNED)
        WHERE \`t\`.\`scope\` = 'channel_settlement' AND \`t\`.\`status\` = 'posted'
          AND (\`s\`.\`id\` IS NULL OR \`s\`.\`state\` = 'REFUSED' OR \`t\`.\`external_id\` <> CONCAT('settlement:', \`s\`.\`channel\`, ':', \`s\`.\`bank_reference\`)
           OR ${movedOn('`t`.`id`', "'system:bank'")} <> ${SETTLED_AT_BANK} OR ${movedOn('`t`.`id`', "'system:channel_fee'")} <> -\`s\`.\`fee\`
           OR ${movedOn('`t`.`id`', "CONCAT('system:', `s`.`channel`, '_clearing')")} <> \`s\`.\`fee\` - ${SETTLED_AT_BANK})`,
      "SELECT `s`.`id` AS `settlement_id`, `s`.`state`, `s`.`transfer_id` FROM `channel_settlement` AS `s` LEFT JOIN `transfer` AS `t` ON `t`.`id` = `s`.`transfer_id` AND `t`.`scope` = 'channel_settlement' AND `t`.`idempotency_key` = CAST(`s`.`id` AS CHAR) WHERE (`s`.`state` = 'RECORDED' AND `s`.`recorded_at` < UTC_TIMESTAMP(3) - INTERVAL 5 MINUTE) OR (`s`.`state` = 'POSTED' AND (`t`.`id` IS NULL OR `t`.`status` <> 'posted'))",
    ),
  },
];
