import fc from 'fast-check';
import { canonicalJson, storableText } from '../../src/domain/canonical-json';
import { isConnectionLoss, storeFault } from '../../src/store/database';
import { payloadsOf, Reassembly } from '../../src/store/frame-parts';
import { entryOf } from '../../src/store/journal-entry';

describe('canonical JSON', () => {
  it('is the same for every order of keys, and reads back as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        const turned = JSON.stringify(value, (_key, item: unknown) =>
          typeof item === 'object' && item !== null && !Array.isArray(item) ? Object.fromEntries(Object.entries(item).reverse()) : item,
        );
        expect(canonicalJson(JSON.parse(turned))).toBe(text);
      }),
    );
  });

  it('leaves out what is undefined and spells what JSON cannot say as null', () => {
    expect(canonicalJson({ b: undefined, a: [undefined, NaN, Infinity], c: new Date(0) })).toBe('{"a":[null,null,null],"c":"1970-01-01T00:00:00.000Z"}');
  });

  it('has only text that Postgres can hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(storableText(text)).not.toContain('\u0000');
        expect(storableText(storableText(text))).toBe(storableText(text));
      }),
    );
    expect(storableText('\ud83d\ude00 \ud83d \ude00')).toBe('\ud83d\ude00 \ufffd \ufffd');
  });

  it('is what an entry is, also when the data was spelled before', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        const event = { seq: 1, type: 't', data, at: '2026-01-02T03:04:05.000Z', by: { subject: 's', via: 'api' as const }, requestId: 'r' };
        expect(entryOf(event).text).toBe(canonicalJson(event));
      }),
    );
  });
});

describe('errors of the database', () => {
  it.each([
    [{ code: 'ECONNREFUSED', message: 'connect' }, 'store.unreachable'],
    [{ code: '57P01', message: 'terminating connection due to administrator command' }, 'store.unreachable'],
    [{ code: '57P03', message: 'the database system is starting up' }, 'store.unreachable'],
    [{ message: 'Connection terminated unexpectedly' }, 'store.unreachable'],
    [{ message: 'timeout exceeded when trying to connect' }, 'store.unreachable'],
    [{ code: '40P01', message: 'deadlock detected' }, 'store.busy'],
    [{ code: '57014', message: 'canceling statement due to statement timeout' }, 'store.busy'],
    [{ code: '42P01', message: 'relation does not exist' }, 'store.failed'],
    [new Error('something else'), 'store.failed'],
  ])('become faults that say whether to try again: %p', (error, code) => {
    const fault = storeFault(error);

    expect(fault.code).toBe(code);
    expect(fault.nonRetryable).toBe(code === 'store.failed');
    expect(isConnectionLoss(error)).toBe(code === 'store.unreachable');
  });
});

describe('frames in parts', () => {
  it('come together again, whatever is in them and however frames mix', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 50 }), { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 800 }), (texts, times) => {
        const frames = texts.map((text) => ({ text: text.repeat(times) }));
        const queues = frames.map((frame, index) => payloadsOf(`a/${index}`, `f${index}`, JSON.stringify(frame)));
        for (const payload of queues.flat()) expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
        const reassembly = new Reassembly();
        const whole: unknown[] = [];
        for (let round = 0; queues.some((queue) => round < queue.length); round++) {
          queues.forEach((queue, index) => {
            const frame = round < queue.length ? reassembly.accept(queue[round]!) : null;
            if (frame) whole[index] = frame;
          });
        }
        expect(whole).toEqual(frames);
      }),
      { numRuns: 50 },
    );
  });

  it('are nothing when their beginning was not heard, or when they are not ours', () => {
    const [, second] = payloadsOf('a', 'f', JSON.stringify({ text: 'x'.repeat(10_000) }));
    const reassembly = new Reassembly();

    for (const payload of [second!, '', 'a', 'a\nb', 'a\nf 1 1\nnot json', 'a\nf 1 1\n[1]']) expect(reassembly.accept(payload)).toBeNull();
  });
});
