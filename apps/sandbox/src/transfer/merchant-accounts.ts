import { Injectable } from '@nestjs/common';
import { Journal } from '../journal/journal.js';
import type { ChannelName } from '../trade/trade.js';

const KIND = 'merchant-account';
/** 900,000,000 yuan: whoever orders nothing never runs out. */
export const PLENTY_FEN = 90_000_000_000n;

interface Settings {
  readonly channel: ChannelName;
  readonly account: string;
  /** Everything that was ever put in; what was transferred is not taken off. */
  putInFen: bigint;
  /** Of one transfer. */
  limitFen?: bigint;
}

/** The merchants' own money at the channels, out of which transfers are paid. What buyers pay does not come in here. */
@Injectable()
export class MerchantAccounts {
  private readonly settings = new Map<string, Settings>();
  private readonly gone = new Map<string, bigint>();

  constructor(private readonly journal: Journal) {
    for (const settings of journal.take<Settings>(KIND)) {
      this.settings.set(keyOf(settings.channel, settings.account), settings);
    }
  }

  balanceFen(channel: ChannelName, account: string): bigint {
    return this.settingsOf(channel, account).putInFen - this.goneFen(channel, account);
  }

  limitFen(channel: ChannelName, account: string): bigint | undefined {
    return this.settingsOf(channel, account).limitFen;
  }

  setBalance(channel: ChannelName, account: string, balanceFen: bigint): void {
    const settings = this.settingsOf(channel, account);
    settings.putInFen = balanceFen + this.goneFen(channel, account);
    this.save(settings);
  }

  setLimit(channel: ChannelName, account: string, limitFen: bigint | undefined): void {
    const settings = this.settingsOf(channel, account);
    if (limitFen === undefined) delete settings.limitFen;
    else settings.limitFen = limitFen;
    this.save(settings);
  }

  /** For the book of transfers, which remembers what went out: positive out, negative back. */
  move(channel: ChannelName, account: string, outFen: bigint): void {
    this.gone.set(keyOf(channel, account), this.goneFen(channel, account) + outFen);
  }

  private goneFen(channel: ChannelName, account: string): bigint {
    return this.gone.get(keyOf(channel, account)) ?? 0n;
  }

  private settingsOf(channel: ChannelName, account: string): Settings {
    return this.settings.get(keyOf(channel, account)) ?? { channel, account, putInFen: PLENTY_FEN };
  }

  private save(settings: Settings): void {
    const key = keyOf(settings.channel, settings.account);
    this.settings.set(key, settings);
    this.journal.put(KIND, key, settings);
  }
}

function keyOf(channel: ChannelName, account: string): string {
  return `${channel}:${account}`;
}
