/**
 * Which tab may show a refresh token. A token that is shown twice ends its session, and localStorage can't decide:
 * every tab may sit in a process of its own, and sees what another one wrote only a moment later. IndexedDB runs one
 * writing transaction at a time for all of them, also where there are no Web Locks (plain http).
 */

const DATABASE = 'clearbid';
const STORE = 'refresh-claim';
const KEY = 'latest';
/** A tab that was closed with the token in its hand is waited for no longer: longer than any request takes. */
export const CLAIM_MS = 30_000;

interface Claim {
  readonly token: string;
  readonly claimedAtMs: number;
}

/** True for exactly one of the tabs that ask about the same token. */
export async function claimRefreshToken(token: string): Promise<boolean> {
  return await inStore((store, done) => {
    const found = store.get(KEY) as IDBRequest<Claim | undefined>;
    found.addEventListener('success', () => {
      const claim = found.result;
      const isTaken = claim?.token === token && Date.now() - claim.claimedAtMs < CLAIM_MS;
      if (!isTaken) store.put({ token, claimedAtMs: Date.now() } satisfies Claim, KEY);
      done(!isTaken);
    });
  }, true);
}

/** The token was not exchanged after all: anybody may try again. */
export async function releaseRefreshToken(): Promise<void> {
  await inStore((store, done) => {
    store.delete(KEY);
    done(undefined);
  }, undefined);
}

/** Resolves once the transaction has been committed. A browser without IndexedDB gets `without`: it has no tabs to fear. */
async function inStore<T>(
  work: (store: IDBObjectStore, done: (value: T) => void) => void,
  without: T,
): Promise<T> {
  let database: IDBDatabase;
  try {
    database = await open();
  } catch {
    return without;
  }
  return await new Promise<T>((resolve, reject) => {
    let result = without;
    const transaction = database.transaction(STORE, 'readwrite');
    transaction.addEventListener('complete', () => resolve(result));
    transaction.addEventListener('abort', () =>
      reject(transaction.error ?? new Error('The transaction was aborted')),
    );
    work(transaction.objectStore(STORE), (value) => {
      result = value;
    });
  }).finally(() => database.close());
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE));
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () =>
      reject(request.error ?? new Error('IndexedDB could not be opened')),
    );
  });
}
