import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../config.js';
import { Faults } from '../faults/faults.js';
import { PublicAddress } from '../http/public-address.js';
import { Journal } from '../journal/journal.js';
import { Log } from '#libs/service';
import { RefundBook } from '../refund/refund-book.js';
import { Statistics } from '../stats/statistics.js';
import { QrCodes } from '../trade/qr-codes.js';
import { TradeBook } from '../trade/trade-book.js';
import type { Trade } from '../trade/trade.js';
import { AlipayApplications } from './alipay-applications.js';
import { AlipayKeys } from './alipay-keys.js';
import { AlipayBillDownloads } from './bill-downloads.js';
import { newTradeNo } from './alipay-words.js';
import { CallLimit } from './call-limit.js';
import { failures, isFailure, type AlipayFailure } from './failure.js';
import { closeTrade } from './methods/close.js';
import { precreateTrade } from './methods/precreate.js';
import { queryTrade } from './methods/query.js';
import { queryRefund, refundTrade } from './methods/refund.js';
import { findTrade, numbersOf } from './methods/trade-number.js';
import { AlipayTransfers, isTransferMethod } from './methods/transfer.js';
import { replyName, signedReply, tamperWith, unsignedReply, type ReplyBody } from './reply.js';
import { checkRequest, type AlipayRequest } from './request.js';
import type { Parameters } from './signature.js';
import { OPEN_FAILURES, readTerms, type AlipayMethod } from './trade-terms.js';
import { transferFailures } from './transfer-failure.js';

/** Methods that a buyer's browser opens; they answer with a page and don't count against the merchant's limit. */
const PAGE_METHODS: ReadonlyMap<string, AlipayMethod> = new Map([
  ['alipay.trade.page.pay', 'page'],
  ['alipay.trade.wap.pay', 'wap'],
]);

/** What the gateway does with a request; the controller puts it on the wire. */
export type GatewayAnswer =
  | { readonly type: 'reply'; readonly text: string }
  /** The buyer goes on to the cashier. */
  | { readonly type: 'cashier'; readonly trade: Trade }
  | { readonly type: 'refusal-page'; readonly failure: AlipayFailure }
  | { readonly type: 'server-error' }
  | { readonly type: 'no-answer' };

/** `gateway.do`: one door for every method. */
@Injectable()
export class AlipayGateway {
  private readonly limits: ReadonlyMap<string, CallLimit>;
  private readonly methods: ReadonlyMap<string, (request: AlipayRequest) => ReplyBody | AlipayFailure>;

  constructor(
    config: SandboxConfig,
    private readonly applications: AlipayApplications,
    private readonly keys: AlipayKeys,
    private readonly book: TradeBook,
    qrCodes: QrCodes,
    private readonly faults: Faults,
    private readonly journal: Journal,
    address: PublicAddress,
    private readonly statistics: Statistics,
    private readonly log: Log,
    refunds: RefundBook,
    bills: AlipayBillDownloads,
    private readonly transfers: AlipayTransfers,
  ) {
    this.limits = new Map(
      applications.all().map(({ appId }) => [appId, new CallLimit(config.callsPerSecond)] as const),
    );
    this.statistics.report('alipayLimit', () =>
      Object.fromEntries([...this.limits].map(([appId, limit]) => [appId, limit.statistics()])),
    );
    this.methods = new Map([
      ['alipay.trade.query', (request) => queryTrade(book, refunds, request)],
      ['alipay.trade.close', (request) => closeTrade(book, request)],
      ['alipay.data.dataservice.bill.downloadurl.query', (request) => bills.urlOf(request)],
      ['alipay.trade.refund', (request) => refundTrade({ book, refunds, faults }, request)],
      ['alipay.trade.fastpay.refund.query', (request) => queryRefund({ book, refunds, faults }, request)],
      ['alipay.fund.trans.uni.transfer', (request) => transfers.transfer(request)],
      ['alipay.fund.trans.common.query', (request) => transfers.query(request)],
      ['alipay.trade.precreate', (request) => precreateTrade(qrCodes, request, address.url)],
    ]);
  }

  async handle(parameters: Parameters): Promise<GatewayAnswer> {
    const method = parameters.get('method') ?? '';
    this.statistics.count('calls', this.methods.has(method) || PAGE_METHODS.has(method) ? method : 'unknown');
    return PAGE_METHODS.has(method) ? this.openPage(parameters) : this.answerCall(parameters);
  }

  /**
   * Opens, or finds again, the trade of a signed page-pay or wap-pay request: what a browser does that follows the URL.
   */
  async openPage(
    parameters: Parameters,
  ): Promise<Extract<GatewayAnswer, { type: 'cashier' | 'refusal-page' }>> {
    const refuse = (failure: AlipayFailure) => {
      this.tell(parameters, failure);
      return { type: 'refusal-page', failure } as const;
    };
    const request = this.check(parameters);
    if ('failure' in request) return refuse(request.failure);
    const method = PAGE_METHODS.get(request.method);
    if (method === undefined) return refuse(failures.invalidMethod);
    const terms = readTerms(request, method, Date.now());
    if (isFailure(terms)) return refuse(terms);
    const opened = this.book.open(terms, newTradeNo);
    if (opened.outcome !== 'created' && opened.outcome !== 'existing')
      return refuse(OPEN_FAILURES[opened.outcome]);
    await this.journal.flush();
    return { type: 'cashier', trade: opened.trade };
  }

  private async answerCall(parameters: Parameters): Promise<GatewayAnswer> {
    const method = parameters.get('method') ?? '';
    const signed = (body: ReplyBody | AlipayFailure) => this.signedReply(parameters, method, body);
    if (this.limits.get(parameters.get('app_id') ?? '')?.tryCall() === false)
      return signed(failures.callLimited);
    const request = this.check(parameters);
    if ('failure' in request) {
      if (request.signed) return signed(request.failure);
      this.tell(parameters, request.failure);
      return { type: 'reply', text: unsignedReply(replyName(method), request.failure) };
    }
    const work = this.methods.get(method);
    if (work === undefined) return signed(failures.invalidMethod);
    return this.workWithTrouble(parameters, request, work);
  }

  /** The faults that lie in the call itself: some strike before the work is done, some after. */
  private async workWithTrouble(
    parameters: Parameters,
    request: AlipayRequest,
    work: (request: AlipayRequest) => ReplyBody | AlipayFailure,
  ): Promise<GatewayAnswer> {
    const subject = this.subjectOf(request);
    if (this.faults.strikes('serverError', subject)) return { type: 'server-error' };
    if (this.faults.strikes('overloaded', subject))
      return this.signedReply(parameters, request.method, failures.callLimited);
    if (this.faults.strikes('unsignedError', subject)) {
      return { type: 'reply', text: unsignedReply('error_response', failures.unavailable) };
    }
    const body = work(request);
    await this.journal.flush();
    if (this.faults.strikes('timeoutAfterWork', subject)) return { type: 'no-answer' };
    const isUnknown = this.faults.strikes('systemError', subject);
    const unknown = isTransferMethod(request.method) ? transferFailures.systemError : failures.systemError;
    const reply = await this.signedReply(parameters, request.method, isUnknown ? unknown : body);
    if (!this.faults.strikes('tamperedReply', subject)) return reply;
    return { type: 'reply', text: tamperWith(reply.text) };
  }

  /** Trouble is ordered by the merchant's number, whichever number the call names. */
  private subjectOf(request: AlipayRequest): string {
    if (isTransferMethod(request.method)) return this.transfers.subjectOf(request);
    const numbers = numbersOf(request);
    return (numbers && findTrade(this.book, request, numbers)?.outTradeNo) ?? numbers?.out_trade_no ?? '';
  }

  private async signedReply(
    parameters: Parameters,
    method: string,
    body: ReplyBody | AlipayFailure,
  ): Promise<{ type: 'reply'; text: string }> {
    if (isFailure(body)) this.tell(parameters, body);
    const inCertificateMode =
      this.applications.find(parameters.get('app_id') ?? '')?.certificateSerial !== undefined;
    const serial = inCertificateMode ? this.keys.certificateSerial : undefined;
    return { type: 'reply', text: await signedReply(method, body, this.keys.privateKey, serial) };
  }

  private tell(parameters: Parameters, failure: AlipayFailure): void {
    this.statistics.count('refusals', failure.sub_code);
    this.log.debug({ method: parameters.get('method'), subCode: failure.sub_code }, 'Refused a call');
  }

  private check(parameters: Parameters): ReturnType<typeof checkRequest> {
    return checkRequest(parameters, {
      find: (appId) => this.applications.find(appId),
      rootSerial: this.keys.authority.rootSerial,
    });
  }
}
