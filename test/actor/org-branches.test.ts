/** Where the work of an org chart goes, on a real Temporal server: branch strategies, and pull requests for what was committed. Threads, host and forge exist only here. */
import type { PublishedBranch } from '../../src/contracts/managed-thread/terminal';
import { Fault } from '../../src/errors/fault';
import { callForge } from '../../src/main/forge';
import { startOf } from '../support/execution-starts';
import { FakeForge } from '../support/fake-forge';
import { chart, orgChartTests } from '../support/org-chart-tests';
import { orgChartOf } from '../support/pattern-plans';

const office = orgChartTests();
const { begin } = office;
let forge: FakeForge;
beforeEach(async () => void (forge = await new FakeForge().start()));
afterEach(() => forge.stop());

const INHERITS = 'agentType: scripted, threadConfig: { workspace: { inherit: true } }';
const ROLES = [`lead: { agentType: scripted, threadConfig: {} }`, `engineer: { minInstances: 2, name: Engineer, ${INHERITS} }`];
const team = (workspace: string): string => `${chart(ROLES, '  steps: [{ type: assign, role: engineer, task: go }]\n')}workspace: ${workspace}\n`;
const REPO = "repo: 'https://git.example/acme/widgets.git'";

/** They are spawned at once, in any order. */
const first = () => office.threads.of('engineer').find(({ spawn }) => spawn.metadata?.['instance'] === 0);

const published = (more: Partial<Extract<PublishedBranch, { state: 'published' }>> = {}): PublishedBranch => ({
  ...{
    state: 'published',
    repo: 'https://git.example/acme/widgets.git',
    fork: null,
    base: 'main',
    branch: 'everthread/e/engineer',
    commits: 2,
    uncommitted: false,
  },
  ...more,
});

it('each thread that inherits the workspace is told the strategy, and where its fork is', async () => {
  const { result } = await begin(team(`{ ${REPO}, baseBranch: next, branchStrategy: fork, fork: 'robot/\${input.task}' }`), { task: 'widgets' });
  expect(await result()).toMatchObject({ status: 'completed' });

  const workspaces = (role: string) => office.threads.of(role).map(({ spawn }) => spawn.preparation?.workspace);
  const expected = { repo: 'https://git.example/acme/widgets.git', branch: 'next', branchStrategy: 'fork', fork: 'robot/widgets' };
  expect(workspaces('engineer')).toEqual([expected, expected]);
  expect(workspaces('lead')).toEqual([undefined]);
  expect(office.threads.published).toEqual([]);
});

it('opens a pull request for each branch that has commits, once the work is done', async () => {
  office.threads.forge = callForge({ url: forge.url, token: 'secret' });
  office.threads.publish = ({ actor }) =>
    actor.id === first()?.id ? published({ uncommitted: true }) : { state: 'nothing', reason: 'its branch has no commits' };
  const { result, of, start } = await begin(team(`{ ${REPO}, createPr: true, pr: { draft: true, labels: [robot], reviewers: [ada] } }`));

  expect(await result()).toMatchObject({ status: 'completed' });
  const threadId = first()?.id;
  const prUrl = `${forge.url}/acme/widgets/pull/1`;
  expect(of('workspace_finalizing')).toHaveLength(2);
  expect(of('workspace_pr_created')).toEqual([{ threadId, role: 'engineer', branch: 'everthread/e/engineer', prNumber: 1, prUrl, existed: false }]);
  expect(of('completed')).toMatchObject([{ metrics: { pullRequests: [{ role: 'engineer', threadId, number: 1, url: prUrl }] } }]);
  expect(of('completed')[0]?.['warnings']).toEqual([expect.stringContaining('not committed'), expect.stringContaining('its branch has no commits')]);
  expect(forge.of('acme/widgets')).toMatchObject([
    { title: 'tried: Engineer', body: expect.stringContaining(start.id), draft: true, labels: ['robot'], reviewers: ['ada'], base: 'main' },
  ]);
});

it('goes on without a pull request when there is no forge, when the forge refuses, or when a push does, and says so', async () => {
  const yaml = team(`{ ${REPO}, createPr: true }`).replace('minInstances: 2, ', '');
  const tried = async (prepare: () => void) => {
    prepare();
    const { result, of } = await begin(yaml);
    expect(await result()).toMatchObject({ status: 'completed' });
    expect(of('completed')[0]?.['warnings']).toEqual([expect.stringContaining('no pull request for engineer')]);
    return of('workspace_finalize_failed').map(({ role, error }) => [role, (error as { code: string }).code]);
  };
  office.threads.publish = () => published();

  expect(await tried(() => (office.threads.forge = null))).toEqual([['engineer', 'forge.not_configured']]);
  expect(
    await tried(() => {
      office.threads.forge = callForge({ url: forge.url, token: null });
      forge.next.push({ status: 401, body: { message: 'Bad credentials' } });
    }),
  ).toEqual([['engineer', 'forge.refused']]);
  expect(
    await tried(() => (office.threads.publish = () => Promise.reject(new Fault('conflict', 'workspace.push_refused', 'It could not be pushed.')))),
  ).toEqual([['engineer', 'workspace.push_refused']]);
});

it('opens none when the work failed', async () => {
  office.threads.forge = callForge({ url: forge.url, token: null });
  office.threads.publish = () => published();
  office.does = () => ({ ends: 'failed' });
  const { result } = await begin(team(`{ ${REPO}, createPr: true }`));

  expect(await result()).toMatchObject({ status: 'failed', error: { code: 'execution.thread_ended' } });
  expect([office.threads.published, forge.asked]).toEqual([[], []]);
});

it('a plan of before that names no fork warns, and works on branches of the threads', async () => {
  const plan = orgChartOf(team(`{ ${REPO} }`));
  const start = startOf({ ...plan, workspace: plan.workspace && { ...plan.workspace, branchStrategy: 'fork' } }, {});
  const { result, of } = await office.beginWith(start);

  expect(await result()).toMatchObject({ status: 'completed' });
  expect(of('completed')[0]?.['warnings']).toEqual([expect.stringContaining('not carried out')]);
  expect(office.threads.of('engineer').map(({ spawn }) => spawn.preparation?.workspace)).toEqual([
    { repo: 'https://git.example/acme/widgets.git' },
    { repo: 'https://git.example/acme/widgets.git' },
  ]);
});
