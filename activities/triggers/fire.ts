/** What a firing of a trigger does: starts its target once, and leaves a row that says how it went. */
import type { Cause } from '../../src/contracts/actor';
import type { FiringEnd, TriggerActivities } from '../../src/contracts/trigger';
import { faultFrom } from '../../src/errors/fault';
import type { Firings, Targets } from '../ports';

export interface TriggerDependencies {
  readonly targets: Targets;
  readonly firings: Firings;
}

const causeOf = (triggerId: string): Cause => ({ subject: `trigger:${triggerId}`, via: 'trigger' });

export const triggerActivities = ({ targets, firings }: TriggerDependencies): TriggerActivities => ({
  /**
   * What cannot be reached now, or is full now, is thrown and tried again by Temporal for an hour; everything else is the target's own refusal, and the end.
   */
  async startTriggeredTarget(firing) {
    try {
      const target = await firings.target(firing);
      if (!target) return null;
      const end = await start(targets, firing, target);
      await firings.end(firing, end);
      return end;
    } catch (thrown) {
      throw faultFrom(thrown);
    }
  },
  async recordFiring({ end, ...firing }) {
    try {
      await firings.end(firing, end);
    } catch (thrown) {
      throw faultFrom(thrown);
    }
  },
});

async function start(
  targets: Targets,
  { tenant, triggerId, firingId }: { readonly tenant: string; readonly triggerId: string; readonly firingId: string },
  target: Parameters<Targets['start']>[0]['target'],
): Promise<FiringEnd> {
  try {
    const started = await targets.start({ tenant, target, key: `trigger:${firingId}`, by: causeOf(triggerId) });
    return { target: started, error: null };
  } catch (thrown) {
    const fault = faultFrom(thrown);
    if (['unavailable', 'internal', 'exhausted', 'deadline'].includes(fault.kind)) throw fault;
    return { target: null, error: { code: fault.code, message: fault.message } };
  }
}
