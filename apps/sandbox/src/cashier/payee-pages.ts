import { formatBeijing } from '../trade/beijing-time.js';
import { formatYuan } from '../trade/fen.js';
import type { Transfer } from '../transfer/transfer.js';
import { row, TICK } from './cashier-pages.js';
import { markup, type Html } from './html.js';
import type { Language } from './language.js';
import { CROSS } from './refusal-page.js';
import type { Page } from './send-page.js';
import { textsOf } from './texts.js';

/** While the money is on its way the page looks again after this. */
const LOOK_AGAIN_SECONDS = 1;

function factsOf(transfer: Transfer, texts: ReturnType<typeof textsOf>): Html {
  return markup`${row(texts.remark, transfer.remark)}
${row(texts.payer, transfer.account, 'number')}
${row(texts.outTransferNo, transfer.outTransferNo, 'number')}`;
}

/** Where the payee takes the money. */
export function confirmPage(language: Language, transfer: Transfer, address: string): Page {
  const texts = textsOf(language);
  const amount = formatYuan(transfer.amountFen);
  const until = transfer.next?.at ?? null;
  return {
    language,
    title: texts.takeTitle,
    channel: transfer.channel,
    body: markup`<h1>${texts.takeAmount}</h1>
<p class="amount"><span>¥</span>${amount}</p>
<dl>
${factsOf(transfer, texts)}
${until === null ? undefined : row(texts.takeUntil, formatBeijing(until), 'number')}
</dl>
<form method="post" action="${address}">
<button class="button" type="submit">${texts.take}</button>
<p class="quiet">${texts.takeLater}</p>
</form>`,
  };
}

/** Confirmed: the money is on its way, or there. */
export function takenPage(language: Language, transfer: Transfer, address: string): Page {
  const texts = textsOf(language);
  const { paidAt } = transfer;
  const title = paidAt === undefined ? texts.takingTitle : texts.takenTitle;
  return {
    language,
    title,
    channel: transfer.channel,
    ...(paidAt === undefined ? { goOn: { url: address, afterSeconds: LOOK_AGAIN_SECONDS } } : {}),
    body: markup`${TICK}
<h2 class="title">${title}</h2>
<p class="amount"><span>¥</span>${formatYuan(transfer.amountFen)}</p>
<dl>
${factsOf(transfer, texts)}
${paidAt === undefined ? undefined : row(texts.takenAt, formatBeijing(paidAt), 'number')}
</dl>
<p class="quiet">${paidAt === undefined ? texts.takingWait : texts.mayClose}</p>`,
  };
}

/** Taken back by the merchant, or failed. */
export function endedPage(language: Language, transfer: Transfer): Page {
  const texts = textsOf(language);
  return {
    language,
    title: texts.nothingToTakeTitle,
    channel: transfer.channel,
    body: markup`${CROSS}
<h2 class="title">${texts.nothingToTakeTitle}</h2>
<p class="lead">${transfer.failure?.message ?? texts.takenBack}</p>
<dl>
${factsOf(transfer, texts)}
</dl>`,
  };
}

/** The link is wrong, or it names another merchant or application than the transfer's. */
export function notYoursPage(language: Language): Page {
  const texts = textsOf(language);
  return {
    language,
    title: texts.notYoursTitle,
    body: markup`${CROSS}
<h2 class="title">${texts.notYoursTitle}</h2>
<p class="lead">${texts.notYoursLead}</p>`,
  };
}
