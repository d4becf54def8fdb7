import { describe, expect, it } from '@jest/globals';
import { MessagePattern } from '@nestjs/microservices';
import { echo, said, work } from './conformance/test-contracts.js';
import { startService } from './conformance/test-service.js';
import { OnEvent, Rpc } from './decorators.js';

/** Nothing listens there: what is wrong with the handlers is found before Redis is looked for. */
const redis = 'redis://127.0.0.1:1';
const parrot = { service: 'parrot', redis };

describe('a service refuses to start', () => {
  it('when one of its requests has no handler', async () => {
    class Parrot {
      @Rpc(work) async work() {
        return { by: 'parrot' };
      }
    }
    await expect(startService(Parrot, { ...parrot, contracts: [echo, work] })).rejects.toThrow(
      '"parrot.echo" has no handler',
    );
  });

  it('when a request has two handlers', async () => {
    class Parrot {
      @Rpc(work) async work() {
        return { by: 'parrot' };
      }
      @Rpc(work) async workAgain() {
        return { by: 'parrot' };
      }
    }
    await expect(startService(Parrot, parrot)).rejects.toThrow('"parrot.work" has two handlers');
  });

  it('when an event has two handlers: one that fails would have both run again', async () => {
    class Parrot {
      @OnEvent(said) async hear() {}
      @OnEvent(said) async hearAgain() {}
    }
    await expect(startService(Parrot, parrot)).rejects.toThrow('"parrot.said" has two handlers');
  });

  it('when it handles a request of another service', async () => {
    class Zoo {
      @Rpc(work) async work() {
        return { by: 'zoo' };
      }
    }
    await expect(startService(Zoo, { service: 'zoo', redis })).rejects.toThrow(
      '"parrot.work" belongs to the service "parrot"',
    );
  });

  it('when a handler has no contract', async () => {
    class Parrot {
      @MessagePattern('parrot.mumble') async mumble() {}
    }
    await expect(startService(Parrot, parrot)).rejects.toThrow(
      '"parrot.mumble" is handled without a contract',
    );
  });

  it('and tells everything that is wrong at once', async () => {
    class Parrot {
      @OnEvent(said) async hear() {}
      @OnEvent(said) async hearAgain() {}
    }
    await expect(startService(Parrot, { ...parrot, contracts: [echo, work] })).rejects.toThrow(
      /two handlers[^]*"parrot.echo" has no handler[^]*"parrot.work" has no handler/,
    );
  });

  it('when Redis is not there, and says where it looked', async () => {
    class Parrot {}
    await expect(startService(Parrot, { ...parrot, connectTimeoutMs: 100 })).rejects.toThrow(
      "Redis at 127.0.0.1:1 can't be reached",
    );
  });
});
