import { parsePattern } from '../../../src/domain/pattern/parse-pattern';
import { filesIn, textOf } from '../../tidy/source-files';

const EXAMPLES = filesIn('examples', '.yaml');

it('finds six patterns and two org charts', () => {
  expect(EXAMPLES.filter((path) => path.startsWith('examples/patterns/'))).toHaveLength(6);
  expect(EXAMPLES.filter((path) => path.startsWith('examples/org-charts/'))).toHaveLength(2);
});

it.each(EXAMPLES)('%s compiles', (path) => {
  const parsed = parsePattern(textOf(path));

  expect(parsed).toMatchObject({ ok: true, kind: path.includes('org-charts') ? 'org-chart' : 'pattern' });
});
