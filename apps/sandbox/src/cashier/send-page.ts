import { randomBytes } from 'node:crypto';
import type { HttpReply } from '../http/http-reply.js';
import type { ChannelName } from '../trade/trade.js';
import { markup, Html } from './html.js';
import type { Language } from './language.js';
import { SCRIPT, STYLE } from './style.js';
import { textsOf } from './texts.js';

/** What differs from page to page. */
export interface Page {
  readonly language: Language;
  readonly title: string;
  /** Whose page it is; left out where that is not known. */
  readonly channel?: ChannelName;
  readonly body: Html;
  /** Where the browser goes by itself. */
  readonly goOn?: { readonly url: string; readonly afterSeconds: number };
}

const LOGO = new Html(
  '<svg width="40" height="40" viewBox="0 0 40 40" aria-hidden="true"><rect width="40" height="40" rx="11" fill="#1668f0"/>' +
    '<path d="M10 14.5h20M10 20h20M13 25.5h8" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>',
);

const ICON =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 40 40%22%3E%3Crect width=%2240%22 ' +
  'height=%2240%22 rx=%2211%22 fill=%22%231668f0%22/%3E%3C/svg%3E';

/** Sends a page that may run nothing but its own script: whatever slipped through the escaping would stay dead. */
export function sendPage(reply: HttpReply, status: number, page: Page): void {
  const nonce = randomBytes(16).toString('base64');
  reply
    .status(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-content-type-options', 'nosniff')
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src data:; form-action 'self'; ` +
        `base-uri 'none'; frame-ancestors 'none'`,
    )
    .send(layout(page, nonce).text);
}

function layout(page: Page, nonce: string): Html {
  const texts = textsOf(page.language);
  const simulator = page.channel === undefined ? texts.simulator : texts.simulators[page.channel];
  return markup`<!doctype html>
<html lang="${page.language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>${page.title} · ${texts.brand}</title>
<link rel="icon" href="${new Html(ICON)}">
${page.goOn && markup`<meta http-equiv="refresh" content="${page.goOn.afterSeconds};url=${page.goOn.url}">`}
<style nonce="${nonce}">${new Html(STYLE)}</style>
</head>
<body>
<header>${LOGO}<span><b>${texts.brand}</b><small>${simulator}</small></span><span class="tag">${texts.sandbox}</span></header>
<main class="card">
<p class="notice">${texts.noRealMoney}</p>
<div class="body">${page.body}</div>
</main>
<footer>Clearbid Sandbox</footer>
<script nonce="${nonce}">${new Html(SCRIPT)}</script>
</body>
</html>`;
}
