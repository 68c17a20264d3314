import { MockActivityEnvironment } from '@temporalio/testing';
import { performTool } from '../../../activities/run/perform-tool';
import type { Tool } from '../../../src/contracts/run/ports';
import { Fault } from '../../../src/errors/fault';

const toolThat = (perform: Tool['perform'], idempotent = false): Tool => ({
  definition: {
    ...{ name: 'acts', version: '1', description: 'Acts.', effect_class: 'external', risk_class: 'medium', input_schema: { type: 'object' }, idempotent },
    estimate: { tokens: 0, tool_calls: 1, wall_clock_ms: 10, usd_millicents: 0 },
  },
  misfit: () => null,
  perform,
});

const context = {
  ...{ tenant: 'default', runId: 'run', proposalId: 'proposal', workspace: '/nowhere' },
  world: { get: () => null, resources: [] },
};
const performed = (tool: Tool, budgetLeftMs = 60_000) => new MockActivityEnvironment().run(() => performTool(tool, {}, { context, budgetLeftMs }));

it('gives what the tool gave, with the time it took', async () => {
  expect(await performed(toolThat(() => Promise.resolve({ output: 1, delta: [] })))).toEqual({
    ...{ state: 'done', outcome: { output: 1, delta: [] }, latencyMs: expect.any(Number) },
  });
});

it.each([
  ['a failure', new Fault('conflict', 'tool.refused', 'it says no'), false, 'failed'],
  ['a call that went out and was never answered', new Fault('unavailable', 'tool.http', 'no answer', { begun: true, unknown: true }), false, 'unknown'],
  ['the same of a tool that may be called again', new Fault('unavailable', 'tool.http', 'no answer', { begun: true, unknown: true }), true, 'failed'],
  ['a call that never went out', new Fault('unavailable', 'tool.http', 'refused', { begun: false, unknown: true }), false, 'failed'],
])('%s has the outcome that can be proved', async (_what, fault, idempotent, outcome) => {
  expect(await performed(toolThat(() => Promise.reject(fault), idempotent))).toMatchObject({ state: 'failed', outcome, error: fault.message });
});

it('a tool that is cut off by the wall clock of the budget is unknown, unless it had not begun', async () => {
  const until = (fault: Fault) =>
    toolThat((_args, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(fault), { once: true })));

  expect(await performed(until(new Fault('deadline', 'tool.cut', 'cut')), 5)).toMatchObject({
    outcome: 'unknown',
    error: expect.stringContaining('wall clock'),
  });
  expect(await performed(until(new Fault('deadline', 'tool.cut', 'cut', { begun: false })), 5)).toMatchObject({ outcome: 'failed' });
});

it('a tool that finds out what an earlier try did is called with a signal that has fired where nothing may be begun any more', async () => {
  const finds = (perform: Tool['perform']): Tool => ({ ...toolThat(perform), verifies: true });
  const asked = (tool: Tool) => new MockActivityEnvironment().run(() => performTool(tool, {}, { context, budgetLeftMs: 60_000, over: 'it is over' }));

  expect(await asked(finds((_args, { signal }) => Promise.resolve({ output: signal.aborted, delta: [] })))).toMatchObject({
    state: 'done',
    outcome: { output: true },
  });
  expect(await asked(finds(() => Promise.reject(new Fault('conflict', 'tool.cut_off', 'not done', { begun: false }))))).toMatchObject({
    ...{ state: 'failed', outcome: 'failed', error: 'it is over' },
  });
  expect(await asked(finds(() => Promise.reject(new Fault('conflict', 'tool.unknown', 'who knows', { begun: true, unknown: true }))))).toMatchObject({
    outcome: 'unknown',
  });
});
