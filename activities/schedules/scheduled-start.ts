/** What a run of a schedule does: starts its target once, and leaves a row that says how it went. */
import type { Cause } from '../../src/contracts/actor';
import type { ScheduleActivities } from '../../src/contracts/schedule';
import { startKey } from '../../src/domain/schedule/run';
import { Fault, faultFrom } from '../../src/errors/fault';
import type { ScheduleRuns, Targets } from '../ports';

export interface ScheduleDependencies {
  readonly targets: Targets;
  readonly schedules: ScheduleRuns;
}

const causeOf = (scheduleId: string): Cause => ({ subject: `schedule:${scheduleId}`, via: 'schedule' });

export const scheduleActivities = ({ targets, schedules }: ScheduleDependencies): ScheduleActivities => ({
  /**
   * What cannot be reached (`unavailable`) and what is broken here (`internal`) is thrown: Temporal tries the one again and gives up on the other. Everything else is the
   * target's own refusal, and the schedule's policy decides.
   */
  async startScheduledTarget({ revision, ...run }) {
    try {
      const target = await schedules.begin(run, revision);
      if (!target) throw new Fault('not_found', 'schedule.not_found', 'The schedule was deleted before this run could start.', { id: run.scheduleId });
      const started = await targets.start({ tenant: run.tenant, target, key: startKey(run), by: causeOf(run.scheduleId) });
      return { state: 'started', target: started };
    } catch (thrown) {
      const fault = faultFrom(thrown);
      if (fault.kind === 'unavailable' || fault.kind === 'internal') throw fault;
      return { state: 'refused', error: { code: fault.code, message: fault.message }, mayRetry: fault.kind === 'exhausted' || fault.kind === 'deadline' };
    }
  },
  async recordScheduledRun({ end, ...run }) {
    try {
      await schedules.end(run, end);
    } catch (thrown) {
      throw faultFrom(thrown);
    }
  },
});
