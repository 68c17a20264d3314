/**
 * A run of ten steps with files, approvals, a denial, a delegation and a branch, on a whole real system, whatever dies meanwhile; and what its ledgers hold, told so that two journeys
 * can be compared: ids hold nonces and signatures, so they are compared by their places.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from './eventually';
import type { World } from './world';

export interface LedgerLine {
  readonly kind: string;
  readonly trajectory_id: string;
  readonly payload: Readonly<Record<string, unknown>>;
}
export type Journeyed = readonly (readonly unknown[])[];

/** The rules under which the journey asks twice. */
export function writeJourneyPolicies(folder: string): void {
  const rule = (key: string) => ({
    name: key,
    when: {
      all: [
        { field: 'intent.target', op: 'eq', value: 'kv_set' },
        { field: 'intent.args.key', op: 'eq', value: key },
      ],
    },
    decision: { require_approval: { channel: key, reason: `${key} asks` } },
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/asks.json`, JSON.stringify({ name: 'asks', version: '1', rules: [rule('approved'), rule('denied')] }));
}

/** So long the model thinks about each step, so that there is something to be killed in. */
const THINKS_MS = 60;
const OUTAGE_MS = 120_000;

const does = (tool: string, args: object) => ({ intents: [{ tool, args, rationale: `for ${tool}` }], delay_ms: THINKS_MS });
const says = (final_answer: string) => ({ final_answer, delay_ms: 4 * THINKS_MS });
const script = (name: string) => [
  does('kv_set', { key: 'plan', value: ['look', 'write'] }),
  does('fs_patch', { path: `${name}.txt`, mode: 'write', content: 'one\n' }),
  does('fs_patch', { path: `${name}.txt`, mode: 'replace', anchor: 'one', replacement: 'one and one' }),
  does('kv_set', { key: 'approved', value: 1 }),
  does('kv_set', { key: 'denied', value: 2 }),
  does('memory_store', { key: 'fact', content: 'the sky is blue' }),
  does('delegate', { task: 'a part of it' }),
  does('kv_set', { key: 'plan', value: ['done'] }),
  does('fs_read', { path: `${name}.txt` }),
  says('all is done'),
];
const delegated = [does('kv_set', { key: 'part', value: true }), says('the part is done')];
const cognition = (steps: readonly object[]) => ({ provider: 'scripted', script: steps, delegated_script: delegated });

export class RunJourney {
  /** Lines of the logs of the run and of its branch. */
  readonly progress = { lines: 0 };

  constructor(
    private readonly world: World,
    /** Names its file. */
    readonly name: string,
  ) {}

  /** Asked again while a server is away, under the same key. */
  async ask<T>(path: string, body?: unknown): Promise<T> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const sent = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    const by = Date.now() + OUTAGE_MS;
    for (;;) {
      const answer = await fetch(`${this.world.apiUrl}${path}`, sent).catch(() => null);
      if (answer?.ok) return (await answer.json()) as T;
      if (Date.now() > by || (answer && answer.status < 500))
        throw new Error(`${path}: ${answer ? `${answer.status} ${await answer.text()}` : 'nobody answers'}`);
      await delay(50);
    }
  }

  /** The run and a branch of it from its second commit: what the ledgers of both hold, and of the run that it delegated to. */
  async travel(): Promise<Journeyed> {
    const { run_id: id } = await this.ask<{ run_id: string }>('/runs', { task: 'ten steps', max_steps: 16, cognition: cognition(script(this.name)) });
    await this.seeThrough(id);
    const entries = await this.entries(id);
    const commit = entries.filter(({ kind }) => kind === 'commit')[1]?.payload['id'];
    const again = cognition([does('kv_set', { key: 'branched', value: true }), says('the other way')]);
    const { run_id: branch } = await this.ask<{ run_id: string }>(`/runs/${id}/branch`, { commit_id: commit, task: 'otherwise', cognition: again });
    await this.seeThrough(branch);
    const child = String(entries.find(({ kind }) => kind === 'delegation')?.payload['child_trajectory_id']);
    for (const one of [id, branch, child]) expect(await this.ask(`/runs/${one}/replay?require_signature=true`)).toMatchObject({ verdict: { status: 'ok' } });
    return [entries, await this.entries(branch), await this.entries(child)].map((list) => content(list, this.name));
  }

  async entries(id: string): Promise<readonly LedgerLine[]> {
    return (await this.ask<{ entries: readonly LedgerLine[] }>(`/audit/entries?run_id=${id}`)).entries;
  }

  /** Answers what waits, as it should be answered, until the run has completed. */
  private async seeThrough(id: string): Promise<void> {
    const before = this.progress.lines;
    const end = await until(
      `run ${id} ends`,
      async () => {
        const session = await this.ask<{ status: string; pending_channel?: string; log: readonly unknown[] }>(`/runs/${id}/execution`);
        const { status, pending_channel: channel } = session;
        this.progress.lines = before + session.log.length;
        // Refused where it was answered in the same moment.
        if (status === 'waiting_approval' && channel)
          await this.ask(`/runs/${id}/approvals/${channel}`, { approve: channel === 'approved' }).catch(() => undefined);
        return ['completed', 'failed', 'cancelled'].includes(status) && status;
      },
      240_000,
    );
    expect(end).toBe('completed');
  }
}

/** What counts: without ids, signatures, times and durations, and the name by which the file differs. */
function content(entries: readonly LedgerLine[], name: string): readonly unknown[] {
  const dropped = new Set(['id', 'signature', 'parent', 'latency_ms', 'wall_clock_ms', 'at', 'path']);
  const text = JSON.stringify(
    entries.map(({ kind, payload }) => ({ kind, payload })),
    (key, value: unknown) => (dropped.has(key) && typeof value !== 'object' ? undefined : value),
  );
  return JSON.parse(
    text
      .replaceAll(name, 'NAME')
      .replace(/[0-9a-f]{64}/g, 'HASH')
      .replace(/"parent":\["HASH"\],?/g, ''),
  ) as unknown[];
}
