/** Which coding-agent CLIs this machine has: nothing has to be there, so what is missing is a note. */
import type { Config } from '../config/config';
import type { Check } from './doctor';

export async function agentChecks(_config: Config): Promise<readonly Check[]> {
  return [];
}
