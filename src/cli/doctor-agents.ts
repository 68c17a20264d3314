/** Which coding-agent CLIs this machine has. None has to be there, so one that is missing is a note. */
import type { Config } from '../config/config';
import { agentsOfHost } from '../main/agents';
import type { Check } from './doctor';

export async function agentChecks(config: Config): Promise<readonly Check[]> {
  try {
    const found = await agentsOfHost(config).missing();
    return [...found].map(([type, why]): Check => ({ name: `agent ${type}`, outcome: why === null ? 'ok' : 'note', detail: why ?? 'installed' }));
  } catch (problem) {
    return [{ name: 'agents', outcome: 'bad', detail: problem instanceof Error ? problem.message : String(problem) }];
  }
}
