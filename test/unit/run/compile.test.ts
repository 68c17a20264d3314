import fc from 'fast-check';
import { EFFECT_CLASSES, RISK_CLASSES, type EffectClass } from '../../../src/contracts/run/protocol';
import { NOTHING } from '../../../src/domain/run/authority/budget';
import { compile, type Compiled, type CompileRequest } from '../../../src/domain/run/authority/compile';
import type { PolicySet } from '../../../src/domain/run/authority/policies';
import { CEILING_BITS, coveredBy, grants } from '../../../src/domain/run/authority/scope';
import { proposalId } from '../../../src/domain/run/ledger/ids';
import { intent, NOW, request, tool, world, writ } from '../../support/run-authority';

const bundle = (
  decision: PolicySet[number]['rules'][number] extends infer R ? (R extends { decision: infer D } ? D : never) : never,
  name = 'rules',
): PolicySet => [{ name, version: '1', rules: [{ name: 'one', when: { all: [] }, decision }] }];
const reasonOf = (compiled: Compiled): unknown => (compiled.outcome === 'rejected' ? compiled.reason : compiled.outcome);

const shell = { name: 'shell', effect_class: 'external', risk_class: 'high' } as const;
const outside = writ({ effect_ceiling: { read: true, write: true, external: true, irreversible: true } });
const ofShell = (more: Partial<CompileRequest> = {}): CompileRequest =>
  request({ intent: intent({ target: 'shell', args: { command: 'ls' } }), tool: tool(shell), writ: outside, ...more });

describe('an intent that its writ allows', () => {
  it('is staged under the hash of what is proposed, with the trace of the peer', () => {
    const asked = request();

    const compiled = compile(asked);

    const body = {
      ...{ intent_id: asked.intent.id, writ_id: asked.writ.id, plan: { tool: 'kv_set', args: asked.intent.body.args } },
      ...{ policy_trace: { rules_evaluated: ['writ.authority'], decision: { kind: 'permit' as const } }, status: { kind: 'staged' as const } },
    };
    expect(compiled).toEqual({ outcome: 'staged', proposal: { id: proposalId(body), body }, estimate: { ...NOTHING, tool_calls: 1 } });
  });

  it('shows arguments only as they may be shown', () => {
    const { proposal } = compile(request({ intent: intent({ args: { key: 'k', password: 'hunter2' } }), shownArgs: { key: 'k', password: '***' } }));

    expect(JSON.stringify(proposal)).not.toContain('hunter2');
    expect(proposal.body.plan.args).toEqual({ key: 'k', password: '***' });
  });

  it('counts as one call at least, whatever the tool says of itself', () => {
    expect(compile(request({ tool: tool({ estimate: NOTHING }) }))).toMatchObject({ outcome: 'staged', estimate: { tool_calls: 1 } });
  });

  it.each([
    ['memory_promote', 'memory_store'],
    ['delegate', 'delegate'],
  ] as const)('of kind %s is for %s', (kind, target) => {
    expect(compile(request({ intent: intent({ kind, target, args: {} }), tool: tool({ name: target }) })).outcome).toBe('staged');
  });
});

describe('each stage refuses with its own reason', () => {
  const expired = writ({ time_window: { not_before: 0, expires_at: NOW } });
  const early = writ({ time_window: { not_before: NOW + 1, expires_at: NOW + 9 } });
  const scoped = writ({ tool_scopes: [{ tool: 'fs_*' }, { tool: 'kv_get' }] });

  it.each<[string, Partial<CompileRequest>, unknown]>([
    [
      '1 a kind that nobody executes',
      { intent: intent({ kind: 'plan' }) },
      { kind: 'type_mismatch', detail: { tool: 'kv_set', detail: expect.stringContaining("'plan'") } },
    ],
    [
      '1 a kind that is for another tool',
      { intent: intent({ kind: 'delegate' }) },
      { kind: 'type_mismatch', detail: { tool: 'kv_set', detail: expect.stringContaining("'delegate'") } },
    ],
    ['2 a signature', { isSigned: () => false }, { kind: 'authority_void', detail: 'writ signature does not verify' }],
    ['2b a revoked writ', { revoked: [writ().id] }, { kind: 'authority_void', detail: `writ ${writ().id} is revoked` }],
    ['2b a revoked ancestor', { revoked: ['ab'.repeat(32)] }, { kind: 'authority_void', detail: expect.stringContaining('from which this one descends') }],
    ['3 before the window', { writ: early }, { kind: 'authority_void', detail: `writ is not valid before ${NOW + 1}` }],
    ['3 after the window', { writ: expired }, { kind: 'authority_void', detail: `writ expired at ${NOW}` }],
    ['4 a scope', { writ: scoped }, { kind: 'authority_void', detail: "writ does not authorize tool 'kv_set'" }],
    ['5 an unknown tool', { tool: null }, { kind: 'unknown_tool', detail: 'kv_set' }],
    [
      '5b an effect above the ceiling',
      { tool: tool({ effect_class: 'external' }) },
      { kind: 'authority_void', detail: "writ effect ceiling does not grant External effect required by tool 'kv_set'" },
    ],
    ['6 a budget', { used: { ...NOTHING, tool_calls: 64 } }, { kind: 'budget_exhausted', detail: "tool 'kv_set': tool_calls: needs 1, 0 of 64 left" }],
    [
      '7 arguments',
      { tool: tool({}, { misfit: () => 'key: expected a text, found nothing' }) },
      { kind: 'type_mismatch', detail: { tool: 'kv_set', detail: 'key: expected a text, found nothing' } },
    ],
    ['8 a precondition', { tool: tool({}, { precondition: () => 'no such file' }) }, { kind: 'precondition_failed', detail: 'no such file' }],
    ['9 a policy', { policies: bundle({ kind: 'deny', reason: 'not on Sundays' }) }, { kind: 'policy_denied', detail: 'not on Sundays' }],
  ])('%s', (_stage, more, reason) => {
    const asked = request(more);

    const compiled = compile(asked);

    expect(reasonOf(compiled)).toEqual(reason);
    expect(compiled.proposal.body.status).toEqual({ kind: 'rejected', reason });
    expect(compiled.proposal.id).toBe(proposalId(compiled.proposal.body));
  });

  it('and the first of them decides', () => {
    // Everything is wrong at once; what is mended, stage by stage, shows the next.
    const wrong: Partial<CompileRequest> = {
      ...{
        intent: intent({ kind: 'query', target: 'shell', args: {} }),
        isSigned: () => false,
        revoked: ['ab'.repeat(32)],
        tool: null,
        used: { ...NOTHING, tool_calls: 64 },
      },
      ...{ writ: writ({ time_window: { not_before: 0, expires_at: 1 }, tool_scopes: [] }), policies: bundle({ kind: 'deny', reason: 'no' }) },
    };
    const bad = tool(shell, { misfit: () => 'misfit', precondition: () => 'precondition' });
    const mends: readonly (readonly [Partial<CompileRequest>, string])[] = [
      [{}, 'type_mismatch'],
      [{ intent: intent({ target: 'shell', args: {} }) }, 'signature'],
      [{ isSigned: () => true }, 'descends'],
      [{ revoked: [] }, 'expired'],
      [{ writ: writ({ tool_scopes: [] }) }, 'authorize'],
      [{ writ: writ() }, 'unknown_tool'],
      [{ tool: bad }, 'ceiling'],
      [{ writ: outside }, 'budget_exhausted'],
      [{ used: NOTHING }, 'misfit'],
      [{ tool: { ...bad, misfit: () => null } }, 'precondition'],
      [{ tool: tool(shell) }, 'policy_denied'],
      [{ policies: [] }, 'suspended'],
      [{ gates: { risk: 'off', uncompensable: false } }, 'staged'],
    ];

    let asked = request(wrong);
    for (const [mend, expected] of mends) {
      asked = { ...asked, ...mend };
      expect(JSON.stringify(reasonOf(compile(asked)))).toContain(expected);
    }
  });

  it('does not ask the tool about arguments that do not fit', () => {
    const precondition = jest.fn(() => null);

    compile(request({ tool: tool({}, { misfit: () => 'no', precondition }) }));

    expect(precondition).not.toHaveBeenCalled();
  });
});

describe('a delegation', () => {
  const delegate = (args: Record<string, unknown>, of = writ({ tool_scopes: [{ tool: 'kv_*' }, { tool: 'delegate' }] })): unknown =>
    reasonOf(
      compile(request({ intent: intent({ target: 'delegate', args: args as never }), tool: tool({ name: 'delegate', risk_class: 'medium' }), writ: of })),
    );

  it('is staged where the writ has depth left and the scopes', () => {
    expect(delegate({ task: 't' })).toBe('staged');
    expect(delegate({ task: 't', tool_scopes: ['kv_get', 'kv_*'] })).toBe('staged');
  });

  it.each([
    ['a scope that the writ has not', { task: 't', tool_scopes: ['kv_get', 'fs_read'] }, undefined, "delegate the tool scope 'fs_read'"],
    ['a wider scope than the writ has', { task: 't', tool_scopes: ['k*'] }, undefined, "delegate the tool scope 'k*'"],
    ['more depth than there is', { task: 't' }, writ({ delegation: { max_depth: 0, may_subdivide: false } }), 'any deeper'],
    ['a writ that may not be divided', { task: 't' }, writ({ delegation: { max_depth: 2, may_subdivide: false } }), 'any deeper'],
  ])('is refused for %s', (_what, args, of, detail) => {
    expect(delegate(args, of)).toEqual({ kind: 'authority_void', detail: expect.stringContaining(detail) });
  });
});

describe('the gates', () => {
  it('ask about a tool of the threshold, in the words of the peer', () => {
    const danger = { name: 'danger_noop', effect_class: 'write', risk_class: 'critical' } as const;
    const reason = "tool 'danger_noop' is Critical-risk (threshold Medium); operator approval required. args: {}";

    const compiled = compile(
      request({ intent: intent({ target: 'danger_noop', args: {} }), tool: tool(danger), gates: { risk: 'medium', uncompensable: false } }),
    );

    expect(compiled).toMatchObject({ outcome: 'suspended', channel: 'high-risk', reason, approvals: 1 });
    expect(compiled.proposal.body).toMatchObject({
      policy_trace: { rules_evaluated: ['writ.authority'], decision: { kind: 'permit' } },
      status: { kind: 'suspended', channel: 'high-risk', reason },
    });
  });

  it('show the first 220 characters of the arguments', () => {
    const compiled = compile(ofShell({ intent: intent({ target: 'shell', args: {} }), shownArgs: { command: 'x'.repeat(500) } }));

    expect(compiled).toMatchObject({ outcome: 'suspended', reason: expect.stringMatching(/args: \{"command":"x{208}$/) });
  });

  it('ask by risk, and about what acts outside as if its risk were high', () => {
    const asks = (effect_class: EffectClass, risk_class: (typeof RISK_CLASSES)[number], risk: CompileRequest['gates']['risk']): boolean =>
      compile(request({ writ: outside, tool: tool({ effect_class, risk_class }), gates: { risk, uncompensable: false } })).outcome === 'suspended';

    for (const risk of RISK_CLASSES)
      for (const risk_class of RISK_CLASSES)
        for (const effect of EFFECT_CLASSES) {
          const own = RISK_CLASSES.indexOf(risk_class);
          const counted = effect === 'external' || effect === 'irreversible' ? Math.max(own, RISK_CLASSES.indexOf('high')) : own;
          expect([effect, risk_class, risk, asks(effect, risk_class, risk)]).toEqual([effect, risk_class, risk, counted >= RISK_CLASSES.indexOf(risk)]);
          expect(asks(effect, risk_class, 'off')).toBe(false);
        }
  });

  it('say of a tool that asks only for its effects that these are why', () => {
    expect(compile(ofShell({ tool: tool({ ...shell, risk_class: 'medium' }) }))).toMatchObject({
      reason: 'tool \'shell\' has External effects (threshold High); operator approval required. args: {"command":"ls"}',
    });
  });

  it('ask about what nobody can take back where that is wanted, before they ask about risk', () => {
    const gates = { risk: 'high', uncompensable: true } as const;
    const irreversible = tool({ ...shell, effect_class: 'irreversible' });

    expect(compile(ofShell({ gates, tool: irreversible }))).toMatchObject({ outcome: 'suspended', channel: 'irreversible-uncompensable' });
    expect(compile(ofShell({ gates }))).toMatchObject({ outcome: 'suspended', channel: 'high-risk' });
    expect(compile(ofShell({ tool: irreversible }))).toMatchObject({ channel: 'high-risk' });
  });
});

describe('a proposal that people have approved', () => {
  const suspended = (asked: CompileRequest): Extract<Compiled, { outcome: 'suspended' }> => {
    const compiled = compile(asked);
    if (compiled.outcome !== 'suspended') throw new TypeError(`it is ${compiled.outcome}`);
    return compiled;
  };
  const approved = (asked: CompileRequest, channels: readonly string[]): CompileRequest => ({
    ...asked,
    approval: { proposal: suspended(asked).proposal, channels },
  });

  it('is staged as it was, under its own id', () => {
    const asked = ofShell();

    expect(compile(approved(asked, ['high-risk']))).toMatchObject({ outcome: 'staged', proposal: suspended(asked).proposal });
  });

  it('still waits when another channel was answered', () => {
    expect(compile(approved(ofShell(), ['finance']))).toMatchObject({ outcome: 'suspended', channel: 'high-risk' });
  });

  it('asks on the second channel once the first is satisfied', () => {
    const asked = ofShell({ policies: bundle({ kind: 'require_approval', channel: 'finance', reason: 'money', approvals: 2 }) });

    expect(suspended(asked)).toMatchObject({ channel: 'finance', reason: 'money', approvals: 2 });
    expect(compile(approved(asked, ['finance']))).toMatchObject({ outcome: 'suspended', channel: 'high-risk', approvals: 1 });
    expect(compile(approved(asked, ['finance', 'high-risk']))).toMatchObject({ outcome: 'staged' });
  });

  it('is nothing for another intent', () => {
    const { approval } = approved(ofShell(), ['high-risk']);
    const other = intent({ target: 'shell', args: { command: 'rm -r .' } });

    expect(compile(ofShell({ intent: other, approval: approval as NonNullable<typeof approval> }))).toMatchObject({
      outcome: 'rejected',
      reason: { kind: 'authority_void', detail: 'the approved proposal is of another intent or writ' },
    });
  });

  it.each<[string, Partial<CompileRequest>, string]>([
    ['the writ expired meanwhile', { now: NOW + 100 }, 'authority_void'],
    ['the writ was revoked meanwhile', { revoked: ['cd'.repeat(32)] }, 'authority_void'],
    ['the budget was used up meanwhile', { used: { ...NOTHING, tool_calls: 64 } }, 'budget_exhausted'],
    ['a policy forbids it by now', { policies: bundle({ kind: 'deny', reason: 'not any more' }) }, 'policy_denied'],
    [
      'the world has changed',
      { tool: tool(shell, { precondition: (_args, at) => (at.get('kv', 'x') ? 'x is there' : null) }), world: world([{ id: 'x' }]) },
      'precondition_failed',
    ],
    ['the tool is gone', { tool: null }, 'unknown_tool'],
    ['the tool wants other arguments', { tool: tool(shell, { misfit: () => 'no' }) }, 'type_mismatch'],
    ['the tool does more by now', { tool: tool({ ...shell, effect_class: 'irreversible' }) }, 'authority_void'],
  ])('is rejected when %s', (_what, later, kind) => {
    const limited = writ({
      effect_ceiling: { read: true, write: true, external: true, irreversible: false },
      time_window: { not_before: 0, expires_at: NOW + 100 },
    });
    const asked = ofShell({ writ: limited });

    expect(compile({ ...approved(asked, ['high-risk']), ...later })).toMatchObject({ outcome: 'rejected', reason: { kind } });
  });
});

describe('whatever is asked', () => {
  const name = fc.constantFrom('kv_set', 'kv_get', 'fs_read', 'shell', 'mcp_git_log');
  const scope = fc.oneof(name, fc.constantFrom('kv_*', 'mcp_*', 'f*', '*'));
  const bits = fc.record(Object.fromEntries(CEILING_BITS.map((bit) => [bit, fc.boolean()])) as Record<(typeof CEILING_BITS)[number], fc.Arbitrary<boolean>>);

  it('nothing outside of scope, ceiling, window and budget is staged or put before a person', () => {
    fc.assert(
      fc.property(
        fc.record({
          target: name,
          scopes: fc.array(scope, { maxLength: 4 }),
          ceiling: bits,
          effect: fc.constantFrom(...EFFECT_CLASSES),
          used: fc.nat(70),
          ends: fc.nat(2),
        }),
        ({ target, scopes, ceiling, effect, used, ends }) => {
          const of = writ({
            tool_scopes: scopes.map((each) => ({ tool: each })),
            effect_ceiling: ceiling,
            time_window: { not_before: 0, expires_at: NOW + ends - 1 },
          });

          const { outcome } = compile(
            request({ intent: intent({ target }), tool: tool({ name: target, effect_class: effect }), writ: of, used: { ...NOTHING, tool_calls: used } }),
          );

          const allowed = coveredBy(scopes, target) && grants(ceiling, effect) && used < 64 && ends - 1 > 0;
          expect(outcome !== 'rejected').toBe(allowed);
        },
      ),
    );
  });
});
