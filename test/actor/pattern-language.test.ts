import type { Expression } from '../../src/contracts/pattern/expression';
import { ORCHESTRATION_QUEUE } from '../../src/contracts/actor';
import { evaluate } from '../../src/domain/pattern/expression/evaluate';
import { parseText } from '../../src/domain/pattern/expression/parse-text';
import { checkValue } from '../../src/domain/pattern/schema/check-value';
import { startActorWorld, type ActorWorld } from '../support/actor-world';
import type { LanguageTask } from '../support/language-workflow';

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
