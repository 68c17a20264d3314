/** What the surface of threads is given, over the ports of conversations. */
import type { Config } from '../config/config';
import { sealingKeysOf } from '../config/kept';
import type { ConversationPorts } from '../gateway/conversation-following';
import { Cursors } from '../surfaces/http/cursor';
import type { ThreadPorts } from '../surfaces/threads/ports';

export function threadPorts(config: Config, ports: ConversationPorts): ThreadPorts {
  const { current, keys } = sealingKeysOf(config);
  return { ...ports, cursors: new Cursors(keys[current] as Uint8Array), runWaitMs: config.syncWaitMs };
}
