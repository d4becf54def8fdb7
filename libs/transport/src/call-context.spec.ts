import { describe, expect, it } from '@jest/globals';
import {
  contextFromHeaders,
  contextHeaders,
  currentContext,
  deadlineIn,
  remainingMs,
  runInContext,
  type CallContext,
} from './call-context.js';

const context: CallContext = {
  requestId: 'request-1',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  principal: { accountId: '12', kind: 'merchant', sessionId: '34', permissions: ['wallet:read'] },
};

describe('a call context', () => {
  it('is there for all that is awaited within it, and nowhere else', async () => {
    await runInContext(context, async () => {
      await Promise.resolve();
      expect(currentContext()).toBe(context);
    });
    expect(currentContext()).toBeUndefined();
  });

  it('survives its way through the headers of a message', () => {
    expect(contextFromHeaders(contextHeaders(context))).toEqual(context);
  });

  it('gets a request id where a request has none yet', () => {
    expect(contextHeaders(undefined).requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(contextFromHeaders({}).requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    '{"accountId":"12"}',
    '{"accountId":"12","kind":"king","sessionId":"3","permissions":[]}',
    'nonsense',
  ])('takes %s for no principal at all', (principal) => {
    expect(contextFromHeaders({ requestId: 'r', principal })).toEqual({ requestId: 'r' });
  });

  it('knows how long its caller still waits', () => {
    expect(remainingMs(undefined)).toBe(Infinity);
    expect(remainingMs({ requestId: 'r', deadlineAt: deadlineIn(1_000) })).toBeGreaterThan(900);
    expect(remainingMs({ requestId: 'r', deadlineAt: deadlineIn(-1) })).toBeLessThan(0);
  });
});
