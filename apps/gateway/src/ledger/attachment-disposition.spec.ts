import { describe, expect, it } from '@jest/globals';
import { attachmentDisposition } from './attachment-disposition.js';

describe('the header that names a file', () => {
  it.each([
    ['letter.pdf', 'filename="letter.pdf"; filename*=UTF-8\'\'letter.pdf'],
    ['账单 1.pdf', 'filename="__ 1.pdf"; filename*=UTF-8\'\'%E8%B4%A6%E5%8D%95%201.pdf'],
    ["a'(b)*;c.txt", 'filename="a__b___c.txt"; filename*=UTF-8\'\'a%27%28b%29%2A%3Bc.txt'],
  ])('of %s has a name for every reader', (fileName, expected) => {
    expect(attachmentDisposition(fileName)).toBe(`attachment; ${expected}`);
  });
});
