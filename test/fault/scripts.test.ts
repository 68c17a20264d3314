/** A thread of a script while the processes that carry it are killed with SIGKILL: it waits where it waited, takes the answer, and performs nothing twice. */
import { until } from '../support/eventually';
import { INVOICE } from '../support/script-world';
import { startWorld, type PartName, type World } from '../support/world';

let world: World;
let scripts = 0;
beforeAll(async () => {
  world = await startWorld({ roles: ['api', 'worker'], ownPostgres: true, env: { EVERTHREAD_RATE_LIMIT_READ: '0' } });
}, 240_000);
afterAll(() => world.stop(), 60_000);

type Body = Readonly<Record<string, any>>;

async function call(method: string, path: string, body?: object, key?: string): Promise<Body> {
  const response = await fetch(`${world.apiUrl}/v1/scriptum${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Body;
  if (!response.ok) throw Object.assign(new TypeError(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`), { status: response.status });
  return answer;
}

/** While servers are away it is asked again. */
const thread = (id: string, is: (thread: Body) => boolean): Promise<Body> =>
  until(
    `thread ${id}`,
    async () => {
      const found = await call('GET', `/threads/${id}`).catch(() => null);
      return found && is(found) ? found : null;
    },
    120_000,
  );
const pausedAt = (id: string, path: string): Promise<Body> => thread(id, ({ pauses }) => pauses.some(({ stepPath }: Body) => stepPath === path));

async function begun(content: string, input: object): Promise<string> {
  const name = /script "([^"]+)"/.exec(content)?.[1] ?? '';
  scripts += 1;
  await call('POST', '/scripts', { name });
  await call('POST', `/scripts/${name}/draft`, { content });
  await call('POST', `/scripts/${name}/draft/publish`, {});
  const { threadId } = await call(
    'POST',
    '/threads',
    { scriptName: name, inputJson: JSON.stringify(input), metadata: { n: String(scripts) } },
    `begin-${scripts}`,
  );
  return threadId as string;
}

const outputOf = async (id: string): Promise<unknown> => {
  const { outputData } = await call('GET', `/threads/${id}/result`);
  return JSON.parse(Buffer.from(outputData as string, 'base64').toString());
};

/** The same answer under one key, until somebody takes it. */
const answered = (id: string, override: object, key: string): Promise<Body> =>
  until(
    'the answer is taken',
    () => call('POST', `/threads/${id}/resume`, { stepInputOverrideJson: JSON.stringify(override) }, key).catch(() => null),
    120_000,
  );

/** All of them at one time; servers come up before those who need them. */
async function shaken(...parts: readonly PartName[]): Promise<void> {
  await Promise.all(parts.map((part) => world.kill(part)));
  for (const part of parts) await world.start(part);
}

it('the invoice example is killed with everything that carries it while it is paused, answered, and finished', async () => {
  const id = await begun(INVOICE, { invoice_id: 'INV-42' });
  await pausedAt(id, '1');
  await shaken('postgres', 'temporal', 'worker', 'api');
  await pausedAt(id, '1');

  await answered(id, { value: 'approve', comment: 'after the storm' }, 'approve-1');
  await thread(id, ({ status }) => status === 'COMPLETED');
  expect(await outputOf(id)).toEqual({ invoice_id: 'INV-42', approved: true });
  const { steps } = await call('GET', `/threads/${id}/result`);
  expect(steps.map(({ stepPath, status }: Body) => [stepPath, status])).toEqual([
    ['0', 'COMPLETED'],
    ['1', 'COMPLETED'],
    ['2', 'COMPLETED'],
  ]);
}, 300_000);

it('an answer that is given while no worker runs is taken once, and lanes and loops go on where they were', async () => {
  const source = [
    ...[
      'script "lanes"',
      '',
      'import tools',
      '  uuid from native',
      '',
      'together -> both',
      '  "ask":',
      '    ask "Go on?" -> answer',
      '    let said = answer.value',
    ],
    ...[
      '  "loop":',
      '    each n in range(20) parallel 2 -> ids',
      '      wait "200ms"',
      '      do "Id" with uuid',
      '    let all = ids',
      '',
      'emit [both.ask, count(unique(both.loop))]',
      '',
    ],
  ].join('\n');
  const id = await begun(source, {});
  await pausedAt(id, '0.0.0');
  await world.kill('worker');
  const given = answered(id, { value: 'yes' }, 'go-on-1');
  await world.start('worker');
  await given;
  await shaken('worker');

  await thread(id, ({ status }) => status === 'COMPLETED');
  expect(await outputOf(id)).toEqual(['yes', 20]);
}, 300_000);
