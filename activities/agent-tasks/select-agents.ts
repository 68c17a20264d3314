/** Who gets the next tasks. */
import type { AgentSelectionActivities, SelectAgents, SelectedAgent } from '../../src/contracts/agent/task';
import { faultFrom } from '../../src/errors/fault';

export interface AgentChoice {
  /** Fault `agents.none` (unavailable). */
  select(wanted: SelectAgents): Promise<readonly SelectedAgent[]>;
}

export const selectionActivities = (agents: AgentChoice): AgentSelectionActivities => ({
  async selectAgents(wanted) {
    try {
      return { agents: await agents.select(wanted) };
    } catch (thrown) {
      throw faultFrom(thrown);
    }
  },
});
