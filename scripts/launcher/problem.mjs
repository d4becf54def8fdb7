// @ts-check

/**
 * Something that the person at the keyboard can put right. Its message is a whole sentence that says how; it is
 * printed as it is, without a stack.
 */
export class Problem extends Error {
  /**
   * @param {string} sentence
   * @param {string} [details] what a program printed, shown before the sentence
   */
  constructor(sentence, details = '') {
    super(sentence);
    this.name = 'Problem';
    this.details = details.trimEnd();
  }
}
