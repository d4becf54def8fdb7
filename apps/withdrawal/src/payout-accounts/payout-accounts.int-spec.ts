import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { RequestOf, withdrawal } from '#libs/contracts';
import { IdGenerator } from '#libs/ids';
import { Log } from '#libs/service';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { Vault } from '#libs/vault';
import { WITHDRAWAL_MIGRATIONS } from '../migrations/index.js';

import { OwnerHistory } from '../withdrawals/owner-history.repository.js';
import { KeyRotation } from './key-rotation.js';
import { PayoutAccountRepository } from './payout-account.repository.js';
import { PayoutAccountsConfig } from './payout-accounts.config.js';
import { PayoutAccountsService } from './payout-accounts.service.js';

const CARD = {
  method: 'bank',
  number: '6222 0212 3456 7890 128',
  bankName: '工商银行',
  holderName: '王小明',
} as const;
const CARD_DIGITS = '6222021234567890128';
const ALIPAY = { method: 'alipay', number: 'Xiaoming@Example.com', holderName: '王小明' } as const;
const key = () => randomBytes(32).toString('base64');

let test: TestDatabase;
let folder: string;
let lastOwner = 9_000;
const lines: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payout-accounts-'));
  test = await createTestDatabase('payout_accounts', { migrations: WITHDRAWAL_MIGRATIONS });
});
afterAll(async () => {
  await test.drop();
  rmSync(folder, { recursive: true });
});

const ring = { current: 'k1', keys: { k1: key(), k2: key() }, fingerprint: key() };
const file = () => join(folder, 'keys.json');
const writeRing = (more: object = {}) => writeFileSync(file(), JSON.stringify({ ...ring, ...more }));

let accounts: PayoutAccountsService;
let rotation: KeyRotation;
let vault: Vault;
let ownerId: string;

function service(coolDownHours: number) {
  const log = Log.create('withdrawal', 'withdrawal-1', 'debug');
  const repository = new PayoutAccountRepository(test.database);
  vault = new Vault(file());
  accounts = new PayoutAccountsService(
    test.database,
    repository,
    new OwnerHistory(test.database),

    vault,
    ids,
    new PayoutAccountsConfig({ PAYOUT_KEYS_FILE: file(), PAYOUT_COOL_DOWN_HOURS: coolDownHours }),
    log,
  );
  rotation = new KeyRotation(vault, repository, accounts, log);
  return accounts;
}

const ids = new IdGenerator({
  grants: { current: () => ({ node: 1, afterMs: 0, untilMs: Number.MAX_SAFE_INTEGER }) },
});

beforeEach(() => {
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  writeRing();
  service(24);
  lastOwner += 1;
  ownerId = String(lastOwner);
});
afterEach(() => {
  jest.restoreAllMocks();
});

type Wish = Omit<RequestOf<typeof withdrawal.addPayoutAccount>, 'ownerId'>;
const add = (wish: Wish, owner = ownerId) => accounts.add({ ownerId: owner, ...wish });
const rows = () =>
  test.database.query<Record<string, Buffer>>('SELECT * FROM `payout_account` WHERE `owner_id` = ?', [
    ownerId,
  ]);
const openId = (letter: string) => `o${letter.repeat(27)}`;

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'ok';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

describe('a payout account', () => {
  it('is shown masked, and is in plain words neither in the table nor in any line of the log', async () => {
    const card = await add(CARD);
    const alipay = await add(ALIPAY);
    expect(card).toMatchObject({ maskedNumber: `•••• ${CARD_DIGITS.slice(-4)}`, bankName: '工商银行' });
    expect(alipay).toMatchObject({ maskedNumber: 'xi•••@example.com', bankName: null });
    expect([card.maskedName, alipay.maskedName]).toEqual(['••明', '••明']);

    await codeOf(add({ ...ALIPAY, holderName: '李小红' }));
    await codeOf(add({ ...CARD, number: '6222021234567890129' }));
    await accounts.remove(ownerId, card.id);
    const stored = (await rows()).flatMap((row) =>
      Object.values(row).map((value) => (Buffer.isBuffer(value) ? value.toString('utf8') : String(value))),
    );
    const written = lines.join('');
    expect(stored.length).toBeGreaterThan(20);
    expect(written).toContain('a payout account was added');
    for (const secret of [
      CARD_DIGITS,
      CARD.number,
      'xiaoming@example.com',
      ALIPAY.number,
      '王小明',
      '李小红',
    ])
      for (const place of [...stored, written]) expect(place).not.toContain(secret);
  });

  it('is opened for a payout as it was told, also after it was removed', async () => {
    const { id } = await add(CARD);
    await accounts.remove(ownerId, id);
    expect(await accounts.open(id)).toEqual({ number: CARD_DIGITS, name: '王小明' });
  });

  it('is not opened with what was changed in its row, or brought from another', async () => {
    const [card, alipay] = [await add(CARD), await add(ALIPAY)];
    const swap = (column: string) =>
      test.database.write(
        `UPDATE \`payout_account\` AS \`a\`, \`payout_account\` AS \`b\` SET \`a\`.\`number_sealed\` = \`b\`.\`${column}\` WHERE \`a\`.\`id\` = ? AND \`b\`.\`id\` = ?`,
        [card.id, column === 'name_sealed' ? card.id : alipay.id],
      );
    await swap('number_sealed');
    await expect(accounts.open(card.id)).rejects.toThrow("number can't be opened");
    await swap('name_sealed');
    await expect(accounts.open(card.id)).rejects.toThrow("number can't be opened");
    await test.database.write(
      'UPDATE `payout_account` SET `name_sealed` = CONCAT(LEFT(`name_sealed`, LENGTH(`name_sealed`) - 1), CHAR(ASCII(RIGHT(`name_sealed`, 1)) ^ 1)) WHERE `id` = ?',
      [alipay.id],
    );
    await expect(accounts.open(alipay.id)).rejects.toThrow("name can't be opened");
  });

  it('is sealed anew when the key changes, and then needs the old one no more', async () => {
    const [damaged, { id }] = [await add(ALIPAY), await add(CARD)];
    await test.database.write("UPDATE `payout_account` SET `name_sealed` = 'never sealed' WHERE `id` = ?", [
      damaged.id,
    ]);
    writeRing({ current: 'k2' });
    expect(await rotation.round()).toBeGreaterThan(0);
    expect(await rotation.round()).toBe(0);
    expect(lines.join('')).toContain('could not be sealed anew');
    writeRing({ current: 'k2', keys: { k2: ring.keys.k2 } });
    vault.reload();
    expect(await accounts.open(id)).toMatchObject({ number: CARD_DIGITS, name: '王小明' });
    expect((await add(CARD)).id).toBe(id);
  });
});

describe('adding a payout account', () => {
  it.each<[string, Wish, string]>([
    ['a card with a wrong digit', { ...CARD, number: '6222021234567890129' }, 'number'],
    ['a card without its bank', { ...CARD, bankName: undefined }, 'bankName'],
    ['an Alipay account that is none', { ...ALIPAY, number: '12345678901' }, 'number'],
    ['an openid that is none', { ...ALIPAY, method: 'wechat', number: 'o123' }, 'number'],
  ])('refuses %s, and names the field', async (_, wish, field) => {
    await expect(add(wish)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { errors: [{ field, message: expect.any(String) }] },
    });
    expect(await rows()).toEqual([]);
  });

  it('gives the same one for the same number, however it is written and however many ask at once', async () => {
    const writings = [CARD.number, CARD_DIGITS, CARD_DIGITS.replaceAll(/(\d{4})/g, '$1-').replace(/-$/, '')];
    const added = await Promise.all([...writings, ...writings].map((number) => add({ ...CARD, number })));
    expect(new Set(added.map(({ id }) => id)).size).toBe(1);
    expect(await rows()).toHaveLength(1);
    expect(await accounts.list(ownerId)).toEqual([added[0]]);
  });

  it('takes one name only, also when two come at once, and when the others were removed', async () => {
    const codes = await Promise.all(
      ['王小明', '李小红'].map((holderName, n) =>
        codeOf(add({ ...ALIPAY, holderName, number: `1380013800${n}` })),
      ),
    );
    expect(codes.toSorted()).toEqual(['PAYEE_NAME_DIFFERS', 'ok']);
    const [kept] = await accounts.list(ownerId);
    await accounts.remove(ownerId, kept?.id ?? '');
    const other = codes[0] === 'ok' ? '李小红' : '王小明';
    expect(await codeOf(add({ ...CARD, holderName: other }))).toBe('PAYEE_NAME_DIFFERS');
  });

  it('stops at ten, also when twelve come at once', async () => {
    const codes = await Promise.all(
      'abcdefghijkl'
        .split('')
        .map((letter) => codeOf(add({ method: 'wechat', number: openId(letter), holderName: '王小明' }))),
    );
    expect(codes.filter((code) => code === 'ok')).toHaveLength(10);
    expect(codes.filter((code) => code === 'TOO_MANY_PAYOUT_ACCOUNTS')).toHaveLength(2);
    expect(await accounts.list(ownerId)).toHaveLength(10);
  });
});

describe('using a payout account', () => {
  it('has to wait a day, and again after it was removed and added', async () => {
    const { id, createdAt, usableFrom } = await add(CARD);
    expect(usableFrom.getTime() - createdAt.getTime()).toBe(24 * 3_600_000);
    expect(await codeOf(accounts.usable(ownerId, id))).toBe('PAYOUT_ACCOUNT_COOLING_DOWN');
    await test.database.write('UPDATE `payout_account` SET `usable_from` = `created_at` WHERE `id` = ?', [
      id,
    ]);
    expect(await accounts.usable(ownerId, id)).toMatchObject({ id });
    await add(CARD);
    expect(await codeOf(accounts.usable(ownerId, id))).toBe('ok');

    await accounts.remove(ownerId, id);
    expect(await codeOf(accounts.usable(ownerId, id))).toBe('PAYOUT_ACCOUNT_NOT_FOUND');
    expect(await add(CARD)).toMatchObject({ id });
    expect(await codeOf(accounts.usable(ownerId, id))).toBe('PAYOUT_ACCOUNT_COOLING_DOWN');
  });

  it('need not wait where no cool-down is wanted', async () => {
    const { id } = await service(0).add({ ownerId, ...CARD });
    expect(await codeOf(accounts.usable(ownerId, id))).toBe('ok');
  });

  it('is for its owner alone; that others are paid to the same number is known', async () => {
    const { id } = await service(0).add({ ownerId, ...CARD });
    const before = await accounts.otherOwners(id);
    const eve = `${ownerId}99`;
    expect(await codeOf(accounts.usable(eve, id))).toBe('PAYOUT_ACCOUNT_NOT_FOUND');
    expect(await codeOf(accounts.remove(eve, id))).toBe('PAYOUT_ACCOUNT_NOT_FOUND');
    expect(await accounts.list(eve)).toEqual([]);
    expect(await accounts.list(ownerId)).toHaveLength(1);

    const hers = await add({ ...CARD, holderName: '李小红' }, eve);
    expect(hers.id).not.toBe(id);
    expect(await accounts.otherOwners(id)).toBe(before + 1);
  });
});
