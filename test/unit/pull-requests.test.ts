import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openPullRequest } from '../../activities/org/pull-requests';
import type { OpenPullRequest } from '../../src/contracts/execution/org';
import { forgeName } from '../../src/domain/org/forge-name';
import { Fault } from '../../src/errors/fault';
import { callForge } from '../../src/main/forge';
import { FakeForge } from '../support/fake-forge';

let forge: FakeForge;
beforeEach(async () => void (forge = await new FakeForge().start()));
afterEach(() => forge.stop());

const REQUEST: OpenPullRequest = {
  ...{ repo: 'acme/widgets', fork: null, base: 'main', branch: 'everthread/e/engineer', title: 'build: engineer', body: 'Made by engineer.' },
  ...{ draft: true, labels: ['everthread'], reviewers: ['ada'] },
};
const open = (more: Partial<OpenPullRequest> = {}) => openPullRequest(callForge({ url: forge.url, token: 'secret' }), { ...REQUEST, ...more });
const faultOf = async (work: Promise<unknown>): Promise<Fault> => {
  const thrown: unknown = await work.then(
    () => null,
    (problem: unknown) => problem,
  );
  expect(thrown).toBeInstanceOf(Fault);
  return thrown as Fault;
};

it('opens a pull request with what the chart says, and shows the token', async () => {
  expect(await open()).toEqual({ number: 1, url: `${forge.url}/acme/widgets/pull/1`, existed: false, problems: [] });

  expect(forge.of('acme/widgets')).toMatchObject([
    {
      ...{ head: 'acme:everthread/e/engineer', base: 'main', title: 'build: engineer', body: 'Made by engineer.', draft: true },
      ...{ labels: ['everthread'], reviewers: ['ada'] },
    },
  ]);
  expect([...forge.tokens]).toEqual(['Bearer secret']);
});

it('opens one for a branch however often it is asked, also when the first answer was lost', async () => {
  await open();
  expect(await open()).toMatchObject({ number: 1, existed: true });
  // The look before finds nothing, and the forge says that there is one.
  forge.next.push({ status: 200, body: [] });
  expect(await open()).toMatchObject({ number: 1 });

  expect(forge.of('acme/widgets')).toHaveLength(1);
});

it('opens one from a fork at the repository it was forked from', async () => {
  await open({ repo: 'https://github.com/acme/widgets.git', fork: 'git@github.com:robot/widgets-fork.git' });

  expect(forge.of('acme/widgets')).toMatchObject([{ head: 'robot:everthread/e/engineer', head_repo: 'widgets-fork' }]);
  expect(forge.of('robot/widgets-fork')).toEqual([]);
});

it('tells what could not be added, and what the forge refuses', async () => {
  expect(await open({ reviewers: ['nobody'] })).toMatchObject({ number: 1, problems: ['reviewers: The forge answered 422: nobody is not a collaborator'] });

  forge.next.push({ status: 404, body: { message: 'Not Found' } });
  expect(await faultOf(open())).toMatchObject({ kind: 'conflict', code: 'forge.refused', facts: { status: 404, said: 'Not Found' } });
  forge.next.push({ status: 502 });
  expect(await faultOf(open())).toMatchObject({ kind: 'unavailable', code: 'forge.unavailable' });
  expect(await faultOf(openPullRequest(null, REQUEST))).toMatchObject({ code: 'forge.not_configured' });
  expect(await faultOf(open({ repo: 'widgets' }))).toMatchObject({ code: 'forge.repo_unknown', facts: { repo: 'widgets' } });
});

it('takes no redirect, and no answer that is no pull request', async () => {
  const elsewhere: Server = createServer((_request, response) => response.writeHead(307, { Location: `${forge.url}/repos/acme/widgets/pulls` }).end());
  await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  try {
    expect(await faultOf(openPullRequest(callForge({ url, token: 'secret' }), REQUEST))).toMatchObject({ code: 'forge.refused', facts: { status: 307 } });
    expect(forge.asked).toEqual([]);
  } finally {
    elsewhere.closeAllConnections();
    await new Promise((done) => elsewhere.close(done));
  }
  forge.next.push({ status: 200, body: [] }, { status: 201, body: { number: 'one' } });
  expect(await faultOf(open())).toMatchObject({ code: 'forge.refused' });
});

it.each([
  ['acme/widgets', 'acme/widgets'],
  ['https://github.com/acme/widgets.git', 'acme/widgets'],
  ['ssh://git@git.example:2222/acme/widgets', 'acme/widgets'],
  ['git@github.com:acme/widgets.git', 'acme/widgets'],
  ['/srv/git/acme/widgets.git', 'acme/widgets'],
  ['widgets', null],
  ['', null],
  ['acme/..', null],
  ['a b/c', null],
])('the forge calls %j %j', (repo, expected) => {
  const found = forgeName(repo);
  expect(found && `${found.owner}/${found.name}`).toBe(expected);
});
