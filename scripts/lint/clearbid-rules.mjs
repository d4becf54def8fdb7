// @ts-check
// Rules of this house that no linter has. Oxlint loads them as a plugin (see .oxlintrc.json).

/** Assignments that read their target first. */
const READS_TARGET = new Set(['+=', '-=', '*=', '/=', '%=', '**=', '|=', '&=', '^=', '<<=', '>>=', '>>>=']);

/** @typedef {{ type: string } & Record<string, any>} AstNode any: an ESTree node, as the linter gives it */

/**
 * @param {unknown} value
 * @returns {boolean} whether an `await` of this very function stands somewhere in there
 */
function containsAwait(value) {
  if (Array.isArray(value)) return value.some(containsAwait);
  if (value === null || typeof value !== 'object' || !('type' in value)) return false;
  const node = /** @type {AstNode} */ (value);
  if (node.type === 'AwaitExpression') return true;
  if (/Function/.test(node.type)) return false;
  return Object.entries(node).some(([key, child]) => key !== 'parent' && containsAwait(child));
}

/** `sum += await f()` reads `sum` before it waits and writes it afterwards: what others added meanwhile is lost. */
const noAwaitInCompoundAssignment = {
  meta: { type: 'problem' },
  /** @param {{ report: (problem: { node: AstNode, message: string }) => void }} context */
  create: (context) => ({
    /** @param {AstNode} node */
    AssignmentExpression(node) {
      if (!READS_TARGET.has(node.operator) || !containsAwait(node.right)) return;
      context.report({
        node,
        message: `The target is read before the wait and written after it, so that what others add meanwhile is lost: await into a constant first, then \`${node.operator}\`.`,
      });
    },
  }),
};

export default {
  meta: { name: 'clearbid' },
  rules: { 'no-await-in-compound-assignment': noAwaitInCompoundAssignment },
};
