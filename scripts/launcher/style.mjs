// @ts-check

const CODES = { bold: 1, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, gray: 90 };

/** @typedef {keyof typeof CODES} Style */

/**
 * @param {Style} style
 * @param {string} text
 * @param {boolean} colour false leaves the text as it is
 */
export function styleText(style, text, colour) {
  return colour && text !== '' ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
}

/**
 * @param {NodeJS.WriteStream} stream
 * @returns {boolean} whether colours belong there: a terminal whose owner didn't say no (https://no-color.org)
 */
export function wantsColour(stream) {
  return stream.isTTY && !process.env.NO_COLOR;
}
