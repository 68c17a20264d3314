import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startPtydWorld, TEST_ENV, until, type PtydWorld } from '../support/ptyd-world';

let world: PtydWorld;
beforeAll(async () => {
  world = await startPtydWorld();
});
afterAll(async () => {
  await world.close();
});

let lastSession = 0;
const bash = async (script: string, more: object = {}) => {
  const session = `s${++lastSession}`;
  const { pid } = await world.client.start({
    session,
    command: 'bash',
    args: ['--noprofile', '--norc', '-c', script],
    cwd: world.dir,
    env: TEST_ENV,
    cols: 80,
    rows: 24,
    ...more,
  });
  return { session, pid };
};
const line = async (session: string, text: string) =>
  until(`${text} on the screen of ${session}`, async () => {
    const { screen } = await world.client.screen(session);
    return [...screen.scrollback, ...screen.lines].some((each) => each.includes(text)) || null;
  });

it('shows the rendered screen, not the bytes', async () => {
  const { session } = await bash(`printf 'one\\rtwo\\n\\033]0;a title\\007\\033[?25l\\033[5;3Hhere'; sleep 60`);
  await line(session, 'here');

  const { screen } = await world.client.screen(session);

  expect(screen).toMatchObject({ title: 'a title', cols: 80, rows: 24, alternate: false, cursor: { x: 6, y: 4, visible: false } });
  expect(screen.lines.slice(0, 5)).toEqual(['two', '', '', '', '  here']);
  await world.client.end(session, 0);
});

it('ends', async () => {
  const { session, pid } = await bash(`(setsid bash -c 'echo $$ > ${join(world.dir, 'pid')}; sleep 1000' &) ; sleep 1000`);
  await until('the daemonised child', () => existsSync(join(world.dir, 'pid')));
  const ended = await world.client.end(session, 0);
  expect(ended).toEqual({ existed: true, exitCode: null, signal: 'SIGKILL' });
  expect(pid).toBeGreaterThan(0);
});
