/** The gateway of schedules over the store, and the activities of their runs. */
import type { Client } from '@temporalio/client';
import { scheduleActivities } from '../../activities/schedules/scheduled-start';
import type { ScheduleActivities } from '../contracts/schedule';
import { Schedules } from '../gateway/schedules';
import type { Targets } from '../gateway/targets';
import type { Store } from '../store/store';

export const scheduleGateway = (client: Client, { schedules, idempotency }: Store, started: Targets): Schedules =>
  new Schedules(
    client,
    {
      insert: (head, definition) => schedules.insert(head, definition),
      addRevision: (tenant, id, definition) => schedules.addRevision(tenant, id, definition),
      settle: (tenant, id, revision, definition) => schedules.settle(tenant, id, revision, definition),
      count: (tenant) => schedules.count(tenant),
      get: (tenant, id) => schedules.get(tenant, id),
      list: (tenant, filter) => schedules.list(tenant, filter),
      definitions: (tenant, wanted) => schedules.definitions(tenant, wanted),
      remove: (tenant, id) => schedules.remove(tenant, id),
      pending: (run) => schedules.pending(run),
      end: (run, end) => schedules.end(run, end),
      run: (tenant, id, runId) => schedules.run(tenant, id, runId),
      runs: (tenant, id, page) => schedules.runs(tenant, id, page),
      claimKey: (request) => idempotency.claim(request),
    },
    (tenant, target) => started.check(tenant, target),
  );

/** For the worker, which starts what is due without any API process. */
export const scheduledStarts = (store: Store, started: Targets): ScheduleActivities => scheduleActivities({ targets: started, schedules: store.schedules });
