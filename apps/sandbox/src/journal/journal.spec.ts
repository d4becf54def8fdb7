import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Journal } from './journal.js';

interface Note {
  readonly text: string;
  readonly amountFen?: bigint;
}

describe('the journal', () => {
  let directory: string;
  let path: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'journal-'));
    path = join(directory, 'deep', 'journal.jsonl');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const write = async (count: number, compactAboveBytes?: number) => {
    const journal = await Journal.open(path, compactAboveBytes);
    for (let number = 0; number < count; number += 1)
      journal.put('note', `n${number % 10}`, { text: `${number}` });
    await journal.close();
  };
  const read = async (compactAboveBytes?: number) => {
    const journal = await Journal.open(path, compactAboveBytes);
    const notes = journal.take<Note>('note');
    await journal.close();
    return notes.map((note) => note.text);
  };

  it('gives back the last state of each record, kind by kind', async () => {
    const journal = await Journal.open(path);
    journal.put('note', 'a', { text: 'old' });
    journal.put('note', 'b', { text: 'other', amountFen: 9_007_199_254_740_993n });
    journal.put('letter', 'a', { text: 'letter' });
    journal.put('note', 'a', { text: 'new 充值' });
    await journal.close();

    const again = await Journal.open(path);

    expect(again.take<Note>('note')).toEqual([
      { text: 'new 充值' },
      { text: 'other', amountFen: 9_007_199_254_740_993n },
    ]);
    expect(again.take<Note>('letter')).toEqual([{ text: 'letter' }]);
    expect(again.take<Note>('unknown')).toEqual([]);
    await again.close();
  });

  it('has everything in the file once it is flushed, without being closed', async () => {
    const journal = await Journal.open(path);
    for (let number = 0; number < 1000; number += 1) journal.put('note', String(number), { text: 'x' });

    await journal.flush();

    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(1001);
    await journal.close();
  });

  it('drops a line that a crash cut short, and goes on behind the last whole one', async () => {
    await write(3);
    await appendFile(path, '{"kind":"note","id":"n9","value":{"te');

    expect(await read()).toEqual(['0', '1', '2']);
    await write(1);

    expect(await read()).toEqual(['0', '1', '2']);
    expect(await readFile(path, 'utf8')).not.toContain('"te\n');
  });

  it('drops a whole line that lacks its end: nobody was told that it was written', async () => {
    await write(1);
    await appendFile(path, '{"kind":"note","id":"n9","value":{"text":"unfinished"}}');

    expect(await read()).toEqual(['0']);
  });

  it('names a line that is damaged in the middle, and changes nothing', async () => {
    await write(2);
    const content = (await readFile(path, 'utf8')).replace('"kind"', '"ki');
    await writeFile(path, content);

    await expect(Journal.open(path)).rejects.toThrow(
      /^Line 1 of .*journal\.jsonl is damaged: repair it, or move/,
    );
    expect(await readFile(path, 'utf8')).toBe(content);
  });

  it('is rewritten at start when it has grown, and says the same afterwards', async () => {
    await write(5000);
    const before = await stat(path);

    const compacted = await read(1000);

    expect(compacted).toEqual([
      '4990',
      '4991',
      '4992',
      '4993',
      '4994',
      '4995',
      '4996',
      '4997',
      '4998',
      '4999',
    ]);
    expect((await stat(path)).size).toBeLessThan(before.size / 100);
    expect(await read()).toEqual(compacted);
  });

  it('may be read by its owner only', async () => {
    await write(1);

    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
