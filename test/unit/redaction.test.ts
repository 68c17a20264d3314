import fc from 'fast-check';
import { isSecretKey, looksSecret, REDACTED, redactor, secretsOf } from '../../src/domain/redaction';

const clean = redactor([]);
// Put together here, so that no scanner takes the tests for a leak.
const GITHUB = `ghp_${'a1B2'.repeat(9)}`;
const OPENAI = `sk-proj-${'Ab3'.repeat(12)}`;
const AWS = `AKIA${'ABCD1234'.repeat(2)}`;
const JWT = `eyJ${'hbGciOi'}J9.eyJ${'zdWIiOi'}J9.${'c2lnbmF0'}`;
const pem = (body: string): string => `-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----`;

describe('keys that name a secret', () => {
  it.each(
    'authorization Authorization proxy-authorization cookie Set-Cookie password userPassword DB_PASSWORD passwd secret clientSecret client_secret SECRET_KEY credential credentials token access_token accessToken GITHUB_TOKEN id-token api_key apiKey APIKEY x-api-key OPENAI_API_KEY private_key privateKey AWS_SECRET_ACCESS_KEY GITHUB_PAT aws.secret passphrase'.split(
      ' ',
    ),
  )('%s', (key) => expect(isSecretKey(key)).toBe(true));

  it.each(
    'tokens maxTokens token_count tokenUsage promptTokens tokenizer author authored key keys keyboard primaryKey path pattern compat secretName passwordPolicy secret_ref apiKeyId cookieCount secretary monkey sessionId id name'.split(
      ' ',
    ),
  )('but not %s', (key) => expect(isSecretKey(key)).toBe(false));
});

describe('redaction by key', () => {
  it('replaces strings and numbers below the key, and keeps the structure', () => {
    expect(clean({ env: { API_KEY: 'abc', PORT: '80' }, credentials: { user: 'u', pin: 1234, ok: true, none: null, list: ['a', 'b'] }, tokens: 5 })).toEqual({
      env: { API_KEY: REDACTED, PORT: '80' },
      credentials: { user: REDACTED, pin: REDACTED, ok: true, none: null, list: [REDACTED, REDACTED] },
      tokens: 5,
    });
  });
});

describe('redaction by value', () => {
  it('finds known values anywhere in a text, the longer ones first, also as JSON and URL text', () => {
    const known = redactor(['s3cret-value', 's3cret-value-longer', 'with "quotes"\n', 'a/b?c d&e']);

    expect(known('x s3cret-value-longer y s3cret-value.')).toBe('x [redacted] y [redacted].');
    expect(known({ a: [JSON.stringify({ v: 'with "quotes"\n' }), 'q=a%2Fb%3Fc%20d%26e'] })).toEqual({ a: ['{"v":"[redacted]"}', 'q=[redacted]'] });
  });

  it('finds known values that a terminal program broke over lines, with a frame around them or without', () => {
    const known = redactor(['s3cret-value-longer']);

    expect(known('key: s3cret-val\nue-longer.')).toBe('key: [redacted].');
    expect(known('│ s3cret-    │\r\n│ value-lo   │\r\n│ nger       │')).toBe('│ [redacted]       │');
    expect(known('s3cret\n\nvalue')).toBe('s3cret\n\nvalue');
  });

  it('does not look for values that are shorter than eight characters', () => {
    expect(redactor(['short', ''])('short words')).toBe('short words');
  });
});

describe('redaction by shape', () => {
  it.each([
    ['an OpenAI key', `use ${OPENAI} now`, 'use [redacted] now'],
    ['a GitHub token', `x=${GITHUB}`, 'x=[redacted]'],
    ['an AWS key id', `id ${AWS}.`, 'id [redacted].'],
    ['a bearer token', 'Authorization: Bearer abcdef123456==', 'Authorization: Bearer [redacted]'],
    ['basic authorization', 'authorization: Basic dXNlcjpwYXNz', 'authorization: Basic [redacted]'],
    ['a JWT', `got ${JWT}!`, 'got [redacted]!'],
    ['a password in a URL', 'postgres://app:hunter22@db:5432/x', 'postgres://app:[redacted]@db:5432/x'],
    ['a private key', `a\n${pem('MIIE')}\nb`, 'a\n[redacted]\nb'],
    ['a private key that was cut off', '-----BEGIN PRIVATE KEY-----\nMIIE', '[redacted]'],
  ])('%s', (_what, text, expected) => expect(clean(text)).toBe(expected));

  it.each([
    'task-management-and-other-long-words',
    'risk-1234567890123456789',
    'the bearer of news',
    'http://127.0.0.1:8080/a@b',
    'git@github.com:acme/auth.git',
    'a 40-digit 0123456789012345678901234567890123456789 hash',
  ])('leaves ordinary text alone: %s', (text) => expect(clean(text)).toBe(text));
});

it('takes from an environment what could be a secret, and not what is plainly public', () => {
  const env = {
    API_KEY: 'abcdefghij',
    NOTE: 'x9-Kq2_zz!',
    PARALLAX_EXECUTION_ID: 'exec_auth_refactor',
    HOME: '/home/some-body',
    URL: 'https://example.invalid/path',
    MODE: 'production',
    EXEC: 'exec_auth',
    TOKEN: 'short',
  };

  expect(secretsOf(env, ['exec_auth'])).toEqual(['abcdefghij', 'x9-Kq2_zz!']);
});

describe('whatever it is given', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      REDACTED,
      'redacted',
      '[redacted',
      'Bearer ',
      'Bearer abcdefgh12',
      OPENAI,
      GITHUB,
      AWS,
      'KNOWNVALUE1',
      pem('x'),
      'ftp://u:pppp@',
      '-----BEGIN PRIVATE KEY-----',
      'authorization: basic ',
    ),
  );
  const text = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(''));
  const known = fc.array(fc.oneof(text, fc.string({ minLength: 8 }), fc.constantFrom('KNOWNVALUE1', 'redacted', '[redacted]', 'NVALUE1[r')), { maxLength: 4 });
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('token', 'apiKey', '__proto__', 'tokens')), tie('value'), { maxKeys: 4 }),
    ),
  })).value;

  it('redacting again changes nothing', () => {
    fc.assert(
      fc.property(known, json, (values, value) => {
        const redact = redactor(values);
        const once = redact(value);
        expect(redact(once)).toEqual(once);
      }),
      { numRuns: 500 },
    );
  });

  it('no known value is left outside of the replacements', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 20 }), text, text, (value, before, after) => {
        const pieces = redactor([value])(`${before}${value}${after}`).split(REDACTED);
        expect(pieces.filter((it) => it.includes(value))).toEqual([]);
      }),
    );
  });

  const shape = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shape);
    return typeof value === 'object' && value !== null ? Object.entries(value).map(([key, item]) => [key, shape(item)]) : '.';
  };
  it('structure stays', () => {
    fc.assert(fc.property(json, (value) => expect(shape(clean(value))).toEqual(shape(value))));
  });

  it('it never throws, and ends: cycles, great depth, getters that throw, objects of classes', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle, cycle);
    let deep: unknown = 'x';
    for (let n = 0; n < 10_000; n++) deep = [deep];
    const trap = {
      get a(): string {
        throw new RangeError('no');
      },
    };
    const date = new Date(0);

    expect(clean(cycle)).toEqual([REDACTED, REDACTED]);
    expect(JSON.stringify(clean(deep)).length).toBeLessThan(300);
    expect(clean(trap)).toBe(REDACTED);
    expect(clean([undefined, date, Symbol.iterator])).toEqual([undefined, date, Symbol.iterator]);
  });

  it('long texts take time in proportion', () => {
    const hostile = ['-----BEGIN PRIVATE KEY-----', 'sk-a-', 'a://', 'authorization: basic ', 'Bearer ', 'eyJaaaaaaaa.']
      .map((part) => part.repeat(20_000))
      .join('');
    const start = performance.now();
    clean(hostile);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(looksSecret('nothing')).toBe(false);
  });
});
