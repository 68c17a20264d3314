import { customAdapter, type CustomAgent } from '../../activities/agents/custom';
import { adapterRegistry } from '../../activities/agents/registry';
import { launchSession } from '../support/session-driver';
import { startPtydWorld, type PtydWorld } from '../support/ptyd-world';

let world: PtydWorld;
beforeAll(async () => {
  world = await startPtydWorld();
});
afterAll(async () => {
  await world.close();
});

const SCRIPT = `echo "Hello from $MARK"; while printf 'ask-me> ' && read -r line; do
  case "$line" in
    quit) exit 0 ;;
    risky) printf 'Really do it? [y/n] '; read -r yes; echo "you said $yes" ;;
    name) printf 'Your name: '; read -r name; echo "hi $name" ;;
    slow) echo busy...; sleep 0.4; echo over ;;
    *) echo "answer: $line" ;;
  esac
done`;

const config: CustomAgent = {
  name: 'oracle',
  command: 'bash',
  args: ['--noprofile', '--norc', '-c', SCRIPT],
  env: { MARK: 'configuration' },
  ready: '^ask-me>$',
  prompts: [
    {
      match: 'Really do it\\? \\[y/n\\]$',
      kind: 'permission',
      category: 'shell',
      options: [
        { label: 'yes', type: 'y\r' },
        { label: 'no', type: 'n\r' },
      ],
      approveOption: 1,
      denyOption: 2,
    },
    { match: 'Your name:$', kind: 'question' },
  ],
  leave: 'quit\r',
  settleMs: 60,
};

it('drives a program by its configuration', async () => {
  const adapter = adapterRegistry({ custom: [config] }).get('oracle');
  const driver = await launchSession(world, adapter);

  expect(await driver.watch('start')).toMatchObject({ kind: 'ready' });
  expect(await driver.text()).toContain('Hello from configuration');
  expect(await driver.turn('what now')).toMatchObject({ kind: 'ready', worked: true, output: expect.stringMatching(/answer: what now$/) });
  expect(await driver.turn('slow')).toMatchObject({ kind: 'ready', output: expect.stringMatching(/busy\.\.\.\nover$/) });

  const permission = await driver.turn('risky');
  if (permission.kind !== 'blocked') throw new Error(JSON.stringify(permission));
  expect(permission.ask).toMatchObject({ kind: 'permission', text: expect.stringContaining('Really do it?'), approveOption: 1, action: { category: 'shell' } });
  expect(await driver.answer(permission.ask, { approve: false })).toMatchObject({ kind: 'ready', output: expect.stringContaining('you said n') });

  const question = await driver.turn('name');
  if (question.kind !== 'blocked') throw new Error(JSON.stringify(question));
  expect(await driver.answer(question.ask, { text: 'Ada' })).toMatchObject({ kind: 'ready', output: expect.stringContaining('hi Ada') });
  expect(adapter.answer(question.ask, { approve: true })).toBeNull();
  expect(await driver.end(5_000)).toMatchObject({ exitCode: 0 });
});

it.each([
  [{ ...config, ready: '(' }, 'ready'],
  [{ ...config, name: 'Not A Name' }, 'name'],
  [{ ...config, surprise: 1 }, '(body)'],
  [{ ...config, prompts: [{ match: 'x', kind: 'nonsense' }] }, 'prompts.0.kind'],
])('names the field of a configuration that is wrong (%#)', (wrong, field) => {
  expect(() => customAdapter(wrong)).toThrow(
    expect.objectContaining({ code: 'config.custom_agent', kind: 'invalid', facts: expect.objectContaining({ field }) }),
  );
});

it('refuses two agents of one name, and lists the known ones for an unknown type', () => {
  expect(() => adapterRegistry({ custom: [config, config] })).toThrow(expect.objectContaining({ code: 'config.agent_type_twice' }));
  expect(() => adapterRegistry({ custom: [config] }).get('nobody')).toThrow(
    expect.objectContaining({
      code: 'thread.unknown_agent_type',
      facts: expect.objectContaining({ known: expect.arrayContaining(['oracle', 'scripted', 'shell']) }),
    }),
  );
});

it('says what is missing when the program is not there', async () => {
  expect(await customAdapter({ ...config, command: 'no-such-program' }).missing({ PATH: '/usr/bin' })).toMatch(/no-such-program/);
  expect(await customAdapter(config).missing({ PATH: '/usr/bin:/bin' })).toBeNull();
});
