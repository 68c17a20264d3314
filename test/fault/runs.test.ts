/** Runs while the processes that carry them are killed with SIGKILL: their ledgers end as those of runs that nothing happened to. */
import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../support/eventually';
import { random } from '../support/random';
import { RunJourney, writeJourneyPolicies, type Journeyed } from '../support/run-journey';
import { startWorld, type PartName, type World } from '../support/world';

const folder = mkdtempSync(join(process.env['EVERTHREAD_TEST_RUN'] ?? tmpdir(), 'f-'));
const [policies, workspace] = [join(folder, 'policies'), join(folder, 'workspace')];
/** `EVERTHREAD_FAULT_SEED=<seed>` kills at the same moments again. */
const seed = Number(process.env['EVERTHREAD_FAULT_SEED'] ?? randomInt(1_000_000));
const KILLS = 5;

let world: World;
let calm: Journeyed;
let lines: number;
beforeAll(async () => {
  process.stderr.write(`EVERTHREAD_FAULT_SEED=${seed}\n`);
  writeJourneyPolicies(policies);
  world = await startWorld({
    ...{ roles: ['api', 'worker'], ownPostgres: true },
    env: { EVERTHREAD_POLICY_DIRS: policies, EVERTHREAD_WORKSPACE: workspace, EVERTHREAD_APPROVE_RISK: 'off', EVERTHREAD_RATE_LIMIT_READ: '0' },
  });
  const journey = new RunJourney(world, 'calm-file');
  calm = await journey.travel();
  ({ lines } = journey.progress);
}, 240_000);
afterAll(() => world.stop(), 60_000);

/** Moments of a journey in their order: how many lines of the logs are there, and how long after that. */
function moments(count: number, chance: ReturnType<typeof random>): readonly { readonly line: number; readonly afterMs: number }[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(1 + chance.below(lines));
  return [...chosen].sort((a, b) => a - b).map((line) => ({ line, afterMs: chance.below(60) }));
}

/** The journey, with each of the parts killed and started again at a moment of its own. */
async function shaken(name: string, parts: readonly PartName[], chance: ReturnType<typeof random>): Promise<Journeyed> {
  const journey = new RunJourney(world, name);
  const [ended, killed] = [{ now: false }, [] as PartName[]];
  const killing = (async () => {
    for (const [n, { line, afterMs }] of moments(parts.length, chance).entries()) {
      const part = parts[n] as PartName;
      await until(`line ${line} of ${lines}`, () => journey.progress.lines >= line || ended.now, 240_000);
      await delay(afterMs);
      if (ended.now) return;
      await world.kill(part);
      killed.push(part);
      await world.start(part);
    }
  })();
  try {
    return await journey.travel();
  } finally {
    ended.now = true;
    await killing;
    expect(killed).toEqual(parts);
  }
}

it('is a journey of what runs do', () => {
  expect(calm.map((entries) => entries.length)).toEqual([16, 4, 4]);
  expect(readFileSync(join(workspace, 'calm-file.txt'), 'utf8')).toBe('one and one\n');
});

it('a run whose worker is killed at five moments ends with the ledger of one that nothing happened to', async () => {
  const name = 'shaken-file';

  expect(await shaken(name, Array<PartName>(KILLS).fill('worker'), random(seed))).toEqual(calm);
  expect(readFileSync(join(workspace, `${name}.txt`), 'utf8')).toBe('one and one\n');
}, 500_000);

it('nor does it matter to it that the API, Temporal and Postgres are killed', async () => {
  expect(await shaken('outage-file', ['api', 'temporal', 'postgres'], random(seed + 1))).toEqual(calm);
}, 500_000);

interface Record {
  readonly status: string;
  readonly summary: object | null;
}

it('a run whose worker dies in a tool, and whose workflow is terminated in Temporal, tells its end in every view, and goes on when it is resumed', async () => {
  const journey = new RunJourney(world, 'none');
  const ask = <T>(path: string, body?: unknown) => journey.ask<T>(path, body);
  const sleeps = { tool: 'shell', args: { command: 'sleep 300 | tee sleeper.txt', capability_profile: 'mutate', timeout_secs: 600 } };
  const asked = {
    ...{ task: 'sleep', effect_ceiling: { external: true } },
    cognition: {
      provider: 'scripted',
      script: [{ intents: [{ tool: 'kv_set', args: { key: 'a', value: 1 } }] }, { intents: [sleeps] }, { final_answer: 'slept' }],
    },
  };
  const { run_id: id } = await ask<{ run_id: string }>('/runs', asked);
  // Not only told to be at work: before the tool has begun there would be nothing to be unsure of.
  await until('it sleeps', () => existsSync(join(workspace, 'sleeper.txt')), 60_000);
  await world.kill('worker');
  await world.temporal.workflow.getHandle(`run/${id}`).terminate('by hand');
  await world.start('worker');
  const record = await until(
    'its end is told',
    async () => {
      const found = await ask<Record>(`/runs/${id}`);
      return found.status === 'running' ? null : found;
    },
    90_000,
  );

  expect(record).toMatchObject({
    status: 'failed',
    summary: { commits: 1, failures: 2, terminated_by: 'Error', final_answer: expect.stringContaining('terminated') },
  });
  expect(await ask(`/runs/${id}/execution`)).toMatchObject({ status: 'failed', final_answer: expect.stringContaining('terminated') });
  const ledger = await journey.entries(id);
  expect(ledger.map(({ kind }) => kind)).toEqual(['root', 'commit', 'execution_failed', 'final_answer', 'usage']);
  expect(ledger[2]?.payload).toMatchObject({ tool: 'shell', outcome: 'unknown' });
  expect(ledger[3]?.payload).toMatchObject({ terminated_by: 'Error', text: expect.stringContaining('terminated') });
  const proposal = String(ledger[2]?.payload['proposal_id']);
  await ask(`/runs/${id}/effects/${proposal}/resolve`, { outcome: 'not_done' });
  await ask(`/runs/${id}/resume`, { task: 'go on', cognition: { provider: 'scripted', script: [{ final_answer: 'rested' }] } });

  await until('it has completed', async () => (await ask<Record>(`/runs/${id}`)).status === 'completed', 60_000);
  expect((await journey.entries(id)).slice(5).map(({ kind }) => kind)).toEqual(['effect_resolved', 'resume', 'final_answer', 'usage']);
  expect(await ask(`/runs/${id}/replay`)).toMatchObject({ verdict: { status: 'ok' } });
}, 200_000);
