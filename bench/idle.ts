/** Many idle threads: what they hold, and how soon one of them is awake. */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { ofRequest, ofType } from './event-stream';
import { atMost, figure, type Figure } from './figures';
import { residentBytes } from './resident';
import type { Bench } from './scenario';
import { inParallel, until } from './waiting';

/** Spawns in flight: more only queue on a small machine. */
const WIDTH = 8;
const IDLE_MS = 1_000;
const PER_THREAD_MS = 3_000;
const WAKES = 50;
/** The time that a garbage collection might take to happen by itself. */
const REST_MS = 5_000;
const MIB = 1024 * 1024;
const SHOWN = ['worker', 'host', 'api', 'ptyd', 'temporal'] as const;

interface Woken {
  readonly typed: number;
  readonly opened: number;
  readonly ready: number;
}

/** From a send to an idle thread until its message is typed, and the two steps on the way. */
async function wake({ api }: Bench, id: string): Promise<Woken> {
  const { lastSeq } = (await api.thread(id)).body as { readonly lastSeq: number };
  const events = await api.stream(id, { after: lastSeq });
  try {
    const key = randomUUID();
    const opened = events.next(ofType('thread_session_resumed'), 'a new session');
    const ready = events.next(ofType('thread_ready'), 'the prompt of a new session');
    const typed = events.next(ofRequest('thread_input', key), 'the typing of a message');
    const started = performance.now();
    const [, first, second, third] = await Promise.all([api.send(id, ': awake', key), opened, ready, typed]);
    return { typed: third.at - started, opened: first.at - started, ready: second.at - first.at };
  } finally {
    events.close();
  }
}

async function spawnAll(bench: Bench, executionId: string, ids: readonly string[]): Promise<number> {
  const { api, say } = bench;
  const started = performance.now();
  let spawned = 0;
  const ticking = setInterval(() => say(`  ${spawned} of ${ids.length} spawned`), 30_000);
  try {
    await inParallel(ids, WIDTH, async (id) => {
      await api.spawn(id, { executionId, idleTimeoutMs: IDLE_MS });
      spawned += 1;
    });
    await until(
      60_000 + ids.length * PER_THREAD_MS,
      `${ids.length} idle threads`,
      async () => ((await api.total(executionId, 'idle')) === ids.length ? true : null),
      500,
    );
  } finally {
    clearInterval(ticking);
  }
  return (performance.now() - started) / 1_000;
}

async function sessionsLeft({ system }: Bench): Promise<number> {
  const ptyd = system.ptyd();
  try {
    return (await ptyd.list()).filter(({ exit }) => exit === null).length;
  } finally {
    ptyd.close();
  }
}

export async function idle(bench: Bench): Promise<readonly Figure[]> {
  const { options, system } = bench;
  const executionId = `bench-idle-${randomUUID()}`;
  const ids = Array.from({ length: options.threads }, (_, index) => `bench-idle-${index}-${randomUUID()}`);
  const pids = await system.pids();
  const memory = (): ReadonlyMap<string, number> => new Map(SHOWN.map((name) => [name, residentBytes(pids.get(name) ?? 0) / MIB]));
  const others = await sessionsLeft(bench);
  const before = memory();
  const seconds = await spawnAll(bench, executionId, ids);
  await delay(REST_MS);
  const left = (await sessionsLeft(bench)) - others;
  const after = memory();
  const woken: Woken[] = [];
  const step = Math.max(1, Math.floor(ids.length / WAKES));
  for (const id of ids.filter((_, index) => index % step === 0).slice(0, WAKES)) woken.push(await wake(bench, id));
  const count = options.threads.toLocaleString('en');
  return [
    figure(`${count} threads spawned, run and released`, 's', [seconds], { note: `shells that run one command; ${WIDTH} spawns in flight` }),
    figure(`sessions left of ${count} idle threads`, 'sessions', [left], { target: atMost(0) }),
    ...SHOWN.map((name) => {
      const [now, then] = [after.get(name) ?? 0, before.get(name) ?? 0];
      const each = Math.round(((now - then) * 1_024) / options.threads);
      return figure(`memory of ${name} with ${count} idle threads`, 'MiB', [now], {
        note: `resident, garbage that nobody needed to collect included; ${Math.round(then)} MiB before, ${each} KiB a thread`,
      });
    }),
    figure(
      'wake: send to an idle thread until it is typed',
      'ms',
      woken.map(({ typed }) => typed),
      {
        target: atMost(500),
        note: 'the start of a shell is in it',
      },
    ),
    figure(
      'of this until the new session runs',
      'ms',
      woken.map(({ opened }) => opened),
    ),
    figure(
      'of this from the session to its prompt',
      'ms',
      woken.map(({ ready }) => ready),
      { note: 'the start of the shell, and 30 ms of quiet' },
    ),
  ];
}
