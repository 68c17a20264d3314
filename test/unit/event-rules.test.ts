/** The pure rules of webhooks and triggers: names of events, filters, mapping, signatures. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { envelopeOf } from '../../src/domain/events/envelope';
import { EVENT_NAMES, eventName, eventPatternProblem, isMeant } from '../../src/domain/events/event-names';
import { fits } from '../../src/domain/events/filters';
import { mappedInput, pathProblem, sourceProblem } from '../../src/domain/trigger/input-mapping';
import { isSignedBy, signatureOf } from '../../src/domain/webhook/signature';
import type { Filters } from '../../src/contracts/webhook';

describe('the name of an event', () => {
  it('is the kind of actor and the type without it', () => {
    expect(eventName('managed-thread', 'thread_turn_complete')).toBe('thread.turn_complete');
    expect(eventName('managed-thread', 'command_refused')).toBe('thread.command_refused');
    expect(eventName('execution', 'completed')).toBe('execution.completed');
    expect(eventName('counter', 'counted')).toBeNull();
  });

  it('is unique, and may be meant by itself, by a prefix or by *', () => {
    expect(new Set(EVENT_NAMES).size).toBe(EVENT_NAMES.length);
    for (const name of EVENT_NAMES)
      for (const pattern of [name, `${name.split('.')[0] ?? ''}.*`, '*'])
        expect([eventPatternProblem(pattern), isMeant([pattern], name)]).toEqual([null, true]);
    expect(isMeant(['thread.started', 'run.*'], 'thread.ready')).toBe(false);
    expect(isMeant(['thread.*'], 'threads.started')).toBe(false);
  });

  it.each(['', 'thread', 'thread.', '.*', 'thread.begun', 'thread*', '**', 'nothing.*', 'thread.*.x'])('is not %p', (pattern) => {
    expect(eventPatternProblem(pattern)).toContain('expected');
  });

  it('stands in docs/webhooks.md, every one', () => {
    const page = readFileSync(join(__dirname, '../../docs/webhooks.md'), 'utf8');
    expect(EVENT_NAMES.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

it('an event of an execution says its result as itself', () => {
  const row = { address: 'execution/e', kind: 'execution', tenant: 'default', id: 'e', executionId: 'e', seq: 2, at: '2026-03-01T00:00:00Z' };
  const data = { status: 'completed', result: { value: { category: 'x' } }, metrics: { value: 1 } };

  expect(envelopeOf({ ...row, type: 'completed', data, by: { subject: 's', via: 'api' } }, {})?.data).toEqual({ ...data, result: { category: 'x' } });
});

describe('a filter', () => {
  const event = {
    ...{ type: 'thread.failed', executionId: 'e1', sequence: 7, data: { exitCode: 3, tags: ['a', 'b'], error: null, at: '2026-03-01T00:00:00Z' } },
    subject: { role: 'engineer', metadata: { team: 'red', size: 2 } },
  };
  it.each<[Filters, boolean]>([
    [{}, true],
    [{ executionId: 'e1' }, true],
    [{ executionId: 'e2' }, false],
    [{ executionId: ['e0', 'e1'] }, true],
    [{ role: 'engineer', 'metadata.team': 'red' }, true],
    [{ 'subject.metadata.team': 'blue' }, false],
    [{ 'data.exitCode': { $gt: 2, $lte: 3 } }, true],
    [{ 'data.exitCode': { $gt: 3 } }, false],
    [{ 'data.exitCode': { $gt: '2' } }, false],
    [{ 'data.at': { $lt: '2026-03-02' } }, true],
    [{ 'data.tags': 'b' }, true],
    [{ 'data.tags': { $nin: ['c'] } }, true],
    [{ 'data.tags.0': 'a' }, true],
    [{ 'data.error': null }, true],
    [{ 'data.error': { $exists: true } }, true],
    [{ 'data.missing': { $exists: false } }, true],
    [{ 'data.missing': null }, false],
    [{ 'data.missing': { $ne: 'x' } }, true],
    [{ 'data.missing': { $gte: 0 } }, false],
    [{ 'metadata.size': { $in: [1, 2] } }, true],
    [{ 'data.constructor': { $exists: true } }, false],
    [{ executionId: 'e1', sequence: { $lt: 7 } }, false],
  ])('%j is %p', (filters, fitting) => {
    expect(fits(filters, event)).toBe(fitting);
  });
});

describe('a mapping', () => {
  const from = { body: { issue: { title: 'It breaks', labels: ['a', 'b'], open: true } }, query: { by: 'ada' } };

  it('takes values as they are, and puts texts together', () => {
    const input = { name: 'triage', preparation: { env: { A: '1' } } };
    const mapping = {
      objective: 'Look at {{body.issue.title}} for {{ query.by }}: {{body.issue.labels}}',
      'metadata.open': 'body.issue.open',
      'preparation.env.B': 'query.by',
    };
    expect(mappedInput(input, mapping, from)).toEqual({
      ...{ name: 'triage', preparation: { env: { A: '1', B: 'ada' } }, metadata: { open: true } },
      objective: 'Look at It breaks for ada: ["a","b"]',
    });
    expect(input).toEqual({ name: 'triage', preparation: { env: { A: '1' } } });
  });

  it('says which field is missing in what came in', () => {
    expect(() => mappedInput({}, { objective: 'body.nothing' }, from)).toThrow('objective: there is no body.nothing in what came in');
    expect(() => mappedInput({}, { objective: 'x {{body.constructor}}' }, from)).toThrow('body.constructor');
  });

  it('has a bound', () => {
    const long = { body: 'x'.repeat(600_000) };
    expect(() => mappedInput({}, { objective: '{{body}}{{body}}' }, long)).toThrow('at most 1048576 characters');
  });

  it.each(['', '.a', 'a.', 'a b', '__proto__.x', 'a.prototype', 'a.constructor.b', '{{a}}'])('takes no path %p', (path) => {
    expect(pathProblem(path)).toContain('expected');
  });

  it.each(['{{', 'x {{a', '{{}}', '{{a.__proto__}}', '{{a}} }}', '{{a b}}'])('takes no text %p', (source) => {
    expect(sourceProblem(source)).toContain('expected');
  });
});

describe('a signature', () => {
  const secret = 'a-secret-of-some-length';
  const body = Buffer.from('{"a":"ä"}');
  const mac = (text: string | Buffer): string => createHmac('sha256', secret).update(text).digest('hex');

  it('is over time and body, or over the body alone', () => {
    expect(signatureOf([secret], 'timestamped', '1700000000', body)).toBe(`sha256=${mac(Buffer.concat([Buffer.from('1700000000.'), body]))}`);
    expect(signatureOf([secret], 'body', '1700000000', body)).toBe(`sha256=${mac(body)}`);
  });

  it.each([
    ['as it was made', (made: string) => made, true],
    ['without its prefix', (made: string) => made.slice(7), true],
    ['in capitals', (made: string) => made.slice(7).toUpperCase(), true],
    ['among others', (made: string) => `sha256=${'0'.repeat(64)}, ${made}`, true],
    ['after too many others', (made: string) => `${'x,'.repeat(4)}${made}`, false],
    ['cut short', (made: string) => made.slice(0, -1), false],
    ['one digit off', (made: string) => made.replace(/.$/, (last) => (last === '0' ? '1' : '0')), false],
    ['empty', () => '', false],
  ] as const)('%s', (_what, spelled, right) => {
    expect(isSignedBy(['another', secret], 'timestamped', '1', body, spelled(signatureOf([secret], 'timestamped', '1', body)))).toBe(right);
  });

  it('fits no other time, body or scheme', () => {
    const made = signatureOf([secret], 'timestamped', '1', body);
    expect(isSignedBy([secret], 'timestamped', '2', body, made)).toBe(false);
    expect(isSignedBy([secret], 'timestamped', '1', Buffer.from('{}'), made)).toBe(false);
    expect(isSignedBy([secret], 'body', '1', body, made)).toBe(false);
  });
});

it('an envelope has an id that is the same each time, and none for actors without public names', () => {
  const row = {
    ...{ address: 'managed-thread/t1', kind: 'managed-thread', tenant: 'default', id: 't1', executionId: 'e1', seq: 3, type: 'thread_ready' },
    ...{ data: { sessionId: 's' }, at: '2026-03-01T00:00:00.000Z', by: { subject: 'ada', via: 'api' } },
  };
  expect(envelopeOf(row, { role: 'r' })).toMatchObject({
    id: 'evt_t1_3',
    type: 'thread.ready',
    actor: { kind: 'managed-thread', id: 't1' },
    subject: { role: 'r' },
  });
  expect(envelopeOf({ ...row, kind: 'counter' }, {})).toBeNull();
});
