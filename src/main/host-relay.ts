/** The API's way to what only a host knows: screens, terminals and what preparation would do. Each host listens under the URL, and asks for the token, of its row in the registry. */
import type { HostRecord, Hosts } from '../../activities/ports';
import { Fault, KINDS, type Facts, type Kind } from '../errors/fault';
import { SILENT_AFTER_MS } from '../../activities/placement/hosts';
import { RELAY_PATHS } from '../host/relay-paths';
import type { HostRelay, PreparedRow, ScreenRow } from '../surfaces/managed-threads/ports';

const CALL_MS = 10_000;
/** A repository may have to be looked at. */
const PREPARE_MS = 120_000;

export const hostRelay = (hosts: Hosts): HostRelay => {
  const find = async (hostId: string): Promise<HostRecord> => {
    const host = await hosts.find(hostId);
    if (host) return host;
    throw new Fault('unavailable', 'host.unreachable', 'The host of this thread is not there.', { hostId });
  };
  return {
    async screen({ hostId, sessionId }) {
      return call<ScreenRow>(await find(hostId), RELAY_PATHS.screen(sessionId), { deadlineMs: CALL_MS });
    },
    async terminal({ tenant, threadId, hostId, sessionId }, { subject }) {
      const host = await find(hostId);
      const url = new URL(RELAY_PATHS.terminal(sessionId), host.relayUrl.replace(/^http/, 'ws'));
      url.search = new URLSearchParams({ tenant, thread: threadId, subject }).toString();
      return { url: url.toString(), headers: { authorization: `Bearer ${host.relayToken}` } };
    },
    async prepare({ tenant }, body) {
      const [host] = await hosts.live(SILENT_AFTER_MS);
      if (!host) throw new Fault('unavailable', 'host.none', 'No host is there that could look at the workspace.', {});
      return call<PreparedRow>(host, RELAY_PATHS.prepare, { deadlineMs: PREPARE_MS, body: { tenant, body } });
    },
  };
};

async function call<T>(
  { relayUrl, relayToken, hostId }: HostRecord,
  path: string,
  { deadlineMs, body }: { readonly deadlineMs: number; readonly body?: unknown },
): Promise<T> {
  const headers = { authorization: `Bearer ${relayToken}`, ...(body !== undefined && { 'content-type': 'application/json' }) };
  const init: RequestInit = {
    headers,
    redirect: 'error',
    signal: AbortSignal.timeout(deadlineMs),
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  };
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
