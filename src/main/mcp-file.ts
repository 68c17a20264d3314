/** The file of MCP servers, read again when it changes. */
import { faultFrom } from '../errors/fault';
import { readMcpConfig } from '../run-tools/mcp/mcp-config';
import type { RunningServers } from '../run-tools/mcp/running-servers';
import type { Log } from '../surfaces/http/log';
import { watchFile } from './watched-folders';

interface McpFile {
  readonly path: string;
  readonly servers: Pick<RunningServers, 'take' | 'refuse'>;
  readonly log: Log;
  readonly everyMs?: number;
}

/**
 * Reads it, then watches. Fault `tool.mcp_config` (invalid) for a file that cannot be used at the start; later that is logged and told among the tools' problems, and the servers of
 * before stay. Does not wait for the servers: they take their time, and nobody who uses other tools waits for them.
 */
export async function watchMcpFile({ path, servers, log, everyMs }: McpFile): Promise<{ stop(): Promise<void> }> {
  const first = await readMcpConfig(path);
  void servers.take(first);
  let last = JSON.stringify(first);
  return watchFile({
    path,
    ...(everyMs !== undefined && { everyMs }),
    async changed() {
      try {
        const named = await readMcpConfig(path);
        const said = JSON.stringify(named);
        if (said === last) return;
        last = said;
        void servers.take(named);
        log.info({ path, servers: Object.keys(named) }, 'the file of MCP servers has changed');
      } catch (thrown) {
        const { code, message } = faultFrom(thrown);
        last = '';
        servers.refuse({ source: path, reason: message });
        log.error({ path, code, reason: message }, 'the file of MCP servers cannot be used; the servers of before stay');
      }
    },
  });
}
