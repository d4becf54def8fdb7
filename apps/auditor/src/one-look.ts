import type { Books } from './invariant.js';

/** Several rules that read the same rows read them once for each look at the books, and not once each. */
export function oncePerLook<T>(work: (books: Books) => Promise<T>): (books: Books) => Promise<T> {
  const looks = new WeakMap<Books, Promise<T>>();
  return (books) => {
    const look = looks.get(books) ?? work(books);
    looks.set(books, look);
    return look;
  };
}
