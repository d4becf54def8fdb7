import { describe, expect, it } from '@jest/globals';
import { maskedName, maskedNumber, normalName, normalNumber, numberProblem } from './account-number.js';

describe('a number', () => {
  it.each([
    ['alipay', 'wang@example.com'],
    ['alipay', '13812345678'],
    ['alipay', '2088101234567890'],
    ['wechat', 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o'],
    ['bank', '6222021234567894'],
  ] as const)('of %s can be %s', (method, number) => {
    expect(numberProblem(method, number)).toBeUndefined();
  });

  it.each([
    ['alipay', 'wang', 'must be an email address'],
    ['alipay', '12345678901', 'must be an email address'],
    ['wechat', 'short', 'must be an openid'],
    ['bank', '622202123456789', 'check digit'],
    ['bank', '6222021234567895', 'check digit'],
    ['bank', '62220212345', 'must be the 12 to 19 digits'],
  ] as const)('of %s can not be %s', (method, number, problem) => {
    expect(numberProblem(method, number)).toContain(problem);
  });

  it('is the same however it is written', () => {
    expect(normalNumber('bank', ' 6222 0212-3456 7894 ')).toBe('6222021234567894');
    expect(normalNumber('alipay', ' Wang@Example.com ')).toBe('wang@example.com');
    expect(normalNumber('wechat', 'oUpF8uMuAJO_M2')).toBe('oUpF8uMuAJO_M2');
  });
});

describe('what is shown', () => {
  it('is too little for anybody else', () => {
    expect(maskedNumber('bank', '6222021234567894')).toBe('•••• 7894');
    expect(maskedNumber('alipay', 'wang@example.com')).toBe('wa•••@example.com');
    expect([maskedName('王小明'), maskedName('王五'), maskedName('阿卜杜拉·买买提')]).toEqual([
      '••明',
      '•五',
      '•••提',
    ]);
  });

  it('tells two people apart, and not two writings of one name', () => {
    expect(normalName('阿卜杜拉·买买提')).toBe(normalName('阿卜杜拉 买买提'));
    expect(normalName("O'Brien")).toBe(normalName('OBRIEN'));
    expect(normalName('王小明')).not.toBe(normalName('王小名'));
  });
});
