import fc from 'fast-check';
import { generateKeyPairSync } from 'node:crypto';
import type { GrantRequest } from '../../../src/contracts/run/grant';
import type { Budget } from '../../../src/contracts/run/protocol';
import { BUDGET_FIELDS, lesser } from '../../../src/domain/run/authority/budget';
import { delegated, runGrantOf, NO_END, type Grant, type GrantContext, type Narrowing } from '../../../src/domain/run/authority/grant';
import { CEILING_BITS, coveredBy, intersection, scopeNames } from '../../../src/domain/run/authority/scope';
import { mintWrit, narrowingProblem } from '../../../src/domain/run/writ';
import type { Fault } from '../../../src/errors/fault';

const NOW = 1_800_000_000;
const budget = (tokens: number, tool_calls: number, wall_clock_ms: number, usd_millicents: number): Budget => ({
  tokens,
  tool_calls,
  wall_clock_ms,
  usd_millicents,
});
const context = (more: Partial<GrantContext> = {}): GrantContext => ({
  limits: {
    budget: { default: budget(100_000, 64, 300_000, 0), max: budget(1_000_000, 100, 600_000, 500) },
    ceiling: {
      default: { read: true, write: true, external: false, irreversible: false },
      max: { read: true, write: true, external: true, irreversible: false },
    },
    depth: { default: 3, max: 3 },
  },
  ...{ tools: ['kv_set', 'kv_get', 'fs_read', 'shell', 'mcp_git_log'], skills: [], now: NOW },
  ...more,
});
const refusalOf = (request: GrantRequest, at = context()): unknown => {
  try {
    return runGrantOf(request, at);
  } catch (thrown) {
    const { code, facts, message } = thrown as Fault;
    return [code, facts['field'], message];
  }
};

describe('what a run is granted', () => {
  it('without a word is what the peer grants', () => {
    expect(runGrantOf({}, context())).toEqual({
      tool_scopes: [{ tool: '*' }],
      budget: budget(100_000, 64, 300_000, 0),
      effect_ceiling: { read: true, write: true, external: false, irreversible: false },
      time_window: { not_before: 0, expires_at: NO_END },
      delegation: { max_depth: 3, may_subdivide: true },
    });
  });

  it('is what was asked for, within the maxima', () => {
    const asked = {
      ...{ tool_scopes: ['kv_*', 'shell', 'kv_*'], budget: { tokens: 1_000_000, usd_millicents: 500 }, effect_ceiling: { external: true, write: false } },
      ...{ time_window: { not_before: NOW, expires_at: NOW + 60 }, max_delegation_depth: 0 },
    };

    expect(runGrantOf(asked, context())).toEqual({
      tool_scopes: [{ tool: 'kv_*' }, { tool: 'shell' }],
      budget: budget(1_000_000, 64, 300_000, 500),
      effect_ceiling: { read: true, write: false, external: true, irreversible: false },
      time_window: { not_before: NOW, expires_at: NOW + 60 },
      delegation: { max_depth: 0, may_subdivide: false },
    });
  });

  it.each<[string, GrantRequest, string, string, string]>([
    ['a scope of no form', { tool_scopes: ['kv_get', 'kv get'] }, 'run.scope', 'tool_scopes.1', "expected a tool's name"],
    ['a star in the middle', { tool_scopes: ['kv_*_x'] }, 'run.scope', 'tool_scopes.0', "expected a tool's name"],
    ['an empty scope', { tool_scopes: [''] }, 'run.scope', 'tool_scopes.0', "expected a tool's name"],
    ['a tool that there is not', { tool_scopes: ['kv_sett'] }, 'run.scope', 'tool_scopes.0', 'no tool is called kv_sett. Did you mean kv_set?'],
    ['a prefix of no tool', { tool_scopes: ['db_*'] }, 'run.scope', 'tool_scopes.0', 'no tool is called db_*.'],
    ['too much budget', { budget: { tool_calls: 101 } }, 'run.grant', 'budget.tool_calls', 'expected at most 100'],
    ['an effect that nobody is granted', { effect_ceiling: { irreversible: true } }, 'run.grant', 'effect_ceiling.irreversible', 'cannot be granted here'],
    ['a window that has ended', { time_window: { expires_at: NOW } }, 'run.grant', 'time_window.expires_at', 'expected a time to come'],
    ['a window without time', { time_window: { not_before: NOW + 9, expires_at: NOW + 9 } }, 'run.grant', 'time_window.not_before', 'before expires_at'],
    ['too much depth', { max_delegation_depth: 4 }, 'run.grant', 'max_delegation_depth', 'expected at most 3'],
  ])('is refused for %s, naming the field', (_what, request, code, field, message) => {
    expect(refusalOf(request)).toEqual([code, field, expect.stringContaining(`${field}: `)]);
    expect(refusalOf(request)).toEqual([code, field, expect.stringContaining(message)]);
  });

  it('is checked by form alone where nobody knows the tools', () => {
    expect(runGrantOf({ tool_scopes: ['anything'] }, context({ tools: null })).tool_scopes).toEqual([{ tool: 'anything' }]);
  });

  it('by default is never more than the most', () => {
    const { limits } = context();
    const small = context({
      limits: {
        budget: { ...limits.budget, max: budget(5, 5, 5, 5) },
        ceiling: { ...limits.ceiling, max: { read: true, write: false, external: false, irreversible: false } },
        depth: { default: 3, max: 1 },
      },
    });

    expect(runGrantOf({}, small)).toMatchObject({ budget: budget(5, 5, 5, 0), effect_ceiling: { read: true, write: false }, delegation: { max_depth: 1 } });
  });
});

describe('bound skills', () => {
  const skill = (more: Partial<Narrowing> = {}): Narrowing => ({
    ...{ tools: [], ceiling: { read: true, write: true, external: true, irreversible: true } },
    ...more,
  });

  it('leave tools that at least one of them names, effects that all allow, and the least budget', () => {
    const triage = skill({
      tools: [{ tool: 'kv_*' }],
      ceiling: { read: true, write: false, external: true, irreversible: false },
      budget_cap: budget(1_000, 80, 1_000, 0),
    });
    const reading = skill({ tools: [{ tool: 'fs_read' }], budget_cap: budget(5_000, 1, 9_000, 0) });

    expect(runGrantOf({ effect_ceiling: { external: true } }, context({ skills: [triage, reading] }))).toMatchObject({
      ...{ tool_scopes: [{ tool: 'kv_*' }, { tool: 'fs_read' }], budget: budget(1_000, 1, 1_000, 0) },
      effect_ceiling: { read: true, write: false, external: true, irreversible: false },
    });
  });

  it('without tools leave those of the run', () => {
    expect(runGrantOf({ tool_scopes: ['kv_get'] }, context({ skills: [skill()] })).tool_scopes).toEqual([{ tool: 'kv_get' }]);
  });

  it.each([
    [['kv_*'], ['kv_get'], ['kv_get']],
    [['kv_get'], ['kv_*'], ['kv_get']],
    [['*'], ['shell', 'kv_*'], ['shell', 'kv_*']],
    [['fs_read'], ['kv_*'], []],
  ])('with tools leave of %j and %j what both allow', (asked, named, both) => {
    const tools = named.map((tool) => ({ tool }));

    expect(scopeNames(runGrantOf({ tool_scopes: asked }, context({ skills: [skill({ tools })] })).tool_scopes)).toEqual(both);
  });
});

const scope = fc.constantFrom('kv_set', 'kv_get', 'kv_*', 'fs_read', 'f*', 'mcp_*', 'mcp_git_log', '*');
const amount = fc.record(Object.fromEntries(BUDGET_FIELDS.map((field) => [field, fc.nat(1_000)])) as Record<keyof Budget, fc.Arbitrary<number>>);
const bits = fc.record(Object.fromEntries(CEILING_BITS.map((bit) => [bit, fc.boolean()])) as Record<(typeof CEILING_BITS)[number], fc.Arbitrary<boolean>>);

describe('what two lists of scopes both allow', () => {
  it('is allowed by each of them, and is everything that both allow', () => {
    const name = fc.constantFrom('kv_set', 'kv_get', 'fs_read', 'fuse', 'mcp_git_log', 'mcp_x', 'other');
    fc.assert(
      fc.property(fc.array(scope), fc.array(scope), name, (one, other, tool) => {
        expect(coveredBy(intersection(one, other), tool)).toBe(coveredBy(one, tool) && coveredBy(other, tool));
      }),
    );
  });
});

describe('what a delegated run is granted', () => {
  const key = generateKeyPairSync('ed25519').privateKey;
  const writOf = (grant: Grant, parent: ReturnType<typeof mintWrit> | null): ReturnType<typeof mintWrit> =>
    mintWrit(key, { tenant: 'acme', runId: 'run', userId: null, grant, nonce: Array.from({ length: 16 }, () => 0), parent });
  const parent: fc.Arbitrary<Grant> = fc.record({
    tool_scopes: fc.array(scope, { maxLength: 4 }).map((scopes) => scopes.map((tool) => ({ tool }))),
    budget: amount,
    effect_ceiling: bits,
    time_window: fc.constant({ not_before: 0, expires_at: NOW }),
    delegation: fc.record({ max_depth: fc.nat(3), may_subdivide: fc.boolean() }),
  });

  it('is never wider than its parent, is one step less deep, and has no more than is left', () => {
    fc.assert(
      fc.property(parent, fc.option(fc.array(scope, { maxLength: 3 })), amount, (of, asked, rest) => {
        let child: Grant;
        try {
          child = delegated(of, { tool_scopes: asked ?? undefined }, rest);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'run.delegation', kind: 'forbidden' });
          const beyond = (asked ?? []).some((one) => !coveredBy(scopeNames(of.tool_scopes), one));
          expect(of.delegation.max_depth < 1 || !of.delegation.may_subdivide || beyond).toBe(true);
          return;
        }
        expect(scopeNames(child.tool_scopes).every((one) => coveredBy(scopeNames(of.tool_scopes), one))).toBe(true);
        expect(child.budget).toEqual(lesser(of.budget, rest));
        expect(CEILING_BITS.every((bit) => !child.effect_ceiling[bit] || of.effect_ceiling[bit])).toBe(true);
        expect(child.time_window).toEqual(of.time_window);
        expect(child.delegation.max_depth).toBe(of.delegation.max_depth - 1);
        const parentWrit = writOf(of, null);
        expect(narrowingProblem(writOf(child, parentWrit), parentWrit)).toBeNull();
      }),
    );
  });
});
