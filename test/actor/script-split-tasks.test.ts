/** As split-tasks.test.ts, for scripts: lanes that are cancelled, time out or are answered while a step that only computes is performed within the task of the workflow. */
import { setTimeout as delay } from 'node:timers/promises';
import { scriptActors } from '../support/script-actors';

const actors = scriptActors();

const NATIVE = ['import tools', '  uuid from native', '  tool from native', '  other from native', ''].join('\n');
const asks = (count: number, name: string): string => Array.from({ length: count }, (_, n) => `    do "Ask ${name}${n}" with uuid -> ${name}${n}`).join('\n');

/** The step takes so long. */
function slowly(at: string, ms: number): void {
  actors.fake.tool = async (_args, { path, signal }) => {
    if (path.startsWith(at))
      await delay(ms, undefined, { signal }).catch(() => {
        throw signal.reason as Error;
      });
    return { n: 1 };
  };
}

const NESTED = (fails: string): string => `${NATIVE}
together
  "one":
    together
      "p":
        do "Long" with tool -> l
      "q":
        do "Q" with uuid -> q
        check false${fails}
    do "After" with other -> y
  "two":
    do "A" with uuid -> a
    do "B" with uuid -> b
    do "C" with uuid -> c
`;

describe.each([0, 5, 40])('while a step of another lane takes %i ms', (ms) => {
  it('a lane goes out of a block of lanes', async () => {
    slowly('0.1', ms);
    const thread = await actors.begin(`${NESTED('\n          on fail: goto "After"')}\nemit 1`);

    expect(await thread.result()).toMatchObject({ status: 'COMPLETED', output: { value: 1 } });
  });

  it('a lane fails the thread, which tidies up', async () => {
    slowly('0.1', ms);
    const thread = await actors.begin(`${NESTED('')}\non thread error\n  do "Tidy" with other`);

    expect(await thread.result()).toMatchObject({ status: 'FAILED', error: { code: 'check.failed' } });
    expect(actors.fake.executed.map(({ path }) => path)).toContain('error.0');
  });
});

it('steps that take almost as long as they may, and a lane that is answered meanwhile', async () => {
  actors.fake.tool = async (_args, { path, signal }) => {
    if (path.startsWith('0.0')) return { n: 1 };
    await delay(path === '0.1.0' ? 4_000 : 980, undefined, { signal }).catch(() => undefined);
    return { n: 2 };
  };
  const thread = await actors.begin(`${NATIVE}
together
  "a":
    do "First" with tool -> f
${asks(6, 'x')}
  "b":
    do "Slow" with tool -> s
    do "Then" with other -> t
    do "Then, too" with uuid -> u
  "c":
${asks(10, 'k')}

emit 1`);

  expect((await thread.result()).output).toEqual({ value: 1 });
}, 60_000);
