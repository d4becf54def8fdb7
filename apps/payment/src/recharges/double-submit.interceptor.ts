import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Redis } from 'ioredis';
import { type Observable, catchError, from, mergeMap, throwError } from 'rxjs';
import { DomainError, type RequestOf, type payment } from '#libs/contracts';
import { Log } from '#libs/service';
import { PaymentConfig } from '../payment.config.js';
import { requestHash } from './new-recharge.js';

/**
 * A double click on "recharge" makes one order: the same order of the same merchant is refused for a few seconds,
 * unless an idempotency key says what the caller means. A courtesy, kept in Redis; when Redis is gone it is not given,
 * and two unpaid orders are all that comes of it.
 */
@Injectable()
export class DoubleSubmitInterceptor implements NestInterceptor {
  constructor(
    private readonly redis: Redis,
    private readonly config: PaymentConfig,
    private readonly log: Log,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToRpc().getData<RequestOf<typeof payment.createRecharge>>();
    if (request.idempotencyKey !== undefined || this.config.doubleSubmitWindowMs === 0) return next.handle();
    const key = `clearbid:{double-submit:${requestHash(request).toString('base64url')}}`;
    return from(this.isFirst(key)).pipe(
      mergeMap((first) =>
        first
          ? next.handle().pipe(
              // What failed may be tried again at once.
              catchError((error: unknown) =>
                from(this.forget(key)).pipe(mergeMap(() => throwError(() => error))),
              ),
            )
          : throwError(() => this.refusal()),
      ),
    );
  }

  private async isFirst(key: string): Promise<boolean> {
    try {
      return (await this.redis.set(key, '1', 'PX', this.config.doubleSubmitWindowMs, 'NX')) === 'OK';
    } catch (error) {
      this.log.warn({ err: error }, 'double submits are not noticed right now');
      return true;
    }
  }

  private async forget(key: string): Promise<void> {
    await this.redis.del(key).catch(() => undefined);
  }

  private refusal(): DomainError {
    const seconds = this.config.doubleSubmitWindowMs / 1_000;
    return new DomainError(
      'DUPLICATE_SUBMIT',
      `The same recharge was submitted less than ${seconds} seconds ago: send an Idempotency-Key to say that it is another one`,
    );
  }
}
