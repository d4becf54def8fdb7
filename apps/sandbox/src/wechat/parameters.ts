import { z } from 'zod';
import { failures, invalidParameter, type ParameterLocation, type WechatFailure } from './failure.js';

/** The body of a request, which has to be an object. */
export function parseBody(text: string): { readonly body: object } | WechatFailure {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { body: value } : failures.notJson;
  } catch {
    return failures.notJson;
  }
}

/** Checks parameters and names the first bad one by its path, as the channel does. */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  location: ParameterLocation,
): { readonly values: z.output<Schema> } | WechatFailure {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { values: parsed.data };
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const found = path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  const field = `/${path.map(String).join('/')}`;
  return invalidParameter(location, field, wordsOf(issue, found), found);
}

function wordsOf(issue: z.core.$ZodIssue | undefined, found: unknown): string {
  if (found === undefined || found === '') return '此字段为必填项';
  switch (issue?.code) {
    case 'too_small':
      return `${issue.origin === 'string' ? '字符数少于' : '值低于'}最小值 ${String(issue.minimum)}`;
    case 'too_big':
      return `${issue.origin === 'string' ? '字符数超过' : '值高于'}最大值 ${String(issue.maximum)}`;
    case 'invalid_type':
      return `类型应为 ${issue.expected}`;
    default:
      return issue?.message ?? '值不合法';
  }
}

export const outTradeNo = z
  .string()
  .min(6)
  .max(32)
  .regex(/^[\w\-|*]+$/, '只能是数字、大小写字母_-|*');
export const outRefundNo = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\w\-|*@]+$/, '只能是数字、大小写字母_-|*@');
export const mchid = z.string().min(1).max(32);
/** The sandbox takes plain http, too: it stands on a developer's machine. */
export const notifyUrl = z
  .url({ protocol: /^https?$/, error: '必须是完整的URL' })
  .max(255)
  .refine((url) => !/[?#]/.test(url), 'URL不能携带参数');
