/** The API's way to what only a host knows: screens, terminals and what preparation would do. Each host listens under the URL, and asks for the token, of its row in the registry. */
import type { HostRecord, Hosts } from '../../activities/ports';
import { Fault, KINDS, type Facts, type Kind } from '../errors/fault';
import { SILENT_AFTER_MS } from '../../activities/placement/hosts';
import { RELAY_PATHS, type SessionOwner } from '../host/relay-paths';
import type { HostRelay, PreparedRow, ScreenRow, TerminalAddress } from '../surfaces/managed-threads/ports';

const CALL_MS = 10_000;
/** A repository may have to be looked at. */
const PREPARE_MS = 120_000;

/** `headers` go out with every call: the trace that it belongs to. */
export const hostRelay = (hosts: Hosts, headers: () => Readonly<Record<string, string>> = () => ({})): HostRelay => {
  const find = async (hostId: string): Promise<HostRecord> => {
    const host = await hosts.find(hostId);
    if (host) return host;
    throw new Fault('unavailable', 'host.unreachable', 'The host of this thread is not there.', { hostId });
  };
  return {
    async screen(address) {
      return call<ScreenRow>(await find(address.hostId), RELAY_PATHS.screen(address.sessionId, ownerOf(address)), { deadlineMs: CALL_MS, headers: headers() });
    },
    async terminal(address, { subject }) {
      const host = await find(address.hostId);
      const url = new URL(RELAY_PATHS.terminal(address.sessionId, ownerOf(address)), host.relayUrl.replace(/^http/, 'ws')).toString();
      return { url, headers: { ...headers(), authorization: `Bearer ${host.relayToken}`, 'x-everthread-subject': subject } };
    },
    async prepare({ tenant }, body) {
      const [host] = await hosts.live(SILENT_AFTER_MS);
      if (!host) throw new Fault('unavailable', 'host.none', 'No host is there that could look at the workspace.', {});
      return call<PreparedRow>(host, RELAY_PATHS.prepare, { deadlineMs: PREPARE_MS, headers: headers(), body: { tenant, body } });
    },
  };
};

const ownerOf = ({ tenant, threadId }: TerminalAddress): SessionOwner => ({ tenant, thread: threadId });

interface Call {
  readonly deadlineMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

async function call<T>({ relayUrl, relayToken, hostId }: HostRecord, path: string, { deadlineMs, headers, body }: Call): Promise<T> {
  const init: RequestInit = {
    redirect: 'error',
    signal: AbortSignal.timeout(deadlineMs),
    headers: { ...headers, authorization: `Bearer ${relayToken}`, 'content-type': 'application/json' },
  };
  if (body !== undefined) Object.assign(init, { method: 'POST', body: JSON.stringify(body) });
  const unreachable = (problem: unknown): Fault =>
    new Fault('unavailable', 'host.unreachable', 'The host of this thread does not answer.', { hostId }, problem instanceof Error ? problem : undefined);
  const response = await fetch(new URL(path, relayUrl), init).catch((problem: unknown) => {
    throw unreachable(problem);
  });
  const answer = (await response.json().catch(() => null)) as { error?: { kind?: string; code?: string; message?: string; facts?: Facts } } | null;
  if (response.ok && answer) return answer as T;
  const { kind, code, message, facts } = answer?.error ?? {};
  if (kind && kind in KINDS && code && message) throw new Fault(kind as Kind, code, message, facts ?? {});
  throw unreachable(null);
}
