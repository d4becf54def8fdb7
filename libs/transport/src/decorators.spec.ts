import { describe, expect, it } from '@jest/globals';
import type { PayloadOf, RequestOf, ResponseOf } from '#libs/contracts';
import { echo, said, work } from './conformance/test-contracts.js';
import { OnEvent, REDIS_STREAMS, Rpc, type EventMeta } from './decorators.js';

/** The type checker is what tests these: `npm run check` fails when one of the marked lines compiles. */
class Typed {
  @Rpc(echo) async whole(request: RequestOf<typeof echo>): Promise<ResponseOf<typeof echo>> {
    return request;
  }

  @Rpc(work) async requestLeftOut() {
    return { by: 'nobody' };
  }

  @OnEvent(said) async payloadAndMeta(_payload: PayloadOf<typeof said>, _event: EventMeta): Promise<void> {}

  @OnEvent(said) async nothing(): Promise<void> {}

  // @ts-expect-error the amount of the request is a bigint, not a number
  @Rpc(echo) async wrongRequest(request: { amount: number }): Promise<ResponseOf<typeof echo>> {
    return { text: '', at: new Date(0), amount: BigInt(request.amount) };
  }

  // @ts-expect-error the response lacks `by`
  @Rpc(work) async incompleteResponse() {
    return { of: 'nobody' };
  }

  // @ts-expect-error a handler answers with a promise
  @Rpc(work) notAsync() {
    return { by: 'nobody' };
  }

  // @ts-expect-error the payload has no `volume`
  @OnEvent(said) async wrongPayload(_payload: { volume: number }): Promise<void> {}

  // @ts-expect-error an event is no request
  @Rpc(said) async notARequest(): Promise<void> {}
}

describe('@Rpc', () => {
  it('binds the method to this transport only, so that another one of the same app leaves it alone', () => {
    expect(Reflect.getMetadata('microservices:transport', Typed.prototype.whole)).toBe(REDIS_STREAMS);
  });
});
