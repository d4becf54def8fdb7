import { isDeepStrictEqual } from 'node:util';
import { AlipaySdk } from 'alipay-sdk';
import { ChannelError } from '../channel-error.js';

type Reply = Readonly<Record<string, unknown>>;

/**
 * The official SDK, with what it believes too easily closed. It looks for the signed object in the text and then takes
 * the answer from the parsed JSON, where of two objects of one name the last one wins: any reply that Alipay ever signed,
 * with a forged one after it, would pass. And an unsigned reply makes it throw a bare TypeError of `node:crypto`.
 */
export class VerifyingAlipaySdk extends AlipaySdk {
  /** @throws ChannelError `UNTRUSTED` unless the very object that is returned to the caller is signed by Alipay. */
  override checkResponseSign(raw: string, replyName: string, sign: unknown, traceId: string): void {
    const reply = JSON.parse(raw) as Reply;
    if (typeof sign !== 'string' || sign === '') {
      throw unverified(replyName, `it is not signed${claimOf(reply['error_response'])}`);
    }
    let signed: unknown;
    try {
      super.checkResponseSign(raw, replyName, sign, traceId);
      signed = JSON.parse(this.getSignStr(raw, replyName));
    } catch (cause) {
      throw unverified(replyName, 'its signature is wrong', cause);
    }
    if (!isDeepStrictEqual(signed, reply[replyName])) {
      throw unverified(replyName, 'what is signed in it is not what it says');
    }
  }
}

function unverified(replyName: string, why: string, cause?: unknown): ChannelError {
  const message = `The ${replyName} is not provably Alipay's: ${why}`;
  return new ChannelError('UNTRUSTED', 'UNVERIFIED_REPLY', message, { cause });
}

/** Alipay's gateway refuses what it can't attribute (an unknown app, say) unsigned: no proof, but worth a line in the log. */
function claimOf(error: unknown): string {
  const { code, sub_code: subCode } = (error ?? {}) as Reply;
  const claim = [code, subCode].filter((part) => typeof part === 'string').join(' ');
  return claim === '' ? '' : `, and claims ${claim.slice(0, 100)}`;
}
