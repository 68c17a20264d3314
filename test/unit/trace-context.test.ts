import { childOf, isSampled, spanIdOf } from '../../src/domain/tracing/trace-context';

const trace = '0af7651916cd43dd8448eb211c80319c';
const parent = { traceparent: `00-${trace}-b7ad6b7169203331-01`, tracestate: 'vendor=1' };

it('makes the same id of the same place, and others of others', () => {
  const ids = Array.from({ length: 20_000 }, (_, n) => spanIdOf(`run-${n % 100}/${Math.floor(n / 100)}`));

  expect(spanIdOf('run-1/1')).toBe(spanIdOf('run-1/1'));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => /^[0-9a-f]{16}$/.test(id) && id !== '0'.repeat(16))).toBe(true);
});

it('puts a span below the sender in the same trace, with its state and its flags', () => {
  expect(childOf(parent, '00f067aa0ba902b7')).toEqual({ traceparent: `00-${trace}-00f067aa0ba902b7-01`, tracestate: 'vendor=1' });
});

it.each([{}, { traceparent: '' }, { traceparent: `00-${trace}-b7ad6b7169203331` }, { traceparent: `ff-${trace}-b7ad6b7169203331-01` }])(
  'finds no context in %j',
  (carrier) => {
    expect(childOf(carrier, '00f067aa0ba902b7')).toBeNull();
    expect(isSampled(carrier)).toBe(false);
  },
);

it.each([
  ['00', false],
  ['01', true],
  ['02', false],
  ['03', true],
])('reads the flags %s: recorded is %s', (flags, sampled) => {
  expect(isSampled({ traceparent: `00-${trace}-b7ad6b7169203331-${flags}` })).toBe(sampled);
});
