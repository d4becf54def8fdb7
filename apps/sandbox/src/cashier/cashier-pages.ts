import { NOTIFY_MODES } from '../notify/notify-plan.js';
import { formatYuan } from '../trade/fen.js';
import { reportedFen, type Trade } from '../trade/trade.js';
import { Html, markup } from './html.js';
import type { Language } from './language.js';
import { CROSS } from './refusal-page.js';
import type { Page } from './send-page.js';
import { textsOf } from './texts.js';

/** The buyer reads "paid" and is taken back after this. */
const BACK_AFTER_SECONDS = 3;

export const TICK = new Html(
  '<svg class="sign good" width="64" height="64" viewBox="0 0 64 64" aria-hidden="true"><circle cx="32" cy="32" r="30" ' +
    'fill="currentColor" opacity=".13"/><path d="M20 33.5l8.5 8.5L45 24.5" fill="none" stroke="currentColor" ' +
    'stroke-width="4.5" stroke-linecap="round" stroke-linejoin="round"/></svg>',
);

/** One line of a list of facts. */
export function row(name: string, value: string, className?: string): Html {
  return markup`<div><dt>${name}</dt><dd${className && markup` class="${className}"`}>${value}</dd></div>`;
}

function clockText(leftMs: number): string {
  const seconds = Math.ceil(leftMs / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24];
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${days > 0 ? `${days}d ` : ''}${days > 0 || hours > 0 ? `${two(hours)}:` : ''}${rest}`;
}

/** What was typed into the form, to show again when it was refused. */
export interface TroubleForm {
  readonly notify: string;
  readonly amount: string;
  readonly delaySeconds: string;
}

/** Where the buyer decides. */
export function payPage(
  language: Language,
  trade: Trade,
  now: number,
  refused?: { why: string; form: TroubleForm },
): Page {
  const texts = textsOf(language);
  const amount = formatYuan(trade.amountFen);
  const leftMs = Math.max(0, trade.expiresAt - now);
  return {
    language,
    title: texts.payTitle,
    channel: trade.channel,
    body: markup`${refused && markup`<p class="error" role="alert">${refused.why}</p>`}
<h1>${texts.amount}</h1>
<p class="amount"><span>¥</span>${amount}</p>
<dl>
${row(texts.subject, trade.subject)}
${row(texts.outTradeNo, trade.outTradeNo, 'number')}
${row(texts.method, texts.balance)}
<div><dt>${texts.timeLeft}</dt><dd class="clock" data-left-ms="${leftMs}">${clockText(leftMs)}</dd></div>
</dl>
<form method="post" action="/cashier/${trade.cashierToken}/pay">
<button class="button" type="submit">${texts.pay} ¥${amount}</button>
${laterLink(trade, texts)}
${troublePanel(texts, amount, refused?.form)}
</form>`,
  };
}

type Texts = ReturnType<typeof textsOf>;

function laterLink(trade: Trade, texts: Texts): Html {
  return trade.returnUrl === undefined
    ? markup`<p class="quiet">${texts.laterWithoutShop}</p>`
    : markup`<a class="link" href="${trade.returnUrl}">${texts.later}</a>`;
}

function troublePanel(texts: Texts, amount: string, form: TroubleForm | undefined): Html {
  const options = NOTIFY_MODES.map(
    (mode) =>
      markup`<option value="${mode}"${mode === form?.notify ? markup` selected` : undefined}>${texts.notifyModes[mode]}</option>`,
  );
  return markup`<details${form ? markup` open` : undefined}>
<summary><b>${texts.trouble}</b> · ${texts.troubleFor}</summary>
<div class="fields">
<p>${texts.troubleHint}</p>
<label class="wide">${texts.notify}<select name="notify">${options}</select></label>
<label>${texts.paidAmount}<input name="amount" inputmode="decimal" autocomplete="off" placeholder="${amount}" value="${form?.amount}"></label>
<label>${texts.delay}<input name="delaySeconds" inputmode="numeric" autocomplete="off" placeholder="0" value="${form?.delaySeconds}"></label>
</div>
</details>`;
}

/** Paid. With an address of the merchant the browser goes on by itself, and there is a link for those who can't wait. */
export function paidPage(
  language: Language,
  trade: Trade,
  paidAt: string,
  returnUrl: string | undefined,
): Page {
  const texts = textsOf(language);
  return {
    language,
    title: texts.paidTitle,
    channel: trade.channel,
    ...(returnUrl === undefined ? {} : { goOn: { url: returnUrl, afterSeconds: BACK_AFTER_SECONDS } }),
    body: markup`${TICK}
<h2 class="title">${texts.paidTitle}</h2>
<p class="amount"><span>¥</span>${formatYuan(reportedFen(trade))}</p>
<dl>
${row(texts.subject, trade.subject)}
${row(texts.outTradeNo, trade.outTradeNo, 'number')}
${row(texts.tradeNo, trade.tradeNo, 'number')}
${row(texts.paidAt, paidAt, 'number')}
</dl>
${
  returnUrl === undefined
    ? markup`<p class="quiet">${texts.mayClose}</p>`
    : markup`<a class="button" href="${returnUrl}">${texts.goBack}</a>
<p class="quiet"><span class="clock" data-back-in="${BACK_AFTER_SECONDS}">${BACK_AFTER_SECONDS}</span> ${texts.goBackIn}</p>`
}`,
  };
}

export function closedPage(language: Language, trade: Trade): Page {
  const texts = textsOf(language);
  return {
    language,
    title: texts.closedTitle,
    channel: trade.channel,
    body: markup`${CROSS}
<h2 class="title">${texts.closedTitle}</h2>
<p class="lead">${trade.closedBy === 'expiry' ? texts.closedByExpiry : texts.closedByMerchant}</p>
<dl>
${row(texts.subject, trade.subject)}
${row(texts.outTradeNo, trade.outTradeNo, 'number')}
${row(texts.amount, `¥${formatYuan(trade.amountFen)}`)}
</dl>
${trade.returnUrl && markup`<a class="button" href="${trade.returnUrl}">${texts.goBack}</a>`}
<p class="quiet">${texts.orderAgain}</p>`,
  };
}
