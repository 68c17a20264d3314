/**
 * What others bring to runs (digest §5.1, §5.2, §4.6, §2.23; transcript 08), on a whole real system: manifests, policies and skills from folders, MCP servers from npm by a file and by a
 * package, used by runs whose model is a server on loopback. The requests of the first run are the peer's, and so is what is expected; its MCP server had one tool, this one has more.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/eventually';
import { startScriptedChat } from '../support/scripted-chat-server';
import { startWorld, type World } from '../support/world';
import { asking } from './transcripts/model-runs';

const EVERYTHING = [process.execPath, join(__dirname, '..', '..', 'node_modules', '@modelcontextprotocol', 'server-everything', 'dist', 'index.js'), 'stdio'];
const CALLS = [
  { tool: 'repo_word_count', args: { path: 'README.md' } },
  { tool: 'noop_tool', args: {} },
  { tool: 'danger_noop', args: {} },
  { tool: 'mcp_demo_echo', args: { message: 'hi' } },
];
const ARGS = { type: 'object', properties: {} };
const MANIFESTS = {
  'bad.json': { name: 'bad name!', version: '0.1.0', description: 'x', effect_class: 'pure', risk_class: 'low', input_schema: ARGS },
  'count.json': {
    ...{ name: 'repo_word_count', version: '0.1.0', description: 'Counts words.', effect_class: 'read', risk_class: 'low' },
    input_schema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
    executor: { kind: 'shell', command_template: 'wc -w {path}' },
  },
  'danger.json': { name: 'danger_noop', version: '0.1.0', description: 'x', effect_class: 'write', risk_class: 'critical', input_schema: ARGS },
  'noop.json': { name: 'noop_tool', version: '0.1.0', description: 'x', effect_class: 'pure', risk_class: 'low', input_schema: ARGS },
  'shadow.json': { name: 'kv_set', version: '9.9.9', description: 'x', effect_class: 'pure', risk_class: 'low', input_schema: ARGS },
};

const GUARD = {
  name: 'guard',
  rules: [
    { name: 'no-echo', when: { field: 'intent.target', op: 'eq', value: 'mcp_second_echo' }, decision: { deny: { reason: 'echoes are out of bounds' } } },
  ],
};
const SKILL = {
  ...{ name: 'triage', version: 1, title: 'Triage', instructions: 'Be {strictness}.', tools: [{ tool: 'kv_*' }] },
  ceiling: { read: true, write: true, external: false, irreversible: false },
  params: [{ key: 'strictness', default: 'thorough', values: ['thorough', 'quick'] }],
};

let world: World;
let models: Awaited<ReturnType<typeof startScriptedChat>>;
let folder: string;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'everthread-run-tools-')));
  const [manifests, workspace, policies, skills] = ['manifests', 'workspace', 'policies', 'skills'].map((name) => join(folder, name)) as [
    ...[string, string, string, string],
  ];
  for (const each of [manifests, workspace, policies, skills]) mkdirSync(each);
  writeFileSync(join(skills, 'triage.json'), JSON.stringify(SKILL));
  writeFileSync(join(skills, 'wrong.json'), '{"name": ""}');
  for (const [name, manifest] of Object.entries(MANIFESTS)) writeFileSync(join(manifests, name), JSON.stringify(manifest));
  writeFileSync(join(folder, 'mcp.json'), JSON.stringify({ servers: { demo: EVERYTHING, broken: ['/nowhere/no-such-server'] } }));
  models = await startScriptedChat({ mani: (turn) => (CALLS[turn] ? { say: `turn ${turn} rationale`, calls: [CALLS[turn]] } : { say: 'mani done' }) });
  world = await startWorld({
    roles: ['api', 'worker'],
    env: {
      EVERTHREAD_MODEL_BASE_URLS: models.url,
      EVERTHREAD_TOOL_MANIFEST_DIRS: manifests,
      EVERTHREAD_MCP_CONFIG: join(folder, 'mcp.json'),
      EVERTHREAD_WORKSPACE: workspace,
      EVERTHREAD_APPROVE_RISK: 'medium',
      EVERTHREAD_POLICY_DIRS: policies,
      EVERTHREAD_SKILLS_DIR: skills,
      EVERTHREAD_PACKAGE_PROGRAMS: 'true',
      EVERTHREAD_PACKAGES_UNSIGNED: 'true',
    },
  });
}, 180_000);
afterAll(async () => {
  await world.stop();
  await models.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = async (method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: any }> => {
  const sent = body === undefined ? {} : { body: JSON.stringify(body).replace('{url}', models.url), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${world.apiUrl}${path}`, { method, ...sent });
  return { status: response.status, body: await response.json() };
};

it('tools from manifests and from an MCP server are listed by name, what is no tool or shadows one is not', async () => {
  const tools = await until('the MCP server has said which tools it has', async () => {
    const { body } = await ask('GET', '/tools');
    return body.tools.some(({ name }: { name: string }) => name === 'mcp_demo_echo') ? body.tools : null;
  });
  const names = tools.map(({ name }: { name: string }) => name);
  expect(names).toEqual([...names].sort());
  expect(tools).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'danger_noop', version: '0.1.0', effect_class: 'write', risk_class: 'critical' }),
      expect.objectContaining({ name: 'noop_tool', version: '0.1.0', effect_class: 'pure', risk_class: 'low' }),
      expect.objectContaining({ name: 'repo_word_count', version: '0.1.0', effect_class: 'read', risk_class: 'low' }),
      expect.objectContaining({ name: 'mcp_demo_echo', effect_class: 'external', risk_class: 'medium' }),
      expect.objectContaining({ name: 'kv_set', version: '0.0.1' }),
    ]),
  );
  expect(names.filter((name: string) => name.includes('bad') || name.includes('broken'))).toEqual([]);
});

it('a run uses them, asks before the dangerous one, and is refused what its ceiling does not hold', async () => {
  await until('the tools are there', async () => (await ask('GET', '/tools')).body.tools.some(({ name }: { name: string }) => name === 'mcp_demo_echo'));
  const { status, body: made } = await ask('POST', '/runs', asking('mani', 'mani demo', { max_steps: 9, tool_scopes: ['*'] }));
  expect(status).toBe(202);
  const run = `/runs/${made.run_id}`;
  const session = await until('it asks', async () => {
    const { body } = await ask('GET', `${run}/execution`);
    return body.status === 'waiting_approval' ? body : null;
  });

  expect(session).toMatchObject({
    ...{ phase: 'proposal', operator_state: 'Awaiting approval on high-risk', current_step: 3, max_steps: 9, active_tool: 'danger_noop' },
    pending_channel: 'high-risk',
    counters: { steps_started: 3, intents_declared: 3, proposals_staged: 2, commits: 2, rejections: 0, failures: 0, approvals_pending: 1 },
  });
  expect(session.log.at(-1)).toMatchObject({
    ...{ phase: 'proposal', level: 'warning', title: 'Approval requested for danger_noop', step_index: 2, tool: 'danger_noop' },
    detail: "Channel high-risk: tool 'danger_noop' is Critical-risk (threshold Medium); operator approval required. args: {}",
  });
  expect(await ask('POST', `${run}/approvals/wrong-channel`, { approve: true })).toMatchObject({
    status: 404,
    body: { error: 'no pending approval for this run/channel', run_id: made.run_id, channel: 'wrong-channel' },
  });
  expect(await ask('POST', `${run}/approvals/high-risk`, { approve: true })).toMatchObject({
    status: 200,
    body: { run_id: made.run_id, channel: 'high-risk', approved: true },
  });
  const record = await until('it has ended', async () => {
    const { body } = await ask('GET', run);
    return body.status === 'running' ? null : body;
  });
  expect(record).toMatchObject({
    ...{ task: 'mani demo', status: 'completed' },
    summary: { steps_executed: 5, intents_submitted: 4, commits: 3, rejections: 1, failures: 0, final_answer: 'mani done', terminated_by: 'CognitionDone' },
  });
  const { body: ledger } = await ask('GET', `/audit/entries?run_id=${made.run_id}&kind=commit`);
  expect(ledger.entries[0].payload.body).toMatchObject({
    ...{ seq: 1, delta: [], policy_trace: { rules_evaluated: ['writ.authority'], decision: { kind: 'permit' } } },
    observations: [{ tool: 'repo_word_count', output: { exit_code: 1, stdout: '', stderr: expect.stringContaining('README.md') } }],
  });
}, 60_000);

const scripted = (script: readonly unknown[], more: object = {}) => ({ task: 'a task', cognition: { provider: 'scripted', script }, ...more });
const doing = (tool: string, args: unknown) => ({ intents: [{ tool, args }] });
const toolNames = async (): Promise<readonly string[]> => (await ask('GET', '/tools')).body.tools.map(({ name }: { name: string }) => name);
async function ended(body: unknown): Promise<{ readonly id: string; readonly record: any; readonly entries: readonly any[] }> {
  const { status, body: made } = await ask('POST', '/runs', body);
  expect(status).toBe(202);
  const record = await until('it has ended', async () => {
    const { body: found } = await ask('GET', `/runs/${made.run_id}`);
    return found.summary === null ? null : found;
  });
  return { id: made.run_id, record, entries: (await ask('GET', `/audit/entries?run_id=${made.run_id}`)).body.entries };
}

it('a skill of the folder binds a run: its instructions come first, its tools are all that there are, and what is no skill is passed over', async () => {
  const skills = await until('the folder is read', async () => {
    const { body } = await ask('GET', '/skills');
    return body.skills.length > 0 ? body.skills : null;
  });
  expect(skills).toMatchObject([{ name: 'triage', version: 1, title: 'Triage', tools: ['kv_*'] }]);

  const { record, entries } = await ended(
    scripted([doing('kv_set', { key: 'a', value: 1 }), doing('fs_read', { path: 'README.md' })], { skill: 'triage', skill_params: [['strictness', 'quick']] }),
  );

  expect(record).toMatchObject({ task: 'Be quick.\n\n---\nTask: a task', summary: { commits: 1, rejections: 1 } });
  expect(entries[1]).toMatchObject({ kind: 'skill_bound', payload: { skill_id: skills[0].id.slice('skill:'.length), params: [['strictness', 'quick']] } });
  expect(entries.find(({ kind }) => kind === 'rejection')).toMatchObject({ payload: { reason: { kind: 'authority_void' } } });
});

/** Writes the policy and waits until it is in force. */
async function guarded(version: string): Promise<any> {
  writeFileSync(join(folder, 'policies', 'guard.json'), JSON.stringify({ ...GUARD, version }));
  return until('it is in force', async () => {
    const { body } = await ask('GET', '/policies');
    return body.sets[0].rules.includes(`guard/no-echo@${version}`) ? body : null;
  });
}

it('says which policies are in force as their files change, and commits say the same', async () => {
  await guarded('1');
  const body = await guarded('2');

  expect(body).toMatchObject({
    count: 1,
    sets: [{ workers: 1, live: true, rules: ['writ.authority', 'guard/no-echo@2'], policies: [{ name: 'guard', version: '2' }], refused: [] }],
  });
  const { entries } = await ended(scripted([doing('kv_set', { key: 'a', value: 1 })]));
  expect(entries.find(({ kind }) => kind === 'commit').payload.body).toMatchObject({
    policy_set_hash: body.sets[0].policy_set_hash,
    policy_trace: { rules_evaluated: body.sets[0].rules },
  });
});

it('a server that comes into the file later brings its tools, which policies hold too, and one that is taken out goes with them', async () => {
  await until('the first server is there', async () => (await toolNames()).includes('mcp_demo_echo'));
  await guarded('3');
  writeFileSync(
    join(folder, 'mcp.json'),
    JSON.stringify({
      servers: { second: { command: EVERYTHING[0], args: EVERYTHING.slice(1), tools: { echo: { effect_class: 'read', risk_class: 'low' } } } },
    }),
  );
  const names = await until('the second server is there', async () => {
    const all = await toolNames();
    return all.includes('mcp_second_echo') ? all : null;
  });
  expect(names).not.toContain('mcp_demo_echo');
  expect((await ask('POST', '/runs', scripted([], { tool_scopes: ['mcp_demo_echo'] }))).body.code).toBe('run.scope');

  const { entries } = await ended(scripted([doing('mcp_second_echo', { message: 'hi' })], { tool_scopes: ['mcp_second_*'] }));

  expect(entries.find(({ kind }) => kind === 'rejection')).toMatchObject({
    payload: { reason: { kind: 'policy_denied', detail: 'echoes are out of bounds' } },
  });
});

it('a server that a package brings is started when it is installed, so that a run can name its tools', async () => {
  const kind = { type: 'mcp_server', command: EVERYTHING[0], args: EVERYTHING.slice(1), env: {} };
  const published = await ask('POST', '/marketplace/packages', { name: 'every', version: '1.0.0', description: 'd', author: 'a', tags: [], kind });
  expect(published.status).toBe(201);
  expect((await ask('POST', '/marketplace/packages/every/install', {})).status).toBeLessThan(300);

  await until('its tools are listed', async () => (await toolNames()).includes('mcp_every_echo'));
  const { status } = await ask('POST', '/runs', scripted([], { tool_scopes: ['mcp_every_echo'] }));
  expect(status).toBe(202);
  expect((await ask('DELETE', '/marketplace/packages/every/install')).status).toBe(200);

  expect(await toolNames()).not.toContain('mcp_every_echo');
});
