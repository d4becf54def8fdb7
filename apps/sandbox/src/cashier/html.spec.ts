import { describe, expect, it } from '@jest/globals';
import { markup } from './html.js';
import { languageOf } from './language.js';

describe('markup', () => {
  it('escapes every value, for text and for attributes', () => {
    const evil = `<b title="x" class='y'>&amp;</b>`;

    expect(markup`<p title="${evil}">${evil}</p>`.text).toBe(
      '<p title="&lt;b title=&quot;x&quot; class=&#39;y&#39;&gt;&amp;amp;&lt;/b&gt;">' +
        '&lt;b title=&quot;x&quot; class=&#39;y&#39;&gt;&amp;amp;&lt;/b&gt;</p>',
    );
  });

  it('keeps markup, joins lists, and shows nothing for nothing', () => {
    const items = ['a', '<'].map((item) => markup`<li>${item}</li>`);

    expect(markup`<ul>${items}</ul>${undefined}${0}`.text).toBe('<ul><li>a</li><li>&lt;</li></ul>0');
  });
});

describe('the language of a browser', () => {
  it.each([
    [undefined, 'zh'],
    ['', 'zh'],
    ['*', 'zh'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['en-US,en;q=0.9,zh-CN;q=0.8', 'en'],
    ['en;q=0.5, zh-TW;q=0.7', 'zh'],
    ['fr-FR,fr;q=0.9', 'en'],
    ['de,zh;q=0.1', 'zh'],
    ['zh;q=0,en', 'en'],
  ])('that sends "%s" is %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });
});
