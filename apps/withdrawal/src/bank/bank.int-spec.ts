import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  OPERATOR,
  type WithdrawalFixture,
  approved,
  startWithdrawals,
} from '../testing/withdrawal-fixture.js';

const HEADING = 'withdrawal_id,amount,outcome,bank_reference,message';
const CARD = '6222021234567890128';

let world: WithdrawalFixture;
beforeAll(async () => {
  world = await startWithdrawals();
});
afterAll(() => world.stop());

const bring = (...lines: string[]) =>
  world.bank.importResults({ operatorId: OPERATOR, csv: [HEADING, ...lines].join('\r\n') });

async function atTheBank(): Promise<{ id: string; batchId: string }> {
  const id = await approved(world, 'bank');
  const { id: batchId } = await world.bank.create(OPERATOR);
  return { id, batchId };
}

const view = async (id: string) => (await world.service.get(id, null)).withdrawal;

/** How often the wallet was told what. */
const told = (id: string) =>
  world.relayed
    .filter(({ payload }) => (payload as { withdrawalId: string }).withdrawalId === id)
    .map(({ name, payload }) => (payload as { outcome?: string }).outcome ?? name);

describe("a bank's results", () => {
  it('that a payment has come back, before anybody knew that it was paid: the owner has it back once', async () => {
    const { id } = await atTheBank();
    expect(await bring(`${id},100.00,RETURNED,B1,no such card`)).toMatchObject({ changed: 1 });
    expect(await view(id)).toMatchObject({ state: 'FAILED', problem: 'RETURNED_BY_BANK' });
    // And the file of the day before, which somebody finds only now.
    expect(await bring(`${id},100.00,PAID,B1,`)).toMatchObject({ changed: 0, known: 1 });
    expect(await bring(`${id},100.00,RETURNED,B1,no such card`)).toMatchObject({ known: 1 });
    expect(told(id)).toEqual(['RELEASED']);
    await expect(bring(`${id},100.00,FAILED,,`)).rejects.toMatchObject({ code: 'BANK_RESULTS_INVALID' });
  });

  it('twice at once are one; a second number for one payment is asked about', async () => {
    const { id } = await atTheBank();
    const answers = await Promise.all([1, 2, 3].map(() => bring(`${id},100.00,PAID,B1,`)));
    expect(answers.map(({ changed }) => changed).toSorted((left, right) => left - right)).toEqual([0, 0, 1]);
    expect(told(id)).toEqual(['PAID']);
    await expect(bring(`${id},100.00,PAID,B2,`)).rejects.toMatchObject({
      details: {
        errors: [{ field: 'lines.2.bank_reference', message: 'is B1 already: was it paid twice?' }],
      },
    });
  });

  it('repeat the number of a card: nobody sees it in full', async () => {
    const { id } = await atTheBank();
    await bring(`${id},100.00,FAILED,,card 6222 0212 3456 7890 128 of li@example.com is closed`);
    const { withdrawal, events } = await world.service.get(id, null);
    expect(withdrawal.problemMessage).toBe('card •••• 0128 of l•••@example.com is closed');
    expect(JSON.stringify(events)).not.toContain('3456');
  });
});

describe('a file for the bank', () => {
  it('that nobody has fetched yet is there, the same bytes whatever its owner corrects meanwhile', async () => {
    const { id, batchId } = await atTheBank();
    const { withdrawal } = await world.service.get(id, null);
    const { items } = await world.bank.list({ limit: 20 });
    expect(items.find((batch) => batch.id === batchId)).toMatchObject({ count: 1, open: 1 });
    const file = () => world.bank.file({ batchId, operatorId: OPERATOR });
    const { csv } = await file();
    expect(csv).toContain(`,王小明,${CARD},工商银行,`);

    const { ownerId, payoutAccountId } = withdrawal;
    await world.accounts.remove(ownerId, payoutAccountId);
    const again = {
      ownerId,
      method: 'bank',
      number: CARD,
      holderName: '王小明',
      bankName: '招商银行',
    } as const;
    expect(await world.accounts.add(again)).toMatchObject({ id: payoutAccountId, bankName: '招商银行' });
    expect(await file()).toMatchObject({ csv });
  });
});
