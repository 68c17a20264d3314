import { Fault, KINDS, type Kind } from '../../src/errors/fault';
import { faultBody, faultSchema } from '../../src/surfaces/control-plane/fault-body';
import { shownFault, statusOf } from '../../src/surfaces/http/fault-status';

/** Seed 001 "Error Codes", word for word, and a fault of ours that is spoken so. */
const SEED: readonly [string, number, Fault][] = [
  ['VALIDATION_ERROR', 400, new Fault('invalid', 'request.invalid', 'name is required', { field: 'name', reason: 'is required' })],
  ['UNAUTHORIZED', 401, new Fault('unauthenticated', 'access.no_credentials', 'Send a key.')],
  ['FORBIDDEN', 403, new Fault('forbidden', 'access.scope_missing', 'This needs a scope.', { scope: 'admin' })],
  ['NOT_FOUND', 404, new Fault('not_found', 'key.not_found', 'There is no such key.')],
  ['CONFLICT', 409, new Fault('conflict', 'idempotency.key_reused', 'The key came with another body.')],
  ['TIMEOUT', 408, new Fault('deadline', 'request.timeout', 'It took too long.')],
  ['RATE_LIMITED', 429, new Fault('exhausted', 'request.rate_limited', 'Too many requests.', { retryAfterSeconds: 3 })],
  ['NO_AGENTS', 503, new Fault('unavailable', 'agents.none', 'No agent is there.')],
  ['INTERNAL_ERROR', 500, new Fault('internal', 'internal', 'Something failed.')],
];

it.each(SEED)('says %s with status %i', (word, status, fault) => {
  const body = faultBody(fault, 'req_abc123');

  expect(body).toEqual({ error: { code: word, message: fault.message, details: { ...fault.facts, code: fault.code } }, requestId: 'req_abc123' });
  expect(faultSchema.safeParse(body).success).toBe(true);
  expect(statusOf(fault)).toBe(status);
});

it('has a word for every kind of fault', () => {
  const words = (Object.keys(KINDS) as Kind[]).map((kind) => (faultBody(new Fault(kind, 'some.code', 'text'), 'r')['error'] as { code: string }).code);

  expect(words.filter((word) => !/^[A-Z_]+$/.test(word ?? ''))).toEqual([]);
  expect(new Set(words).size).toBe(words.length);
});

it('keeps its precise code where a fact has the same name', () => {
  const { error } = faultBody(new Fault('invalid', 'request.invalid', 'text', { code: 'forged' }), 'r') as { error: { details: { code: string } } };

  expect(error.details.code).toBe('request.invalid');
});

it('shows nothing of what was thrown by accident', () => {
  const body = faultBody(shownFault(new Error('password=hunter2 at /srv/store.ts')), 'r');

  expect(JSON.stringify(body)).not.toMatch(/hunter2|store\.ts/);
  expect(body).toMatchObject({ error: { code: 'INTERNAL_ERROR', details: { code: 'internal' } } });
});
