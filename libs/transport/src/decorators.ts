import { Catch, UseFilters, type RpcExceptionFilter } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { PARAM_ARGS_METADATA } from '@nestjs/microservices/constants.js';
import { throwError, type Observable } from 'rxjs';
import type { EventContract, PayloadOf, RequestOf, ResponseOf, RpcContract } from '#libs/contracts';
import type { Headers } from './call-context.js';

/** Nest gives a handler to every transport with this id, and to no other. */
export const REDIS_STREAMS = Symbol('redis-streams');

/** What an event handler may want to know beside the payload. */
export interface EventMeta {
  /** The event's own id, the same at every delivery: what an inbox keeps. */
  readonly id: string;
  readonly name: string;
  readonly headers: Headers;
  /** 1 at the first delivery. */
  readonly deliveries: number;
}

/** What Nest keeps beside a handler, and gives to the transport with it. */
export interface HandlerExtras {
  readonly contract: RpcContract | EventContract;
}

type RpcMethod<C extends RpcContract> = (
  request: RequestOf<C>,
  ...injected: never[]
) => Promise<ResponseOf<C>>;
type EventMethod<C extends EventContract> = (payload: PayloadOf<C>, event: EventMeta) => Promise<void>;
type MethodDecoratorOf<Method> = <M extends Method>(
  target: object,
  key: string,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/**
 * Nest's own filter turns every exception into text. The server must see what was thrown, because it alone maps
 * errors to the wire; so handlers carry this filter, which lets everything through.
 */
@Catch()
class LetThrough implements RpcExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}

/**
 * The method answers this request. It gets what `contract.request` decodes and its result is encoded by
 * `contract.response`; a method with other types does not compile.
 */
export function Rpc<C extends RpcContract>(contract: C): MethodDecoratorOf<RpcMethod<C>> {
  const extras: HandlerExtras = { contract };
  return (target, key, descriptor) => {
    passArgumentsAsTheyAre(target, key);
    MessagePattern(contract.pattern, REDIS_STREAMS, extras)(target, key, descriptor);
    UseFilters(LetThrough)(target, key, descriptor);
  };
}

/**
 * The method handles this event, delivered at least once to one replica of the service. When it throws, the event is
 * delivered again later, and set aside as a dead letter after the last attempt.
 */
export function OnEvent<C extends EventContract>(contract: C): MethodDecoratorOf<EventMethod<C>> {
  const extras: HandlerExtras = { contract };
  const subscribe = EventPattern(contract.name, REDIS_STREAMS, extras) as MethodDecorator;
  return (target, key, descriptor) => {
    passArgumentsAsTheyAre(target, key);
    subscribe(target, key, descriptor);
    UseFilters(LetThrough)(target, key, descriptor);
  };
}

/**
 * Without decorated parameters Nest would run what it takes for the one argument through its pipes: several promises
 * a call, with nothing to do, because the contract has decoded it.
 */
function passArgumentsAsTheyAre(target: object, key: string): void {
  if (Reflect.hasMetadata(PARAM_ARGS_METADATA, target.constructor, key)) return;
  Reflect.defineMetadata(PARAM_ARGS_METADATA, {}, target.constructor, key);
}
