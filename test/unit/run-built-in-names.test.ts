import { BUILT_IN_NAMES } from '../../src/run-tools/built-in/built-in-names';
import { builtInTools } from '../../src/run-tools/built-in/built-in-tools';

it('the names that nothing else may take are those of the tools that every run has', () => {
  const tools = builtInTools({ processes: {} as never, rule: { allowPrivate: [] } as never, workspaceOf: (root) => ({ root, hidden: [] }) });
  expect(tools.map(({ definition }) => definition.name).sort()).toEqual([...BUILT_IN_NAMES].sort());
});
