/** Pull requests at a forge that speaks GitHub's REST form. One that is open for the branch already is adopted, so this may run more than once. */
import type { OpenPullRequest, PullRequest } from '../../src/contracts/execution/org';
import { forgeName, type ForgeName } from '../../src/domain/org/forge-name';
import { Fault } from '../../src/errors/fault';

export interface ForgeCall {
  readonly method: 'GET' | 'POST';
  /** Below the address of the forge, with its query. */
  readonly path: string;
  readonly body?: object;
}

/** Any status is an answer; the body is its text. Faults: those of `outgoing.*`. */
export type CallForge = (call: ForgeCall) => Promise<{ readonly status: number; readonly body: string }>;

interface Found {
  readonly number: number;
  readonly html_url: string;
}

/** Characters of what a forge says that are passed on. */
const SAID_MAX = 300;

/**
 * Faults: `forge.not_configured` (unsupported), `forge.repo_unknown` (invalid), `forge.refused` (conflict) with what the forge says, `forge.unavailable` (unavailable). What could only not
 * be added to the pull request (labels, reviewers) is in `problems`.
 */
export async function openPullRequest(call: CallForge | null, request: OpenPullRequest): Promise<PullRequest> {
  if (call === null)
    throw new Fault('unsupported', 'forge.not_configured', 'Pull requests need a forge: set EVERTHREAD_FORGE_URL and EVERTHREAD_FORGE_TOKEN.', {});
  const at = nameOf(request.repo);
  const from = request.fork === null ? null : nameOf(request.fork);
  const known = await openFor(call, at, from, request);
  const made = known ?? (await make(call, at, from, request));
  return { number: made.number, url: made.html_url, existed: known !== null, problems: await complete(call, at, made.number, request) };
}

function nameOf(repo: string): ForgeName {
  const name = forgeName(repo);
  if (name) return name;
  throw new Fault('invalid', 'forge.repo_unknown', `${repo} does not end with the owner and the name of a repository.`, { repo });
}

const pulls = ({ owner, name }: ForgeName): string => `/repos/${owner}/${name}/pulls`;

async function openFor(call: CallForge, at: ForgeName, from: ForgeName | null, { branch, base }: OpenPullRequest): Promise<Found | null> {
  const query = new URLSearchParams({ state: 'open', head: `${(from ?? at).owner}:${branch}`, base });
  const found = await asked<readonly Found[]>(call, { method: 'GET', path: `${pulls(at)}?${query.toString()}` });
  const [first] = Array.isArray(found) ? found : [];
  return first ? pullRequestIn(first) : null;
}

async function make(call: CallForge, at: ForgeName, from: ForgeName | null, request: OpenPullRequest): Promise<Found> {
  const { branch, base, title, body, draft } = request;
  const head = from === null ? { head: branch } : { head: `${from.owner}:${branch}`, head_repo: from.name };
  try {
    return pullRequestIn(await asked(call, { method: 'POST', path: pulls(at), body: { title, body, base, draft, ...head } }));
  } catch (thrown) {
    // Somebody was quicker, or an answer was lost.
    const there = thrown instanceof Fault && thrown.facts['status'] === 422 ? await openFor(call, at, from, request) : null;
    if (there === null) throw thrown;
    return there;
  }
}

/** What could not be added, in words. */
async function complete(call: CallForge, at: ForgeName, number: number, { labels, reviewers }: OpenPullRequest): Promise<readonly string[]> {
  const problems: string[] = [];
  const add = async (what: string, names: readonly string[], path: string, body: object): Promise<void> => {
    if (names.length === 0) return;
    try {
      await asked(call, { method: 'POST', path, body });
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.code !== 'forge.refused') throw thrown;
      problems.push(`${what}: ${thrown.message}`);
    }
  };
  await add('labels', labels, `/repos/${at.owner}/${at.name}/issues/${number}/labels`, { labels });
  await add('reviewers', reviewers, `${pulls(at)}/${number}/requested_reviewers`, { reviewers });
  return problems;
}

async function asked<T>(call: CallForge, request: ForgeCall): Promise<T> {
  const { status, body } = await call(request);
  if (status >= 200 && status < 300) return jsonIn(body) as T;
  const said = saidIn(jsonIn(body)).slice(0, SAID_MAX);
  const facts = { status, ...(said !== '' && { said }) };
  if (status === 429 || status >= 500) throw new Fault('unavailable', 'forge.unavailable', `The forge answered ${status}.`, facts);
  throw new Fault('conflict', 'forge.refused', `The forge answered ${status}${said === '' ? '.' : `: ${said}`}`, facts);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** `message`, and the messages of its `errors`. */
function saidIn(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return '';
  const { message, errors } = answer as { readonly message?: unknown; readonly errors?: unknown };
  const more = Array.isArray(errors) ? (errors as readonly { readonly message?: unknown }[]).map((error) => error?.message) : [];
  return [message, ...more].filter((text): text is string => typeof text === 'string').join('; ');
}

function pullRequestIn(answer: unknown): Found {
  const { number, html_url: url } = (answer ?? {}) as Partial<Found>;
  if (typeof number === 'number' && typeof url === 'string') return { number, html_url: url.slice(0, 2_048) };
  throw new Fault('conflict', 'forge.refused', 'The forge did not answer with a pull request.', {});
}
