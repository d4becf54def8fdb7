import { Body, Controller, Get, Put } from '@nestjs/common';
import { Journal } from '../journal/journal.js';
import { Payees } from '../transfer/payees.js';
import * as schemas from './schemas.js';

/** Who can be paid: any account, under any name, unless something else is told here. */
@Controller('control/payees')
export class PayeesController {
  constructor(
    private readonly payees: Payees,
    private readonly journal: Journal,
  ) {}

  @Get()
  list() {
    return { items: this.payees.all() };
  }

  @Put()
  async tell(@Body({ schema: schemas.payeeSchema }) body: schemas.PayeeBody) {
    const { name, ...rest } = body;
    this.payees.tell({ ...rest, ...(name === undefined ? {} : { name }) });
    await this.journal.flush();
    return body;
  }
}
