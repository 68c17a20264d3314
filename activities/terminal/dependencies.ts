/** What the activities of terminals need from the composition root of a host. */
import type { ActorRef, Envelope } from '../../src/contracts/actor';
import type { Ptyd } from '../../src/ptyd/protocol';
import type { AdapterRegistry } from '../agents/registry';
import type { Blobs, Effects, Frames, Hosts, ThreadSpecs } from '../ports';

export interface TerminalDependencies {
  readonly hostId: string;
  readonly ptyd: Ptyd;
  readonly effects: Effects;
  readonly frames: Frames;
  readonly hosts: Pick<Hosts, 'started'>;
  readonly specs: ThreadSpecs;
  readonly blobs: Pick<Blobs, 'get'>;
  readonly adapters: AdapterRegistry;
  /** Absolute. Private folders of sessions, and the working directories of threads without a workspace. */
  readonly sessionsDir: string;
  /** Variables for every agent of this host (keys of model providers, for example); a thread's own go over them. */
  readonly agentEnv: Readonly<Record<string, string>>;
  /** The host process's environment; only a fixed list of names is taken from it (src/domain/managed-thread/agent-env.ts). */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  /** The compiled record command, as argv without the file that it writes to. */
  readonly recordProgram: readonly string[];
  /** Signals a thread. A repeated `requestId` is dropped there. */
  signal(address: string, command: 'observe', envelope: Envelope): Promise<void>;
  /** Takes the secrets of a thread out of texts. */
  redactionFor(actor: ActorRef): Promise<(text: string) => string>;
}
