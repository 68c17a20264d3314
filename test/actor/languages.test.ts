import type { Expression } from '../../src/contracts/pattern/expression';
import { ORCHESTRATION_QUEUE } from '../../src/contracts/actor';
import { evaluate } from '../../src/domain/pattern/expression/evaluate';
import { parseText } from '../../src/domain/pattern/expression/parse-text';
import { checkValue } from '../../src/domain/pattern/schema/check-value';
import { startActorWorld, type ActorWorld } from '../support/actor-world';
import { scriptLanguage, type LanguageTask, type ScriptLanguageTask } from '../support/language-workflow';

let world: ActorWorld;

beforeAll(async () => {
  world = await startActorWorld('test/support/language-workflow.ts');
  await world.work({});
}, 120_000);

afterAll(() => world.stop());

const read = (text: string): Expression => {
  const parsed = parseText(text, 'condition');
  if ('problem' in parsed) throw new TypeError(parsed.problem.message);
  return parsed.expression;
};

const TASK: LanguageTask = {
  expressions: [
    "$name matches '(?i)^a(d|b)a$' && $name matches '\\\\p{Lu}'",
    'average($scores) >= 0.5 ? upper($name) : null',
    'similarity($name, "ada")',
    "join(unique(concat($scores, $scores)), ' ')",
    '$nobody.at.all',
  ].map(read),
  variables: { name: 'Ada', scores: [0.5, 0.9] },
  schema: {
    type: 'object',
    properties: {
      mail: { type: 'string', format: 'email' },
      code: { type: 'string', pattern: '^[A-Z]{3}$' },
      when: { type: 'string', format: 'date', default: '2026-01-01' },
    },
  },
  value: { mail: 'nobody', code: 'abc' },
};

it('says the same inside a workflow as outside, the second workflow of a worker too', async () => {
  const run = (workflowId: string): Promise<unknown> =>
    world.environment.client.workflow.execute('useLanguage', { workflowId, taskQueue: ORCHESTRATION_QUEUE, args: [TASK] });

  const inside = [await run('language-1'), await run('language-2')];

  const outside = { values: TASK.expressions.map((each) => evaluate(each, TASK.variables)), checked: checkValue(TASK.schema, TASK.value, '') };
  expect(outside.values).toEqual([true, 'ADA', 1, '0.5 0.9', null]);
  expect(outside.checked.problems).toHaveLength(2);
  expect(inside).toEqual([outside, outside]);
});

it('says the same of scripts inside a workflow as outside', async () => {
  const task: ScriptLanguageTask = {
    expressions: [
      'map(sort(people, one => one.name), one => "{upper(one.name)} {one.age + 1}")',
      'people[5].name',
      'people[5].name ?? missing ?? round(2.345, 2)',
      'from_json("nope")',
    ],
    scope: {
      people: [
        { name: 'Bo', age: 40 },
        { name: 'Al', age: 30 },
      ],
    },
    fields: [
      { name: 'code', type: 'text(pattern = "^[A-Z]\\{3\\}$")' },
      { name: 'at', type: 'timestamp', default: '"2026-11-26T16:00:00+01:00"' },
    ],
    value: { code: 'ABC' },
  };

  const inside: unknown = await world.environment.client.workflow.execute('useScriptLanguage', {
    workflowId: 'script-language',
    taskQueue: ORCHESTRATION_QUEUE,
    args: [task],
  });

  expect(inside).toEqual(scriptLanguage(task));
  expect(inside).toEqual({
    values: [
      ['AL 31', 'BO 41'],
      { code: 'expression.index', message: expect.stringContaining('`people` is a list of 2 items, which has nothing at the number 5.') },
      2.35,
      { code: 'expression.argument', message: '`from_json` failed: the text is not JSON.' },
    ],
    names: ['people', 'missing'],
    fit: { misfit: null, value: { code: 'ABC', at: '2026-11-26T15:00:00.000Z' } },
  });
});
