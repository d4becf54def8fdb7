import { constants, privateDecrypt } from 'node:crypto';
import type { Payee, TransferBench, TransferTrouble } from '../../conformance/index.js';
import type { Answer, Call, SmallWechat } from './small-wechat.js';

const PATH = '/v3/fund-app/mch-transfer/transfer-bills';
const FEN = 10_000n;

interface Bill {
  readonly no: string;
  readonly fen: number;
  readonly openid: string;
  state: 'ACCEPTED' | 'WAIT_USER_CONFIRM' | 'TRANSFERING' | 'SUCCESS' | 'FAIL' | 'CANCELING' | 'CANCELLED';
  failReason?: string;
}

const error = (status: number, code: string, message: string): Answer => ({
  status,
  body: { code, message },
});

/** What WeChat Pay knows of one merchant's transfers, and the wallets of those who are paid by them. */
export class WechatTransferDesk implements TransferBench {
  readonly unknownAccount = 'oNobodyHasThisOpenId';
  private readonly names = new Map<string, string>();
  private readonly bills = new Map<string, Bill>();
  private readonly trouble = new Map<string, TransferTrouble>();

  constructor(private readonly wechat: SmallWechat) {}

  async newPayee(): Promise<Payee> {
    const payee = { account: `oUpF8uMuAJO_${this.names.size}`, name: '欧阳娜娜' };
    this.names.set(payee.account, payee.name);
    return payee;
  }

  async received({ account }: Payee): Promise<bigint> {
    const paid = [...this.bills.values()].filter(
      ({ openid, state }) => openid === account && state === 'SUCCESS',
    );
    return paid.reduce((sum, { fen }) => sum + BigInt(fen) * FEN, 0n);
  }

  async confirm(no: string): Promise<void> {
    const bill = this.bills.get(no);
    if (bill?.state === 'WAIT_USER_CONFIRM') bill.state = 'TRANSFERING';
  }

  giveBack(): Promise<never> {
    throw new Error('What is in a wallet stays there');
  }

  async make(trouble: TransferTrouble, no: string): Promise<() => Promise<void>> {
    this.trouble.set(no, trouble);
    return async () => void this.trouble.delete(no);
  }

  readonly desk = (call: Call): Answer | undefined => {
    const [no = '', last] = call.url.pathname.slice(`${PATH}/out-bill-no/`.length).split('/');
    if (call.url.pathname === PATH) {
      const answer = this.create(call);
      return this.trouble.get(String(call.body['out_bill_no'])) === 'no answer after the work'
        ? undefined
        : answer;
    }
    const bill = this.bills.get(no);
    if (!bill) return error(404, 'NOT_FOUND', '记录不存在');
    return last === 'cancel' ? this.cancel(bill) : this.tell(bill);
  };

  private create({ body, headers }: Call): Answer {
    const [no, openid, fen] = [
      String(body['out_bill_no']),
      String(body['openid']),
      Number(body['transfer_amount']),
    ];
    const known = this.bills.get(no);
    if (known && known.fen !== fen) return error(400, 'INVALID_REQUEST', '商户单号已存在，但信息不一致');
    const bill = known ?? { no, fen, openid, state: 'ACCEPTED' };
    if (!known) {
      if (this.trouble.get(no) === 'our account is short of funds')
        return error(403, 'NOT_ENOUGH', '资金不足');
      const name = this.names.get(openid);
      if (name === undefined) return error(400, 'PARAM_ERROR', '收款用户openid不属于商户appid');
      this.bills.set(no, bill);
      if (this.opened(String(body['user_name']), headers['wechatpay-serial']) !== name) {
        Object.assign(bill, { state: 'FAIL', failReason: 'NAME_NOT_CORRECT' });
      }
    }
    this.goOn(bill);
    const waits = bill.state === 'WAIT_USER_CONFIRM' ? { package_info: `affffddafdfafddffda==${no}` } : {};
    return {
      status: 200,
      body: { out_bill_no: no, transfer_bill_no: `1330${no}`, state: bill.state, ...waits },
    };
  }

  private cancel(bill: Bill): Answer {
    if (bill.state === 'CANCELING' || bill.state === 'CANCELLED') return this.tell(bill);
    if (bill.state !== 'WAIT_USER_CONFIRM') return error(400, 'INVALID_REQUEST', '当前状态不可撤销');
    bill.state = 'CANCELING';
    return {
      status: 200,
      body: { out_bill_no: bill.no, transfer_bill_no: `1330${bill.no}`, state: 'CANCELING' },
    };
  }

  private tell(bill: Bill): Answer {
    const { no, fen, openid, state, failReason } = bill;
    this.goOn(bill);
    return {
      status: 200,
      body: {
        mch_id: this.wechat.mchid,
        out_bill_no: no,
        transfer_bill_no: `1330${no}`,
        appid: this.wechat.appid,
        state,
        transfer_amount: fen,
        openid,
        update_time: `${new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`,
        ...(failReason === undefined ? {} : { fail_reason: failReason }),
      },
    };
  }

  /** One step, after it was looked at: as slow as one who asks. */
  private goOn(bill: Bill): void {
    if (bill.state === 'TRANSFERING') bill.state = 'SUCCESS';
    else if (bill.state === 'CANCELING') bill.state = 'CANCELLED';
    else if (bill.state === 'ACCEPTED' && this.trouble.get(bill.no) !== 'transfers stay in process') {
      bill.state = 'WAIT_USER_CONFIRM';
    }
  }

  private opened(sealed: string, serial: string | string[] | undefined): string {
    const { publicKeyId, platform, certified } = this.wechat;
    const holder = serial === publicKeyId ? platform : serial === certified.serial ? certified : undefined;
    if (!holder) throw new Error(`WeChat Pay has no key ${String(serial)}`);
    const key = { key: holder.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
    return privateDecrypt(key, Buffer.from(sealed, 'base64')).toString('utf8');
  }
}
