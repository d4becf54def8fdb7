import { describe, expect, it } from '@jest/globals';
import { en } from './en';
import { zh } from './zh';

interface Tree {
  readonly [key: string]: string | Tree;
}

function leaves(tree: Tree, prefix = ''): [path: string, text: string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : leaves(value, `${prefix}${key}.`),
  );
}

const placeholders = (text: string): string[] => (text.match(/{{\w+}}/g) ?? []).sort();

describe('the dictionaries', () => {
  const english = new Map(leaves(en));
  const chinese = new Map(leaves(zh));

  it('have the same keys', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('leave nothing empty', () => {
    const empty = [...english, ...chinese].filter(([, text]) => text.trim() === '').map(([path]) => path);
    expect(empty).toEqual([]);
  });

  it('fill the same values into both', () => {
    const different = [...english].filter(
      ([path, text]) => placeholders(text).join() !== placeholders(chinese.get(path) ?? '').join(),
    );
    expect(different).toEqual([]);
  });

  it('say everything in Chinese that is said in Chinese characters at all', () => {
    const untranslated = [...chinese]
      .filter(([path, text]) => !/\p{Script=Han}/u.test(text) && text === english.get(path))
      .map(([path]) => path);
    expect(untranslated).toEqual(['languages.en', 'recharge.amountPlaceholder']);
  });
});
