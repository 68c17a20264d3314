import { shellAdapter } from '../../activities/agents/shell';
import { launchSession } from '../support/session-driver';
import { until } from '../support/eventually';
import { startPtydWorld, type PtydWorld } from '../support/ptyd-world';

let world: PtydWorld;
beforeAll(async () => {
  world = await startPtydWorld();
});
afterAll(async () => {
  await world.close();
});

it('is ready at its prompt, runs each message as a command, and gives what it printed', async () => {
  const driver = await launchSession(world, shellAdapter);

  expect(await driver.watch('start')).toMatchObject({ kind: 'ready', worked: false });
  expect(await driver.turn('echo one; echo two')).toMatchObject({ kind: 'ready', worked: true, output: 'one\ntwo' });
  expect(await driver.turn('true')).toMatchObject({ kind: 'ready', worked: true, output: '' });
  expect(await driver.turn('sleep 0.3; seq 300 | tail -3')).toMatchObject({ kind: 'ready', worked: true, output: '298\n299\n300' });
  expect(await driver.end(5_000)).toMatchObject({ exitCode: 0 });
});

it('takes a message of several lines as one paste and leaves their echo out of the output', async () => {
  const driver = await launchSession(world, shellAdapter);
  await driver.watch('start');

  expect(await driver.turn('echo a\necho b')).toMatchObject({ kind: 'ready', output: 'a\nb' });
  expect(await driver.turn('for n in 1 2\ndo\n  echo $n\ndone')).toMatchObject({ kind: 'ready', output: '1\n2' });
  expect(await driver.turn(`echo ${'x'.repeat(300)} | wc -c`)).toMatchObject({ kind: 'ready', output: '301' });
  await driver.end();
});

it('gives long lines as they were printed, and no echo of a command that the terminal wrapped, wherever the break falls', async () => {
  const driver = await launchSession(world, shellAdapter);
  await driver.watch('start');

  for (const length of [105, 106, 107, 108, 109, 230]) {
    const padding = 'a '.repeat(length).slice(0, length - 'true && echo done'.length);
    expect(await driver.turn(`true ${padding} && echo done`)).toMatchObject({ kind: 'ready', output: 'done' });
  }
  expect(await driver.turn('seq -s " " 100')).toMatchObject({ kind: 'ready', output: Array.from({ length: 100 }, (_, n) => n + 1).join(' ') });
  await driver.end();
});

it('takes a text that looks like its prompt for output, not for a prompt', async () => {
  const driver = await launchSession(world, shellAdapter);
  await driver.watch('start');

  expect(await driver.turn("printf 'everthread$ \\n'; sleep 0.4; echo done")).toMatchObject({ kind: 'ready', output: 'everthread$\ndone' });
  await driver.end();
});

it('ends a turn that runs by its interrupt, and a session by the exit of bash alone', async () => {
  const driver = await launchSession(world, shellAdapter);
  await driver.watch('start');
  await driver.type(shellAdapter.message('echo started; sleep 100'));
  const watching = driver.watch('turn');
  await until('the command', async () => /^started$/m.test(await driver.text()));

  await driver.type(shellAdapter.interrupt());
  expect(await watching).toMatchObject({ kind: 'ready', worked: true });

  expect(await driver.turn('exit 7')).toMatchObject({ kind: 'exited', exitCode: 7, signal: null });
  await driver.end();
});

it('gives a shell whose process was killed as exited by that signal', async () => {
  const driver = await launchSession(world, shellAdapter);
  await driver.watch('start');

  expect(await driver.turn('kill -9 $$')).toMatchObject({ kind: 'exited', exitCode: null, signal: 'SIGKILL' });
  await driver.end();
});
