/** The cases C9 and C10 of the digest's §3.3 as data, beside those of test/unit/pattern: patterns whose course only the interpreter goes, on a real Temporal server. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { approve } from '../../src/contracts/execution/commands';
import type { Json } from '../../src/contracts/pattern/json';
import { Fault } from '../../src/errors/fault';
import { Doors } from '../../src/gateway/doors';
import { until } from '../support/eventually';
import { startOf } from '../support/execution-starts';
import { executionTests } from '../support/execution-tests';
import { planOf } from '../support/pattern-plans';

const GOLDEN = join(__dirname, '..', 'unit', 'pattern', 'golden', 'courses');

type Answer = { readonly result: Json; readonly confidence?: number } | { readonly fails: string };

interface Case {
  readonly it: string;
  /** Lines of YAML. */
  readonly pattern: readonly string[];
  /** Others that it runs. */
  readonly patterns?: readonly (readonly string[])[];
  readonly input?: Json;
  /** By id. The nth task gets the nth answer; further ones the last. */
  readonly agents?: Readonly<Record<string, { readonly can: readonly string[]; readonly answers: readonly Answer[] }>>;
  /** How a person answers the question. */
  readonly person?: { readonly approve: boolean; readonly value: string };
  /** `asked`: ids of agents in order; `given`: with what they were given; `last`: the last of these. */
  readonly expected: Readonly<Record<string, unknown>>;
}

const tests = executionTests();
const { agents, stores } = tests;

/** Numbers to four places, as they stand in the files. */
const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value ?? null, (_key, item: unknown) => (typeof item === 'number' ? Math.round(item * 10_000) / 10_000 : item)));

async function run({ pattern, patterns = [], input = {}, agents: given = {}, person }: Case) {
  for (const other of patterns) stores.pattern(other.join('\n'));
  for (const [id, { can, answers }] of Object.entries(given))
    agents.add(id, can, (_task, turn) => {
      const answer = answers[Math.min(turn, answers.length) - 1] as Answer;
      if ('fails' in answer) throw new Fault('conflict', 'agent.task_failed', answer.fails, {});
      return answer;
    });
  const { address, of, result } = await tests.begin(startOf(planOf(pattern.join('\n')), input));
  if (person) {
    await until('a person is asked', () => of('approval_requested').length === 1);
    await new Doors(tests.client).send(address, approve, { input: person, requestId: 'person', by: { subject: 'ada', via: 'api' } });
  }
  const { status, result: stored, error } = await result();
  const tasks = agents.asked.map(({ agentId, input: task }) => [agentId, task]);
  return rounded({
    ...{ status, error, value: stored && 'value' in stored ? stored.value : null },
    ...{ asked: agents.asked.map(({ agentId }) => agentId), given: tasks, last: tasks.at(-1) },
  });
}

describe.each(readdirSync(GOLDEN))('%s', (file) => {
  const { cases } = JSON.parse(readFileSync(join(GOLDEN, file), 'utf8')) as { cases: readonly Case[] };

  it.each(cases.map((one) => [one.it, one] as const))('%s', async (_name, one) => {
    expect(await run(one)).toMatchObject(one.expected);
  });
});
