import type { MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { serviceOf, type EventContract, type RpcContract } from '#libs/contracts';
import type { EventMeta, HandlerExtras } from './decorators.js';

export interface RpcHandler {
  readonly contract: RpcContract;
  answer(request: unknown): Promise<unknown>;
}

export interface EventHandler {
  readonly contract: EventContract;
  handle(payload: unknown, event: EventMeta): Promise<void>;
}

/** The handlers of one service, as Nest finds them, and what is wrong with them. */
export class HandlerRegistry {
  readonly rpcs = new Map<string, RpcHandler>();
  readonly events = new Map<string, EventHandler>();
  private readonly problems: string[] = [];

  constructor(private readonly service: string) {}

  add(pattern: string, handler: MessageHandler, extras: Partial<HandlerExtras> | undefined): void {
    const contract = extras?.contract;
    if (contract === undefined) {
      this.problems.push(
        `"${pattern}" is handled without a contract: declare the handler with @Rpc or @OnEvent`,
      );
    } else if (this.rpcs.has(pattern) || this.events.has(pattern)) {
      this.problems.push(`"${pattern}" has two handlers: remove one`);
    } else if (contract.type === 'event') {
      this.events.set(pattern, {
        contract,
        handle: async (payload, event) => void (await resultOf(handler(payload, event))),
      });
    } else {
      this.rpcs.set(pattern, { contract, answer: (request) => resultOf(handler(request)) });
    }
  }

  /** @throws Error that names every handler that is missing, doubled or in the wrong service */
  verify(contracts: readonly RpcContract[]): void {
    const missing = contracts
      .filter(({ pattern }) => !this.rpcs.has(pattern))
      .map(({ pattern }) => `"${pattern}" has no handler: add a method with @Rpc to a controller`);
    const foreign = [...this.rpcs.values()]
      .filter(({ contract }) => serviceOf(contract) !== this.service)
      .map(
        ({ contract }) =>
          `"${contract.pattern}" belongs to the service "${serviceOf(contract)}": handle it there`,
      );
    const problems = [...this.problems, ...missing, ...foreign];
    if (problems.length > 0) {
      throw new Error(`The service "${this.service}" can't start:\n- ${problems.join('\n- ')}`);
    }
  }
}

/** Nest answers with a value, or, when an interceptor or a filter had its hand in it, with an observable. */
async function resultOf(returned: Promise<unknown>): Promise<unknown> {
  const value = await returned;
  return isObservable(value) ? lastValueFrom(value, { defaultValue: undefined }) : value;
}
