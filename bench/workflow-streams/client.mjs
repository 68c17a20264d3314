/**
 * The peer's client: sends commands, and measures when its subscriber has the event. Argument: the server's address.
 *
 * A request `{samples, door, pollCooldownMs, pauseMs}` is answered with `{ms, historyEvents}`: one figure in milliseconds for each command, and what all of them
 * added to the workflow's history. `{fanOut: {samples, subscribers, withinMs}}` is answered with `{ms, wanted}`. `door` is `update` or `signal`; the pause is between an event and the next command.
 */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { WorkflowStreamClient } from '@temporalio/workflow-streams/client';

const EVENT_MS = 20_000;
/** The first messages find nothing warm; they count nowhere. */
const WARM_UP = 5;

const connection = await Connection.connect({ address: process.argv[2] });
const client = new Client({ connection, namespace: 'default' });

class Subscriber {
  #arrived = new Map();
  #wake = () => undefined;

  /** Follows until the workflow has ended. */
  async follow(workflowId, pollCooldownMs) {
    const stream = WorkflowStreamClient.create(client, workflowId);
    for await (const { data } of stream.topic('events').subscribe(0, { pollCooldown: pollCooldownMs })) {
      this.#arrived.set(data.text, performance.now());
      this.#wake();
    }
  }

  async at(text) {
    for (const by = performance.now() + EVENT_MS; performance.now() < by;) {
      const at = this.#arrived.get(text);
      if (at !== undefined) {
        this.#arrived.delete(text);
        return at;
      }
      await Promise.race([new Promise((resolve) => (this.#wake = resolve)), delay(1_000, undefined, { ref: false })]);
    }
    throw new Error(`no event within ${EVENT_MS} ms`);
  }
}

/** The length of the history when nothing is added to it any more. */
async function historyLength(handle) {
  for (let before = -1; ; await delay(200)) {
    const { historyLength: now } = await handle.describe();
    if (now === before) return now;
    before = now;
  }
}

async function measure({ samples, door, pollCooldownMs, pauseMs }) {
  const workflowId = `bench-streamed/${randomUUID()}`;
  const handle = await client.workflow.start('streamed', { workflowId, taskQueue: 'bench-workflow-streams' });
  const subscriber = new Subscriber();
  const following = subscriber.follow(workflowId, pollCooldownMs).catch(() => undefined);
  const command = async (text) => {
    const started = performance.now();
    const sent = door === 'update' ? handle.executeUpdate('send', { args: [text] }) : handle.signal('send', text);
    const arrived = await subscriber.at(text);
    await sent;
    return arrived - started;
  };
  try {
    for (let at = 0; at < WARM_UP; at++) await command(`warm-up ${at}`);
    const before = await historyLength(handle);
    const ms = [];
    for (let at = 0; at < samples; at++) {
      ms.push(await command(`message ${at}`));
      if (pauseMs > 0) await delay(pauseMs);
    }
    return { ms, historyEvents: (await historyLength(handle)) - before };
  } finally {
    await handle.terminate('measured');
    await Promise.race([following, delay(5_000, undefined, { ref: false })]);
  }
}

/** Items to many subscribers of one workflow: the times until each had each of them, as far as they came in time. */
async function fanOut({ samples, subscribers, withinMs }) {
  const workflowId = `bench-streamed/${randomUUID()}`;
  const handle = await client.workflow.start('streamed', { workflowId, taskQueue: 'bench-workflow-streams' });
  const sent = new Map();
  const ms = [];
  const wanted = samples * subscribers;
  let done = () => undefined;
  const all = new Promise((resolve) => (done = resolve));
  const follow = async () => {
    for await (const { data } of WorkflowStreamClient.create(client, workflowId).topic('events').subscribe(0, { pollCooldown: 0 })) {
      const at = sent.get(data.text);
      if (at !== undefined && ms.push(performance.now() - at) >= wanted) done();
    }
  };
  const following = Array.from({ length: subscribers }, () => follow().catch(() => undefined));
  try {
    await delay(2_000);
    const until = delay(withinMs, undefined, { ref: false });
    for (let at = 0; at < samples; at++) {
      sent.set(`message ${at}`, performance.now());
      await handle.signal('send', `message ${at}`);
      await delay(50);
    }
    await Promise.race([all, until]);
    return { ms: [...ms], wanted };
  } finally {
    await handle.terminate('measured');
    await Promise.race([Promise.all(following), delay(5_000, undefined, { ref: false })]);
  }
}

process.on('message', (request) => {
  (request.fanOut ? fanOut(request.fanOut) : measure(request)).then(
    (answer) => process.send(answer),
    (problem) => process.send({ problem: problem.stack }),
  );
});
process.once('disconnect', () => process.exit(0));
process.send({ ready: true });
