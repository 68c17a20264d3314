/** What the compiler of runs is asked with in tests: an intent that a writ allows, and a tool for it. Each test changes what it is about. */
import type { ToolDefinition, World } from '../../src/contracts/run/ports';
import type { Intent, Resource, Writ } from '../../src/contracts/run/protocol';
import type { CompiledTool, CompileRequest } from '../../src/domain/run/authority/compile';
import { NOTHING } from '../../src/domain/run/authority/budget';
import { NO_END } from '../../src/domain/run/authority/grant';
import { intentId, nonceOf, writId } from '../../src/domain/run/ledger/ids';

export const definition = (more: Partial<ToolDefinition> = {}): ToolDefinition => ({
  ...{ name: 'kv_set', version: '0.0.1', description: 'Writes a value.', effect_class: 'write', risk_class: 'low', idempotent: false },
  ...{ input_schema: { type: 'object', properties: { key: { type: 'string' } }, required: ['key'] }, estimate: { ...NOTHING, tool_calls: 1 } },
  ...more,
});

export const tool = (more: Partial<ToolDefinition> = {}, own: Partial<CompiledTool> = {}): CompiledTool => ({
  definition: definition(more),
  misfit: () => null,
  ...own,
});

export function intent(more: Partial<Intent['body']> = {}): Intent {
  const body = {
    ...{ parent_commit: null, author: 'mock', kind: 'act' as const, target: 'kv_set', args: { key: 'greeting', value: 'hello' }, rationale: 'because' },
    ...{ nonce: nonceOf('call-1'), ...more },
  };
  return { id: intentId(body), body };
}

export function writ(more: Partial<Writ['body']> = {}): Writ {
  const body: Writ['body'] = {
    ...{ issuer: 'server', issuer_pubkey: '00'.repeat(32), subject: 'run-1', subject_pubkey: '00'.repeat(32), nonce: nonceOf('writ'), parent: null },
    tenant_id: 'default',
    tool_scopes: [{ tool: '*' }],
    budget: { tokens: 100_000, tool_calls: 64, wall_clock_ms: 300_000, usd_millicents: 0 },
    effect_ceiling: { read: true, write: true, external: false, irreversible: false },
    time_window: { not_before: 0, expires_at: NO_END },
    delegation: { max_depth: 3, may_subdivide: true },
    ...more,
  };
  return { id: writId(body), body, signature: '00'.repeat(64) };
}

export const world = (resources: readonly Partial<Resource>[] = []): World => {
  const all = resources.map((resource): Resource => ({
    kind: 'kv',
    id: 'x',
    version: 1,
    value: null,
    retracted: false,
    last_commit: '00'.repeat(32),
    ...resource,
  }));
  return { resources: all, get: (kind, id) => all.find((resource) => resource.kind === kind && resource.id === id) ?? null };
};

export const NOW = 1_800_000_000;

export function request(more: Partial<CompileRequest> = {}): CompileRequest {
  const asked = more.intent ?? intent();
  return {
    ...{ intent: asked, shownArgs: asked.body.args, writ: writ(), revoked: [], isSigned: () => true, now: NOW, tool: tool(), world: world() },
    ...{ used: NOTHING, policies: [], gates: { risk: 'high', uncompensable: false } },
    ...more,
  };
}
