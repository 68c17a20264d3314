import fc from 'fast-check';
import { parse } from '../../src/contracts/parse';
import { SpawnThread, ThreadId } from '../../src/contracts/managed-thread/spawn';
import { newThreadId, POLICY_DEFAULTS, specOf, startOf } from '../../src/gateway/thread-start';
import type { Fault } from '../../src/errors/fault';

const AT = '2026-01-01T00:00:00.000Z';
const body = (changes: Partial<SpawnThread> = {}): SpawnThread =>
  parse(SpawnThread, { executionId: 'exec-1', name: 'a thread', agentType: 'codex', objective: 'do the work', ...changes });
const spec = (changes: Partial<SpawnThread> = {}) => specOf('acme', 'thr_1', body(changes), AT).spec;

describe('the id of a new thread', () => {
  it('is always the same for one tenant and key, and another for another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (tenant, key, other) => {
        expect(newThreadId(tenant, key)).toBe(newThreadId(tenant, key));
        expect(newThreadId(tenant, key) === newThreadId(tenant, other)).toBe(key === other);
        expect(newThreadId(tenant, key) === newThreadId(other, key)).toBe(tenant === other);
      }),
    );
    // Where one ends and the other begins is part of what is hashed.
    expect(newThreadId('a', 'b-c')).not.toBe(newThreadId('a-b', 'c'));
  });

  it('is new without a key, and has the form of an id that clients may choose', () => {
    const ids = Array.from({ length: 200 }, () => newThreadId('acme', null));

    expect(new Set(ids).size).toBe(200);
    for (const id of [...ids, newThreadId('acme', 'key')]) {
      expect(id).toMatch(/^thr_[0-9a-z]{20}$/);
      expect(ThreadId.safeParse(id).success).toBe(true);
    }
  });

  it('for a key never changes from one release to the next', () => {
    expect(newThreadId('default', 'auth-1')).toBe('thr_dih0khqb5h4lsqyo1xxp');
  });
});

describe('the spec of a spawn', () => {
  it('has what was not given as null, empty or the default', () => {
    expect(spec()).toEqual({
      id: 'thr_1',
      tenant: 'acme',
      executionId: 'exec-1',
      name: 'a thread',
      agentType: 'codex',
      role: null,
      objective: 'do the work',
      workspace: null,
      contextFiles: [],
      approvalPreset: 'standard',
      policy: {},
      metadata: {},
      envNames: [],
      createdAt: AT,
    });
  });

  const top = { workspace: { path: '/top' }, env: { FROM: 'top' }, contextFiles: [{ path: 'top.md', content: '' }], approvalPreset: 'readonly' as const };
  const inner = { workspace: { repo: 'a/b' }, env: { FROM: 'preparation' }, contextFiles: [], approvalPreset: 'autonomous' as const };

  it('takes the twins at top level where preparation has none, each by itself', () => {
    expect(spec(top)).toMatchObject({ workspace: top.workspace, contextFiles: top.contextFiles, approvalPreset: 'readonly', envNames: ['FROM'] });
    expect(spec({ ...top, preparation: { workspace: inner.workspace } })).toMatchObject({ workspace: inner.workspace, approvalPreset: 'readonly' });
    expect(spec({ ...top, preparation: inner })).toMatchObject({ workspace: inner.workspace, contextFiles: [], approvalPreset: 'autonomous' });
    expect(specOf('acme', 'thr_1', body({ ...top, preparation: inner }), AT).env).toEqual({ FROM: 'preparation' });
  });

  it('has the names of the environment and never its values', () => {
    const made = specOf('acme', 'thr_1', body({ preparation: { env: { B_KEY: 'very-secret-value', A: 'b' } } }), AT);

    expect(made.spec.envNames).toEqual(['A', 'B_KEY']);
    expect(made.env).toEqual({ B_KEY: 'very-secret-value', A: 'b' });
    expect(JSON.stringify(made.spec)).not.toContain('very-secret-value');
  });

  it.each([
    [undefined, true],
    [{ workspaceId: 'ws_1' }, true],
    [{ branch: 'main' }, true],
    [{ path: '/workspace' }, false],
    [{ repo: 'a/b' }, false],
  ])('with policy.requireWorkspaceBoundary and workspace %j is refused: %s', (workspace, refused) => {
    const make = () => spec({ policy: { requireWorkspaceBoundary: true }, ...(workspace && { preparation: { workspace } }) });

    if (refused) expect(make).toThrow(expect.objectContaining({ code: 'thread.workspace_required', facts: { field: 'preparation.workspace' } }) as Fault);
    else expect(make).not.toThrow();
    expect(() => spec(workspace && { workspace })).not.toThrow();
  });
});

describe('the arguments of the workflow', () => {
  const by = { subject: 'person', via: 'api' as const };

  it('are small: previews and a reference, no texts, files or environment', () => {
    const long = spec({ objective: 'work '.repeat(5_000), contextFiles: [{ path: 'a', content: 'x'.repeat(100_000) }], metadata: { big: 'x'.repeat(10_000) } });
    const start = startOf(long, 'ref-1', by, { idleTimeoutMs: 1_000 });

    expect(JSON.stringify(start).length).toBeLessThan(1_500);
    expect(start).toMatchObject({ id: 'thr_1', tenant: 'acme', specRef: 'ref-1', spawnedBy: by, spawnedAt: AT, approvalPreset: 'standard' });
    expect(start.objectivePreview.length).toBeLessThanOrEqual(200);
  });

  it('have every policy decided, so that a change of defaults never changes a running thread', () => {
    expect(startOf(spec(), 'ref', by, { idleTimeoutMs: 600_000 }).policy).toEqual({
      idleTimeoutMs: 600_000,
      maxIdleChecks: POLICY_DEFAULTS.maxIdleChecks,
      autoInterruptOnToolRunning: false,
      maxAutoResponses: POLICY_DEFAULTS.maxAutoResponses,
      requireWorkspaceBoundary: false,
      summarizeAfterTurns: null,
    });
    const policy = { idleTimeoutMs: 5_000, maxIdleChecks: 3, autoInterruptOnToolRunning: true, maxAutoResponses: 0, summarizeAfterTurns: 2 };
    expect(startOf(spec({ policy }), 'ref', by, { idleTimeoutMs: 600_000 }).policy).toEqual({ ...policy, requireWorkspaceBoundary: false });
  });
});
