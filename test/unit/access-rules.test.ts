import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { grantOf, type ClaimRules } from '../../src/domain/access/claims';
import { isKey, KEY_PREFIXES, keyHash, keyHint, keyOf } from '../../src/domain/access/api-key';
import { tenantOf } from '../../src/domain/access/tenants';
import { redactor } from '../../src/domain/redaction';
import type { Fault } from '../../src/errors/fault';
import { credentialOf } from '../../src/surfaces/http/credentials';
import { GRANTABLE_SCOPES } from '../../src/surfaces/http/scope';

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (thrown) {
    return (thrown as Fault).code;
  }
  return 'nothing was thrown';
};

describe('an API key', () => {
  it('says what it is, and holds all of its random bits', () => {
    const keys = KEY_PREFIXES.map((prefix) => keyOf(prefix, new Uint8Array(32).fill(255)));
    expect(keys.every(isKey)).toBe(true);
    expect(new Set(Array.from({ length: 500 }, () => keyOf('pk_live', randomBytes(32)))).size).toBe(500);
    expect(keyOf('rt_test', new Uint8Array(32))).toBe(`rt_test_${'0'.repeat(43)}`);
  });

  it('is told from everything else', () => {
    const key = keyOf('pk_live', randomBytes(32));
    for (const other of ['', 'pk_live_', `${key}0`, key.slice(0, -1), key.toUpperCase(), `sk${key.slice(2)}`, `${key}\n`, ` ${key}`, 'a.b.c'])
      expect(isKey(other)).toBe(false);
  });

  it('is recognised by a hint and stored as a hash, neither of which gives it away', () => {
    const key = keyOf('pk_live', randomBytes(32));
    expect(keyHint(key)).toBe(`pk_live_…${key.slice(-4)}`);
    expect(keyHash(key)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is redacted wherever events are recorded, whatever its prefix', () => {
    const redact = redactor([]);
    for (const prefix of KEY_PREFIXES) {
      const key = keyOf(prefix, randomBytes(32));
      expect(JSON.stringify(redact({ text: `use ${key} for it` }))).not.toContain(key);
    }
  });
});

describe('the credential of a request', () => {
  it.each([
    ['a bearer', { authorization: 'Bearer pk_live_x' }],
    ['the peer’s own word', { authorization: 'ApiKey pk_live_x' }],
    ['a word in any case', { authorization: 'bEARER pk_live_x' }],
    ['no word', { authorization: 'pk_live_x' }],
    ['a header of its own', { 'x-api-key': 'pk_live_x' }],
    ['the same one twice', { authorization: 'Bearer pk_live_x', 'x-api-key': 'pk_live_x' }],
  ])('is found as %s', (_name, headers) => expect(credentialOf(headers)).toBe('pk_live_x'));

  it('is not there when no header holds one', () => expect(credentialOf({ cookie: 'a=b' })).toBeNull());

  it.each([
    ['two different ones', { authorization: 'Bearer a', 'x-api-key': 'b' }, 'access.credentials_ambiguous'],
    ['nothing after the word', { authorization: 'Bearer ' }, 'access.credentials_malformed'],
    ['a password', { authorization: 'Basic dXNlcjpwYXNz' }, 'access.credentials_malformed'],
    ['several words', { authorization: 'Bearer a b' }, 'access.credentials_malformed'],
    ['an empty key', { 'x-api-key': '' }, 'access.credentials_malformed'],
    ['a key without end', { 'x-api-key': 'k'.repeat(20_000) }, 'access.credentials_malformed'],
    ['a token without end', { authorization: `Bearer ${'k'.repeat(20_000)}` }, 'access.credentials_malformed'],
  ])('is refused as %s', (_name, headers, code) => expect(codeOf(() => credentialOf(headers))).toBe(code));
});

describe('the tenant of a request', () => {
  it.each([
    [['acme'], {}, 'acme'],
    [['acme'], { 'x-organization-id': 'acme' }, 'acme'],
    [['acme', 'blue'], {}, 'acme'],
    [['acme', 'blue'], { 'x-thymos-tenant-id': 'blue' }, 'blue'],
    [['*'], {}, 'default'],
    [['*'], { 'x-organization-id': 'acme', 'x-thymos-tenant-id': 'acme' }, 'acme'],
  ])('of a credential for %j with %j is %s', (allowed, headers, tenant) => expect(tenantOf(allowed, headers)).toBe(tenant));

  it.each([
    [['acme'], { 'x-organization-id': 'other' }, 'access.tenant'],
    [['acme'], { 'x-organization-id': '*' }, 'access.tenant_header'],
    [['*'], { 'x-organization-id': 'a/b' }, 'access.tenant_header'],
    [['*'], { 'x-organization-id': '' }, 'access.tenant_header'],
    [['*'], { 'x-organization-id': ['a', 'b'] }, 'access.tenant_header'],
    [['*'], { 'x-organization-id': 'a', 'x-thymos-tenant-id': 'b' }, 'access.tenant_header'],
  ])('of a credential for %j with %j is refused: %s', (allowed, headers, code) => expect(codeOf(() => tenantOf(allowed, headers))).toBe(code));

  it('is never one that the credential does not hold', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }), fc.constantFrom('a', 'b', 'c', 'd', 'constructor'), (allowed, asked) => {
        const got = codeOf(() => {
          expect(allowed).toContain(tenantOf(allowed, { 'x-organization-id': asked }));
        });
        expect(['nothing was thrown', 'access.tenant']).toContain(got);
      }),
    );
  });
});

describe('the claims of a token', () => {
  const rules: ClaimRules = { tenantClaims: ['tenant', 'org_id'], tenant: null, knownScopes: GRANTABLE_SCOPES };

  it('name who, where and what', () => {
    expect(grantOf({ sub: 'ada', tenant: 'acme', scope: 'threads:read runs:* unheard:of', exp: 1_900_000_000 }, rules)).toEqual({
      subject: 'ada',
      expiresAt: 1_900_000_000_000,
      tenants: ['acme'],
      scopes: ['threads:read', 'runs:*'],
    });
    expect(grantOf({ sub: 'ada', org_id: ['acme', 'blue'], scp: ['agent:run'], scopes: ['admin'] }, rules)).toMatchObject({
      tenants: ['acme', 'blue'],
      scopes: ['admin', 'agent:run'],
    });
  });

  it('give what a role means, and nothing for a role that means nothing here', () => {
    expect(grantOf({ sub: 'a', tenant: 't', roles: ['viewer'] }, rules).scopes).toContain('threads:read');
    expect(grantOf({ sub: 'a', tenant: 't', roles: ['viewer'] }, rules).scopes.some((scope) => !scope.endsWith(':read'))).toBe(false);
    expect(grantOf({ sub: 'a', tenant: 't', roles: 'admin' }, rules).scopes).toEqual(['admin']);
    expect(grantOf({ sub: 'a', tenant: 't', roles: ['owner', 'constructor', 'toString'] }, rules).scopes).toEqual([]);
  });

  it('with every role name only scopes that keys may hold', () => {
    const all = grantOf({ sub: 'a', tenant: 't', roles: ['admin', 'operator', 'developer', 'viewer'] }, rules).scopes;
    expect(all.filter((scope) => !GRANTABLE_SCOPES.includes(scope))).toEqual([]);
  });

  it.each([
    [{ tenant: 't' }, 'access.token_subject'],
    [{ sub: '', tenant: 't' }, 'access.token_subject'],
    [{ sub: 'a' }, 'access.token_tenant'],
    [{ sub: 'a', tenant: '' }, 'access.token_tenant'],
    [{ sub: 'a', tenant: 'a/b' }, 'access.token_tenant'],
    [{ sub: 'a', tenant: 7, org_id: 'acme' }, 'access.token_tenant'],
  ])('%j are refused: %s', (claims, code) => expect(codeOf(() => grantOf(claims, rules))).toBe(code));

  it('without a tenant mean the configured one', () => expect(grantOf({ sub: 'a' }, { ...rules, tenant: 'default' }).tenants).toEqual(['default']));
});
