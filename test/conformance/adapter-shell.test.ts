import { shellAdapter } from '../../activities/agents/shell';
import { launchSession } from '../support/session-driver';
import { startPtydWorld, type PtydWorld } from '../support/ptyd-world';

let world: PtydWorld;
beforeAll(async () => {
  world = await startPtydWorld();
});
afterAll(async () => {
  await world.close();
});

it('is ready at its prompt, runs a command, and gives what it printed', async () => {
  const driver = await launchSession(world, shellAdapter);
  expect(await driver.watch('start')).toMatchObject({ kind: 'ready', worked: false });

  expect(await driver.turn('echo one; echo two')).toMatchObject({ kind: 'ready', worked: true, output: 'one\ntwo' });
  expect(await driver.turn('echo a\necho b')).toMatchObject({ kind: 'ready', worked: true, output: 'a\nb' });
  expect(await driver.turn('true')).toMatchObject({ kind: 'ready', worked: true, output: '' });
  expect(await driver.turn('sleep 0.5; seq 300 | tail -3')).toMatchObject({ kind: 'ready', worked: true, output: '298\n299\n300' });
  expect(await driver.end(2000)).toMatchObject({ exitCode: 0 });
});
