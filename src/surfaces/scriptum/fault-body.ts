/**
 * Faults as google.rpc.Status, over HTTP as JSON. Its details are an ErrorInfo whose `reason` says in capitals what happened (`ASK_EXPIRED`) and whose `metadata.code` is the precise code of docs/errors.md, a
 * BadRequest where fields are wrong, a RetryInfo where trying again may help, and a RequestInfo.
 */
import { z } from 'zod';
import { KINDS, type Fault } from '../../errors/fault';
import type { FaultBody } from '../http/surface';
import { inJson } from './spelling';

export const ERROR_DOMAIN = 'everthread';
const INFO_MAX = 1_000;
const ALREADY_EXISTS = 6;
const NAMES: Readonly<Record<number, string>> = {
  3: 'INVALID_ARGUMENT',
  4: 'DEADLINE_EXCEEDED',
  5: 'NOT_FOUND',
  6: 'ALREADY_EXISTS',
  7: 'PERMISSION_DENIED',
  8: 'RESOURCE_EXHAUSTED',
  9: 'FAILED_PRECONDITION',
  12: 'UNIMPLEMENTED',
  13: 'INTERNAL',
  14: 'UNAVAILABLE',
  16: 'UNAUTHENTICATED',
};

const exists = ({ kind, code }: Fault): boolean => kind === 'conflict' && code.endsWith('exists');

/** The number of google.rpc.Code. */
export const rpcCode = (fault: Fault): number => (exists(fault) ? ALREADY_EXISTS : KINDS[fault.kind].grpc);

/** By the table of google.rpc.Code, where that differs from what other surfaces say. */
export const faultStatus = (fault: Fault): number | undefined => {
  if (fault.kind === 'conflict') return exists(fault) ? 409 : 400;
  return fault.kind === 'deadline' ? 504 : undefined;
};

/** `script_thread.ask_expired` is `ASK_EXPIRED`, `script_thread.not_found` is `THREAD_NOT_FOUND`, `script.exists` is `SCRIPT_EXISTS`. */
export const reasonOf = (code: string): string =>
  code
    .replace(/^script_thread\.(?=ask_)/, '')
    .replace(/^script_thread\./, 'thread_')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();

const infoText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null')).slice(0, INFO_MAX);

/** Facts as texts, the precise code among them. */
export const infoOf = ({ code, facts }: Fault): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    Object.entries(facts)
      .filter(([name]) => name !== 'issues' && name !== 'code')
      .map(([name, value]) => [name, infoText(value)]),
  ),
  ...(typeof facts.code === 'string' && { detail: infoText(facts.code) }),
  code,
});

interface Violation {
  readonly field: string;
  readonly description: string;
}

/** `spelled`: the names of fields as the wire has them. */
export function violationsOf({ kind, message, facts }: Fault, spelled: (field: string) => string): readonly Violation[] {
  if (kind !== 'invalid') return [];
  const issues = Array.isArray(facts.issues) && facts.issues.length > 0 ? (facts.issues as readonly Readonly<Record<string, unknown>>[]) : [facts];
  return issues.flatMap(({ field, reason }) =>
    typeof field === 'string' ? [{ field: spelled(field), description: typeof reason === 'string' ? reason : message }] : [],
  );
}

/** Seconds to wait before trying again; null: that would not help. */
export const retrySeconds = ({ kind, facts }: Fault): number | null => {
  if (kind !== 'unavailable' && kind !== 'exhausted') return null;
  return typeof facts.retryAfterSeconds === 'number' ? facts.retryAfterSeconds : 1;
};

const typed = (name: string, value: object) => ({ '@type': `type.googleapis.com/google.rpc.${name}`, ...value });

export const faultBody: FaultBody = (fault, requestId) => {
  const code = rpcCode(fault);
  const violations = violationsOf(fault, inJson);
  const seconds = retrySeconds(fault);
  return {
    code,
    message: fault.message,
    status: NAMES[code] ?? 'UNKNOWN',
    details: [
      typed('ErrorInfo', { reason: reasonOf(fault.code), domain: ERROR_DOMAIN, metadata: infoOf(fault) }),
      ...(violations.length > 0 ? [typed('BadRequest', { fieldViolations: violations })] : []),
      ...(seconds === null ? [] : [typed('RetryInfo', { retryDelay: `${seconds}s` })]),
      typed('RequestInfo', { requestId }),
    ],
  };
};

export const faultSchema = z
  .object({
    code: z.int().describe('The number of google.rpc.Code.'),
    message: z.string().describe('What is wrong, for people.'),
    status: z.enum(Object.values(NAMES) as [string, ...string[]]).describe('The name of that code.'),
    details: z
      .array(z.looseObject({ '@type': z.string() }))
      .describe('An ErrorInfo first: its `reason`, and in `metadata.code` the precise code of docs/errors.md.'),
  })
  .meta({ id: 'ScriptumStatus' });
