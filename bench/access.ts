/** What asking who calls costs, and how many reads one API process serves. Comes last: its key closes the door for good. */
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { KEY_BYTES, newKey } from '../src/domain/access/api-key';
import { openPool } from '../src/store/database';
import { threadOf, type StoredThread } from '../src/store/thread-row';
import { Api } from './api';
import { atLeast, atMost, figure, median, type Figure } from './figures';
import { JournalThread } from './journal-thread';
import { ManyReads } from './many-reads';
import type { Bench } from './scenario';

const WARM_UP = 200;
const SECONDS = 5;
/** Requests under way at a time. */
const WIDTH = 16;

async function latencies(api: Api, id: string, samples: number): Promise<number[]> {
  const found: number[] = [];
  for (let at = -WARM_UP; at < samples; at++) {
    const { ms } = await api.thread(id);
    if (at >= 0) found.push(ms);
  }
  return found;
}

/** How many times a second `work` is done when it is always under way {@link WIDTH} times. */
async function perSecond(work: () => Promise<unknown>): Promise<number> {
  for (let at = 0; at < WARM_UP; at++) await work();
  const started = performance.now();
  const until = started + SECONDS * 1_000;
  let done = 0;
  await Promise.all(
    Array.from({ length: WIDTH }, async () => {
      while (performance.now() < until) {
        await work();
        done += 1;
      }
    }),
  );
  return (done * 1_000) / (performance.now() - started);
}

/** One query for each read, as nobody but a benchmark asks: the API reads together what is asked for at one moment. */
async function queriesPerSecond(url: string, id: string): Promise<number> {
  const pool = openPool({ url, max: 4, applicationName: 'everthread-bench' });
  const text = 'select * from threads where tenant = $1 and id = $2';
  try {
    return await perSecond(async () => {
      const { rows } = await pool.query<StoredThread>({ name: 'thread-get', text, values: ['default', id] });
      return threadOf(rows[0] as StoredThread);
    });
  } finally {
    await pool.end();
  }
}

async function madeKey({ store }: Bench): Promise<string> {
  const { key, ...stored } = newKey('pk_live', randomBytes(KEY_BYTES));
  const asked = { tenant: 'default', name: 'bench', scopes: ['*'], createdBy: 'bench', expiresAt: null };
  await store.keys.create({ ...asked, ...stored });
  return key;
}

export async function access(bench: Bench): Promise<readonly Figure[]> {
  const { api, options, system } = bench;
  const { id } = await JournalThread.create(bench);
  const samples = options.samples * 5;
  const open = await latencies(api, id, samples);
  const key = await madeKey(bench);
  const keyed = new Api(api.url, key);
  const many = new ManyReads(api.url, key, WIDTH);
  try {
    const closed = await latencies(keyed, id, samples);
    const served = await perSecond(() => many.get(`/api/managed-threads/${id}`));
    const asked = await queriesPerSecond(system.databaseUrl, id);
    return [
      figure('GET /:id while the API is open', 'ms', open),
      figure('GET /:id with an API key', 'ms', closed),
      figure('GET /:id, with a key against open', 'times', [median(closed) / median(open)], { target: atMost(1.1) }),
      figure('GET /:id a second, one API process', 'per second', [served], {
        note: `${WIDTH} at a time, with a key; the client of the benchmark takes the other core`,
      }),
      figure('the same query a second, straight through pg', 'per second', [asked], {
        note: `${WIDTH} at a time over 4 connections, the row read as the API reads it`,
      }),
      figure('reads served, of the queries that pg answers', 'times', [served / asked], { target: atLeast(0.5) }),
    ];
  } finally {
    keyed.close();
    await many.close();
  }
}
