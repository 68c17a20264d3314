import { z } from 'zod';
import type { Fault } from '../../src/errors/fault';
import { queryObject, readInput, refuseNul } from '../../src/surfaces/http/input';
import { matches } from '../../src/surfaces/http/path';
import { sseText } from '../../src/surfaces/http/stream-framing';

const faultOf = (run: () => unknown): Fault => {
  try {
    run();
  } catch (fault) {
    return fault as Fault;
  }
  throw new Error('nothing was thrown');
};

describe('readInput', () => {
  const schema = z.strictObject({ name: z.string(), count: z.int().optional(), inner: z.strictObject({ x: z.int() }).optional() });

  it.each([
    [{}, 'name', 'name is required'],
    [{ name: 1 }, 'name', /^name: /],
    [{ name: 'a', other: 1 }, 'other', 'other is not a known field'],
    [{ name: 'a', inner: { x: 1, y: 2 } }, 'inner.y', 'inner.y is not a known field'],
    [{ name: 'a', inner: {} }, 'inner.x', 'inner.x is required'],
    [null, '(body)', /^\(body\): /],
  ])('names the field of %j', (value, field, message) => {
    const fault = faultOf(() => readInput(schema, value, 'body'));

    expect([fault.kind, fault.code, fault.facts['field'], fault.facts['in']]).toEqual(['invalid', 'request.invalid', field, 'body']);
    expect(fault.message).toMatch(message);
  });

  it('shows at most eight issues', () => {
    const fault = faultOf(() => readInput(z.array(z.int()), Array(100).fill('x'), 'body'));

    expect(fault.facts['issues']).toHaveLength(8);
  });
});

describe('queryObject', () => {
  const schema = z.object({ one: z.string().optional(), many: z.array(z.string()).optional() });
  const read = (text: string) => queryObject(schema, new URLSearchParams(text));

  it('takes lists where the schema has them, and drops what it does not know', () => {
    expect(read('one=a&many=x&many=y&else=1')).toEqual({ one: 'a', many: ['x', 'y'] });
    expect(read('many=x')).toEqual({ many: ['x'] });
    expect(read('')).toEqual({});
  });

  it('refuses a single value that is given twice, and too many parameters', () => {
    expect(faultOf(() => read('one=a&one=b')).facts['field']).toBe('one');
    expect(faultOf(() => read(Array(101).fill('a=b').join('&'))).facts['max']).toBe(100);
  });

  it('cannot be talked into other objects', () => {
    expect(read('__proto__=x&constructor=y')).toEqual({});
  });
});

describe('matches', () => {
  it.each([
    ['/a/:id/b', '/a/x/b', { id: 'x' }],
    ['/a/:id/b', '/a/x%2Fy/b', { id: 'x/y' }],
    ['/a/:id/b', '/a//b', null],
    ['/a/:id/b', '/a/x', null],
    ['/a/:id/b', '/a/%E0%A4%A/b', null],
    ['/a', '/b', null],
  ])('%s and %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toEqual(expected);
  });
});

describe('a server-sent event', () => {
  it('cannot be broken by line breaks in its id, its name or its data', () => {
    expect(sseText({ id: '1\ndata: x', event: 'a\r\nb', data: { text: 'one\n\ntwo' } })).toBe('id: 1 data: x\nevent: a  b\ndata: {"text":"one\\n\\ntwo"}\n\n');
  });

  it('says null where there is nothing', () => {
    expect(sseText({ data: undefined })).toBe('data: null\n\n');
  });
});

it.each(['', ' ', '0x10', '1e3', 'Infinity', '5 ', '+5'])('takes %j for no number in a query', (value) => {
  const schema = z.object({ limit: z.coerce.number('expected a number').int().default(10) });

  expect(() => queryObject(schema, new URLSearchParams({ limit: value }))).toThrow('limit: expected a number');
});

it('takes several values of one field with commas between them, and no text with NUL', () => {
  const schema = z.object({ many: z.array(z.string()).optional(), one: z.string().optional() });

  expect(queryObject(schema, new URLSearchParams('many=a,b&many=c'))).toEqual({ many: ['a', 'b', 'c'] });
  expect(() => queryObject(schema, new URLSearchParams('one=a%00'))).toThrow('one: expected text without NUL');
  expect(faultOf(() => refuseNul({ id: 'a\0' }))).toMatchObject({ facts: { field: 'id', in: 'path' } });
});
