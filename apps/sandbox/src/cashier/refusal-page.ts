import type { Refusal } from '../channel/channels.js';
import { Html, markup } from './html.js';
import type { Language } from './language.js';
import type { Page } from './send-page.js';
import { textsOf } from './texts.js';

export const CROSS = new Html(
  '<svg class="sign bad" width="64" height="64" viewBox="0 0 64 64" aria-hidden="true"><circle cx="32" cy="32" r="30" ' +
    'fill="currentColor" opacity=".12"/><path d="M23 23l18 18M41 23L23 41" stroke="currentColor" stroke-width="4.5" ' +
    'stroke-linecap="round"/></svg>',
);

/** What a buyer sees when the merchant's request was refused: the channel's code and reason, for the merchant's developer. */
export function refusalPage(language: Language, refusal: Refusal): Page {
  const texts = textsOf(language);
  return {
    language,
    title: texts.refusedTitle,
    body: markup`${CROSS}
<h2 class="title">${texts.refusedTitle}</h2>
<p class="lead">${texts.refusedLead}</p>
<dl>
<div><dt>${texts.errorCode}</dt><dd class="number">${refusal.code}</dd></div>
<div class="long"><dt>${texts.errorReason}</dt><dd>${refusal.reason}</dd></div>
</dl>`,
  };
}

export function notFoundPage(language: Language): Page {
  const texts = textsOf(language);
  return {
    language,
    title: texts.notFoundTitle,
    body: markup`${CROSS}
<h2 class="title">${texts.notFoundTitle}</h2>
<p class="lead">${texts.notFoundLead}</p>`,
  };
}
