import { describe, expect, it } from '@jest/globals';
import { hash } from '@node-rs/argon2';
import { PasswordHasher } from './password-hasher.js';

const hasher = new PasswordHasher({ concurrency: 2, queueLimit: 100 });

describe('PasswordHasher', () => {
  it('hashes with argon2id and the parameters that OWASP asks for, with a new salt each time', async () => {
    const [one, two] = await Promise.all([hasher.hash('correct horse'), hasher.hash('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(two).not.toBe(one);
  });

  it('knows the right password from a wrong one', async () => {
    const stored = await hasher.hash('correct horse');
    expect(await hasher.verify(stored, 'correct horse')).toBe(true);
    expect(await hasher.verify(stored, 'correct horsf')).toBe(false);
  });

  it('takes the same characters for the same password however they were composed', async () => {
    const stored = await hasher.hash('caf\u00e9-password');
    expect(await hasher.verify(stored, 'cafe\u0301-password')).toBe(true);
  });

  it('wants hashes of other parameters or another algorithm to be made anew', async () => {
    const weaker = await hash('correct horse', { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    const otherAlgorithm = (await hasher.hash('correct horse')).replace('$argon2id$', '$argon2i$');
    expect(hasher.needsRehash(weaker)).toBe(true);
    expect(hasher.needsRehash(otherAlgorithm)).toBe(true);
    expect(hasher.needsRehash(await hasher.hash('correct horse'))).toBe(false);
    expect(await hasher.verify(weaker, 'correct horse')).toBe(true);
  });

  it('takes as long for an account that does not exist as for a wrong password', async () => {
    await hasher.warmUp();
    const stored = await hasher.hash('correct horse');
    const unknown: number[] = [];
    const wrong: number[] = [];
    for (let round = 0; round < 15; round += 1) {
      unknown.push(await milliseconds(() => hasher.verify(null, 'guess')));
      wrong.push(await milliseconds(() => hasher.verify(stored, 'guess')));
    }
    // The fastest of many rounds is what the work costs; the rest is other programs on this machine.
    const ratio = Math.min(...unknown) / Math.min(...wrong);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.67);
  });

  it('never accepts a password where there is no account', async () => {
    expect(await hasher.verify(null, '')).toBe(false);
    expect(await hasher.verify(null, 'correct horse')).toBe(false);
  });
});

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
