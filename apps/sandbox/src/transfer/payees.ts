import { Injectable } from '@nestjs/common';
import { Journal } from '../journal/journal.js';
import type { ChannelName } from '../trade/trade.js';

const KIND = 'payee';

/** Somebody's account at a channel, as far as the control API has told of it. */
export interface Payee {
  readonly channel: ChannelName;
  readonly account: string;
  /** Any name is right when left out. */
  readonly name?: string;
  readonly exists: boolean;
}

/** Who can be paid. Any account exists, and any name fits it, unless something else was told. */
@Injectable()
export class Payees {
  private readonly known = new Map<string, Payee>();

  constructor(private readonly journal: Journal) {
    for (const payee of journal.take<Payee>(KIND)) this.known.set(keyOf(payee), payee);
  }

  tell(payee: Payee): void {
    this.known.set(keyOf(payee), payee);
    this.journal.put(KIND, keyOf(payee), payee);
  }

  exists(channel: ChannelName, account: string): boolean {
    return this.known.get(keyOf({ channel, account }))?.exists ?? true;
  }

  /** @param name `undefined` when the merchant told none: then nothing is compared. */
  hasName(channel: ChannelName, account: string, name: string | undefined): boolean {
    const known = this.known.get(keyOf({ channel, account }))?.name;
    return known === undefined || name === undefined || known === name;
  }

  all(): readonly Payee[] {
    return [...this.known.values()];
  }
}

function keyOf({ channel, account }: Pick<Payee, 'channel' | 'account'>): string {
  return `${channel}:${account}`;
}
