import { createConnection } from 'mysql2/promise';
import type { Account, TestStack } from '#libs/testing';

/** Somebody writes another balance into a merchant's account, past the ledger. */
export async function writeBalance(stack: TestStack, merchant: Account, change: number): Promise<void> {
  const connection = await createConnection({ uri: stack.urls.mysql });
  try {
    await connection.query(
      'UPDATE `clearbid_wallet`.`account` SET `posted` = `posted` + ? WHERE `code` = ?',
      [change, `merchant_cash:${merchant.id}`],
    );
  } finally {
    await connection.end();
  }
}
