import { Body, Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { Faults } from '../faults/faults.js';
import { Journal } from '../journal/journal.js';
import * as schemas from './schemas.js';

/** Random trouble, the same for the same seed. */
@Controller('control/faults')
export class FaultsController {
  constructor(
    private readonly faults: Faults,
    private readonly journal: Journal,
  ) {}

  @Get()
  show() {
    return this.faults.describe();
  }

  @Post()
  @HttpCode(200)
  async configure(@Body({ schema: schemas.faultsSchema }) body: schemas.FaultsBody) {
    this.faults.configure(body);
    await this.journal.flush();
    return this.faults.describe();
  }

  @Delete()
  @HttpCode(204)
  async clear(): Promise<void> {
    this.faults.clear();
    await this.journal.flush();
  }
}
