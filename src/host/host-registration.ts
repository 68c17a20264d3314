/** Keeps the host's row in the registry alive, so that threads are placed here and found again. */
import { faultFrom } from '../errors/fault';
import type { HostRecord, Hosts } from '../../activities/ports';

export interface RegistrationDependencies {
  readonly hosts: Pick<Hosts, 'renew' | 'retire'>;
  readonly hostId: string;
  readonly relayUrl: string;
  readonly relayToken: string;
  readonly capacity: number;
  sessions(): number;
  /** Types whose CLI is installed here. Asked again every minute. */
  agentTypes(): Promise<readonly string[]>;
  log(message: string, facts?: object): void;
  readonly everyMs?: number;
}

const AGENT_TYPES_MS = 60_000;

export class HostRegistration {
  private timer: NodeJS.Timeout | null = null;
  private renewing: Promise<void> | null = null;
  private types: { readonly at: number; readonly names: readonly string[] } | null = null;
  private failing = false;

  constructor(private readonly deps: RegistrationDependencies) {}

  /** Registered when this resolves; a registry that cannot be written to rejects it. */
  async start(): Promise<void> {
    await this.deps.hosts.renew(await this.record());
    this.timer = setInterval(() => void this.renew(), this.deps.everyMs ?? 2_000);
  }

  /** A clean stop: the row goes at once, so nothing is placed here any more. */
  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    await this.renewing;
    await this.deps.hosts
      .retire(this.deps.hostId)
      .catch((error: unknown) => this.deps.log('the host could not be retired', { reason: faultFrom(error).message }));
  }

  private renew(): Promise<void> {
    this.renewing ??= this.record()
      .then((record) => this.deps.hosts.renew(record))
      .then(
        () => void (this.failing = false),
        (error: unknown) => {
          if (!this.failing) this.deps.log('the host could not be renewed', { reason: faultFrom(error).message });
          this.failing = true;
        },
      )
      .finally(() => (this.renewing = null));
    return this.renewing;
  }

  private async record(): Promise<Omit<HostRecord, 'lastSeenAt'>> {
    const { hostId, relayUrl, relayToken, capacity } = this.deps;
    if (!this.types || Date.now() - this.types.at > AGENT_TYPES_MS) this.types = { at: Date.now(), names: await this.deps.agentTypes() };
    return { hostId, relayUrl, relayToken, capacity, sessions: this.deps.sessions(), agentTypes: this.types.names };
  }
}
