import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { BILL_STATES, BillDesk } from '../bill/bill-desk.js';
import { Journal } from '../journal/journal.js';
import { parseYuan } from '../trade/fen.js';
import { CHANNEL_NAMES } from '../trade/trade.js';
import { Problem } from './problem.js';

const yuan = z.string().transform((text, context) => {
  const fen = parseYuan(text);
  if (fen !== undefined) return fen;
  context.issues.push({ code: 'custom', message: 'must be an amount in yuan, as "50.00"', input: text });
  return z.NEVER;
});

const stateSchema = z.strictObject({ state: z.enum(BILL_STATES) });
const plantSchema = z.strictObject({
  channel: z.enum(CHANNEL_NAMES),
  /** The merchant's number of the trade or of the refund whose line it is. */
  number: z.string().min(1),
  omit: z.boolean().default(false),
  amount: yuan.optional(),
  fee: yuan.optional(),
});

/** Bills, for tests: when they are there, and what is wrong in them. */
@Controller('control/bills')
export class BillsController {
  constructor(
    private readonly desk: BillDesk,
    private readonly journal: Journal,
  ) {}

  /** Plants a mistake in the line of a trade's payment or of a refund. */
  @Post('mistakes')
  @HttpCode(200)
  async plant(@Body({ schema: plantSchema }) body: z.output<typeof plantSchema>) {
    const { channel, number, omit, amount, fee } = body;
    this.desk.plant({
      channel,
      number,
      omit,
      ...(amount === undefined ? {} : { amountFen: amount }),
      ...(fee === undefined ? {} : { feeFen: fee }),
    });
    await this.journal.flush();
    return { channel, number };
  }

  /** Lets the bills of a day be there before their time, or not be there after it. */
  @Post(':date')
  @HttpCode(200)
  async order(
    @Param('date') date: string,
    @Body({ schema: stateSchema }) body: z.output<typeof stateSchema>,
  ) {
    if (!z.iso.date().safeParse(date).success) {
      throw new Problem('VALIDATION_FAILED', 'Look at: date', [
        { field: 'date', message: 'must be a day, as 2026-11-20' },
      ]);
    }
    this.desk.order(date, body.state);
    await this.journal.flush();
    return { date, state: body.state };
  }
}
