import { assertToolScopes } from '../../../src/domain/script/tool-scopes';

const TOOLS = [
  { tool: 'http', source: 'native' },
  { tool: 'start', source: 'threads' },
  { tool: 'execute', source: 'patterns' },
  { tool: 'fs_read', source: 'runs' },
  { tool: 'read', source: 'mcp.files' },
];

it.each([[['*']], [['admin']], [['threads:*', 'executions:write', 'runs:write']]])('who holds %j may publish a script with tools of all sources', (held) => {
  expect(() => assertToolScopes(held, TOOLS)).not.toThrow();
});

it.each([
  [['scripts:write', 'executions:*', 'runs:*'], 'threads:write', 'start'],
  [['threads:*', 'runs:*'], 'executions:write', 'execute'],
  [['threads:*', 'executions:read', 'executions:write'], 'runs:write', 'fs_read'],
])('who holds %j lacks %s', (held, scope, tool) => {
  expect(() => assertToolScopes(held, TOOLS)).toThrow(
    expect.objectContaining({ code: 'access.scope_missing', facts: expect.objectContaining({ scope, tool }) }),
  );
});

it('native tools need no scope of their own', () => {
  expect(() => assertToolScopes([], TOOLS.slice(0, 1))).not.toThrow();
});
