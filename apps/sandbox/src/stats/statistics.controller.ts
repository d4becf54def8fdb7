import { Controller, Get, Header } from '@nestjs/common';
import { Metrics } from '#libs/service';
import { Faults } from '../faults/faults.js';
import { NotifyQueue } from '../notify/notify-queue.js';
import { TradeBook } from '../trade/trade-book.js';
import { Statistics } from './statistics.js';

@Controller()
export class StatisticsController {
  constructor(
    private readonly statistics: Statistics,
    private readonly metrics: Metrics,
    private readonly book: TradeBook,
    private readonly notifies: NotifyQueue,
    private readonly faults: Faults,
  ) {}

  @Get('control/stats')
  show() {
    return {
      ...this.statistics.snapshot(),
      trades: this.book.countByState(),
      notifies: this.notifies.statistics(),
      faults: this.faults.describe(),
    };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  prometheus(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
