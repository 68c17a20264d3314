/** The secret that signs calls to an agent, sealed in its row. */
import type { AgentRef } from '../contracts/agent/outcome';
import { open, seal, type SealingKeys } from './sealing';

export interface SealedSecret {
  key_id: string | null;
  secret: Buffer | null;
}

const owner = ({ tenant, id }: AgentRef): string => `agent/${tenant}/${id}`;

export const sealSecret = (keys: SealingKeys, agent: AgentRef, secret: string | null): ReturnType<typeof seal> | null =>
  secret === null ? null : seal(keys, owner(agent), secret);

export const secretOf = (keys: SealingKeys, agent: AgentRef, { secret, key_id: keyId }: SealedSecret): string | null =>
  secret && keyId ? open(keys, owner(agent), { keyId, bytes: secret }) : null;
