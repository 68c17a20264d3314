import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyTrace, Resource } from '../../../src/contracts/run/protocol';
import { publicKeyHex, signText } from '../../../src/domain/ed25519';
import { holds, judge, policyHash, type PolicyFacts, type PolicySet } from '../../../src/domain/run/authority/policies';
import { BUNDLE_MAX, readBundle, type Json, type PolicyOp } from '../../../src/domain/run/authority/policy-bundle';
import { ledgerJson } from '../../../src/domain/run/ledger/hash';
import type { Fault } from '../../../src/errors/fault';
import { policyTrust } from '../../../src/main/run-policies';
import { intent, world, writ } from '../../support/run-authority';

const golden = <T>(name: string): T => JSON.parse(readFileSync(join(__dirname, 'policies', `${name}.json`), 'utf8')) as T;
const OPEN = policyTrust([]);
const bundle = (value: unknown): PolicySet[number] => readBundle(JSON.stringify(value), OPEN);
const facts = (args: Json, more: Partial<PolicyFacts> = {}): PolicyFacts => ({ intent: intent({ args }).body, writ: writ().body, world: world(), ...more });
const refusalOf = (work: () => unknown): Fault => {
  try {
    work();
  } catch (thrown) {
    return thrown as Fault;
  }
  throw new TypeError('nothing was thrown');
};

describe('a condition', () => {
  it.each(golden<{ cases: [PolicyOp, Json, Json, boolean][] }>('operators').cases)('%s %j holds of %j: %s', (op, value, found, expected) => {
    expect(holds({ field: 'intent.args.found', op, value }, facts(found === 'absent' ? {} : { found }))).toBe(expected);
  });

  it.each(golden<{ cases: [string, Json][] }>('fields').cases)('on %s finds %j', (field, found) => {
    const at = facts(
      { key: 'greeting', deep: { er: 7 } },
      {
        writ: { tenant_id: 'acme', subject: 'user-ada-run-1', issuer: 'everthread' },
        world: world([
          { id: 'mode', value: 'live', version: 3 },
          { id: 'a.dotted.id', value: 1 },
          { kind: 'file', id: 'gone', value: 'x', retracted: true },
        ]),
      },
    );
    const { body } = intent({ author: 'openai:gpt', args: at.intent.args });

    expect(holds({ field, op: 'eq', value: found }, { ...at, intent: body })).toBe(true);
  });

  it('of all of nothing holds, of any of nothing does not', () => {
    expect([holds({ all: [] }, facts({})), holds({ any: [] }, facts({})), holds({ not: { all: [] } }, facts({}))]).toEqual([true, false, false]);
  });
});

describe('bundles', () => {
  const { bundles, cases } = golden<{
    bundles: unknown[];
    cases: { name: string; intent: { target: string; args: Json }; world?: Partial<Resource>[]; approved?: string[]; trace: PolicyTrace; approvals: number }[];
  }>('decisions');

  it.each(cases.map((one) => [one.name, one] as const))('in their order: %s', (_name, { intent: asked, world: resources, approved = [], trace, approvals }) => {
    const at = facts(asked.args, { intent: intent({ author: 'openai:gpt', ...asked }).body, world: world(resources) });

    expect(judge(bundles.map(bundle), at, approved)).toEqual({ trace, approvals });
  });

  it('change the hash of the rules in force, whatever changes in them; none leaves that of the peer', () => {
    const first = bundle({ name: 'p', rules: [{ name: 'r', when: { all: [] }, decision: 'permit' }] });
    const second = bundle({ name: 'p', rules: [{ name: 'r', when: { any: [] }, decision: 'permit' }] });
    const other = bundle({ name: 'q', rules: [] });
    const hashes = [[], [first], [second], [first, other], [other, first]].map((set) => policyHash(set, 'default'));

    expect(hashes[0]).toBe('4ab6efcf6c86f83488e18570bc16bb050ac37de307a5b27deb45655b42c84d50');
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(policyHash([first], 'default')).toBe(policyHash([bundle({ rules: first?.rules, version: 1, name: 'p' })], 'default'));
    expect(policyHash([], 'acme')).not.toBe(hashes[0]);
  });

  it.each(golden<{ cases: [string, unknown, string, string][] }>('mistakes').cases)(
    'are refused with the path of what is wrong: %s',
    (_what, value, field, reason) => {
      const fault = refusalOf(() => readBundle(typeof value === 'string' ? value : JSON.stringify(value), OPEN));

      expect([fault.code, fault.facts['field']]).toEqual(['policy.invalid', field]);
      expect(fault.message).toContain(reason);
    },
  );

  it('are refused when they are larger or deeper than anybody writes', () => {
    const deep = `${'['.repeat(BUNDLE_MAX.depth + 1)}${']'.repeat(BUNDLE_MAX.depth + 1)}`;

    expect(refusalOf(() => readBundle(deep, OPEN)).message).toContain('deep');
    expect(refusalOf(() => readBundle(`"${'x'.repeat(BUNDLE_MAX.bytes)}"`, OPEN)).message).toContain('characters');
    expect(refusalOf(() => readBundle(`[${'1,'.repeat(BUNDLE_MAX.members)}1]`, OPEN)).message).toContain('values');
  });
});

describe('a signed bundle', () => {
  const key = generateKeyPairSync('ed25519').privateKey;
  const policy = { name: 'p', rules: [], version: '3' };
  const signed = (by: KeyObject, of: unknown = policy): string =>
    JSON.stringify({ policy, issuer_pubkey: publicKeyHex(by), signature: signText(by, ledgerJson(of)) });

  it('is taken when its signature holds, whoever is trusted or nobody', () => {
    expect(readBundle(signed(key), policyTrust([publicKeyHex(key)]))).toEqual(policy);
    expect(readBundle(signed(key), OPEN)).toEqual(policy);
  });

  it.each<[string, () => string, readonly string[]]>([
    ['its signature is of something else', () => signed(key, { ...policy, version: '4' }), []],
    ['somebody signed whom nobody trusts', () => signed(generateKeyPairSync('ed25519').privateKey), [publicKeyHex(key)]],
    ['it is not signed and has to be', () => JSON.stringify(policy), [publicKeyHex(key)]],
  ])('is refused when %s', (_what, text, keys) => {
    expect(refusalOf(() => readBundle(text(), policyTrust(keys)))).toMatchObject({ code: 'policy.untrusted', kind: 'forbidden' });
  });
});

describe('between tenants', () => {
  const of = (tenant_id: string, args: Json): unknown => judge([], facts(args, { writ: { ...writ().body, tenant_id } }), []).trace;

  it.each<[string, Json]>([
    ['as a value', { key: 'tenant/globex/plan' }],
    ['deep in lists and objects', { keys: [{ path: 'tenant/globex' }] }],
    ['as the name of a member', { 'tenant/globex/x': 1 }],
  ])('a key of another one is denied, %s', (_where, args) => {
    expect(of('acme', args)).toEqual({
      rules_evaluated: ['writ.authority', 'tenant.isolation'],
      decision: { kind: 'deny', detail: "a key of tenant 'globex' is outside of tenant 'acme'" },
    });
  });

  it('one’s own keys and all others are permitted', () => {
    expect(of('acme', { key: 'tenant/acme/plan', other: 'about tenant/globex' })).toMatchObject({ decision: { kind: 'permit' } });
    for (const tenant of ['default', '']) expect(of(tenant, { key: 'tenant/globex' })).toMatchObject({ rules_evaluated: ['writ.authority'] });
  });
});
