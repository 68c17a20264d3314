import fc from 'fast-check';
import { JsonRedactionStream, redactionStream } from '../../../src/domain/redaction-stream';
import { RUN_REDACTION, runRedactor } from '../../../src/domain/run/redaction';

const MARK = '***REDACTED***';
const KNOWN = ['s3cret-value-of-mine', 'two words known'];
const redact = runRedactor(KNOWN);
const GITHUB = `ghp_${'a1B2'.repeat(9)}`;
const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIE abc\n-----END RSA PRIVATE KEY-----';

describe('keys of runs', () => {
  it.each(
    'password passwd user_password secret token access_token api_key apikey api-key auth proxy_auth authorization bearer credential credentials private_key client_secret access_key session cookie'.split(
      ' ',
    ),
  )('%s hides its value', (key) => expect(redact({ [key]: 'abc' })).toEqual({ [key]: MARK }));

  it.each(
    'tokens max_tokens author authored authors authentic session_id sessionCount secretary tokenizer keyboard cookie_count passwordPolicy content key'.split(
      ' ',
    ),
  )('%s does not', (key) => expect(redact({ [key]: 'abc' })).toEqual({ [key]: 'abc' }));

  it('hide what is below them, and nothing beside', () => {
    expect(redact({ session: { id: 1, open: true }, url: 'x' })).toEqual({ session: { id: MARK, open: true }, url: 'x' });
  });

  it('are as the peer marks them, a second time too', () => {
    const once = redact({ password: 'hunter2', text: `use ${GITHUB} or ${KNOWN[0]}` });

    expect(once).toEqual({ password: MARK, text: `use ${MARK} or ${MARK}` });
    expect(redact(once)).toEqual(once);
    expect(redact('[redacted] stays')).toBe('[redacted] stays');
  });
});

const cuts = (text: string, sizes: readonly number[]): string[] => {
  const pieces: string[] = [];
  for (let at = 0, n = 0; at < text.length; n++) {
    const size = Math.max(1, sizes[n % sizes.length] ?? 1);
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
};
const streamed = (pieces: readonly string[]): string => {
  const stream = redactionStream(redact, KNOWN);
  return pieces.map((piece) => stream.push(piece)).join('') + stream.end();
};

describe('a text that comes in pieces', () => {
  it.each([
    [`authorization: basic <${GITHUB}'#`],
    [GITHUB],
    [KNOWN[0] as string],
    [KNOWN[1] as string],
    ['Bearer abcdef123456'],
    ['authorization: Basic dXNlcjpwYXNz'],
    ['postgres://app:hunter22@db/x'],
    [PEM],
  ])('hides %s wherever it is cut', (secret) => {
    const text = `before ${secret} after, and more`;
    const whole = redact(text);
    expect(whole).toContain(MARK);

    for (let at = 1; at < text.length; at++) expect(streamed([text.slice(0, at), text.slice(at)])).toBe(whole);
    expect(streamed(text.split(''))).toBe(whole);
  });

  it('is what it would be in one piece', () => {
    const part = fc.oneof(
      fc.constantFrom(
        GITHUB,
        ...KNOWN,
        'Bearer ',
        'abcdefgh1234',
        ' ',
        'authorization: ',
        'basic ',
        'ftp://u:',
        'pppp',
        '@',
        '"',
        'two words ',
        's3cret-',
        PEM,
        '\\n',
      ),
      fc.string({ maxLength: 6 }),
    );
    const text = fc.array(part, { maxLength: 10 }).map((parts) => parts.join('').replaceAll('\n', ' '));

    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 }), (given, sizes) =>
        expect(streamed(cuts(given, sizes))).toBe(redact(given)),
      ),
      {
        numRuns: 500,
      },
    );
  });

  it('goes out as soon as it is certain', () => {
    const stream = redactionStream(redact, KNOWN);

    expect(stream.push('Nothing here is a ')).toBe('Nothing here is a ');
    expect(stream.push('secret, not ev')).toBe('secret, not ');
    expect(stream.end()).toBe('ev');
  });
});

describe('arguments that come in pieces', () => {
  const json = (pieces: readonly string[]): string => {
    const stream = new JsonRedactionStream(RUN_REDACTION);
    return pieces.map((piece) => stream.push(piece)).join('');
  };
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 3 }),
      tie('object'),
    ),
    object: fc.dictionary(
      fc.oneof(fc.constantFrom('password', 'api_key', 'tokens', 'author', 'auth', 'pass\\word', 'a"b'), fc.string({ maxLength: 5 })),
      tie('any'),
      { maxKeys: 4 },
    ),
  })).object;

  it('hide the same values as a whole object would', () => {
    fc.assert(
      fc.property(value, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), fc.boolean(), (given, sizes, spaced) => {
        const byKeyAlone = JSON.parse(json(cuts(JSON.stringify(given, null, spaced ? 2 : 0), sizes))) as unknown;

        expect(runRedactor([])(byKeyAlone)).toEqual(runRedactor([])(JSON.parse(JSON.stringify(given))));
      }),
      { numRuns: 500 },
    );
  });

  it('never show what stands under a secret key, not even for a moment', () => {
    expect(json('{"headers":{"Authorization":"Basic abc\\"d","x":1},"pin":{"secret":[12,-3.5e2,true]},"n":5}'.split(''))).toBe(
      `{"headers":{"Authorization":"${MARK}","x":1},"pin":{"secret":["${MARK}","${MARK}",true]},"n":5}`,
    );
  });

  it('end, whatever comes', () => {
    fc.assert(fc.property(fc.array(fc.string()), (pieces) => expect(typeof json(pieces)).toBe('string')));
  });
});
