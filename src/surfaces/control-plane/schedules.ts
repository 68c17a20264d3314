/** Schedules: what is started when, over Temporal's own schedules (digest of seed 001: the schedules of its enterprise edition, kept as one). */
import type { ScheduleDefinition } from '../../contracts/schedule';
import type { Principal } from '../../contracts/principal';
import type { RunRecord } from '../../contracts/schedule';
import type { ScheduleFilter, ScheduleRow } from '../../gateway/schedules';
import { pageOf, pageQuery } from '../http/paging';
import { replayedHeader } from '../http/keyed';
import { route } from '../http/route';
import { EmptyBody } from './fields';
import { definitionOf, PauseBody, ScheduleBody, ScheduleParams, ScheduleQuery } from './schedule-bodies';
import { runView, Schedule, ScheduleList, ScheduleRun, ScheduleRunList, scheduleView } from './schedule-views';
import { assertMayStart } from './targets';

interface PageOfRuns {
  readonly runs: readonly RunRecord[];
  readonly total: number;
}

/** Everything throws `schedule.not_found` for an id that the tenant does not have. */
export interface SchedulePorts {
  create(
    principal: Principal,
    definition: ScheduleDefinition,
    options: { readonly idempotencyKey: string | null },
  ): Promise<{ readonly schedule: ScheduleRow; readonly replayed: boolean }>;
  get(tenant: string, id: string): Promise<ScheduleRow>;
  list(tenant: string, filter: ScheduleFilter): Promise<{ readonly schedules: readonly ScheduleRow[]; readonly total: number }>;
  replace(principal: Principal, id: string, definition: ScheduleDefinition): Promise<ScheduleRow>;
  remove(principal: Principal, id: string): Promise<void>;
  /** Twice is a no-op. */
  pause(principal: Principal, id: string, reason: string | null): Promise<ScheduleRow>;
  resume(principal: Principal, id: string): Promise<ScheduleRow>;
  trigger(principal: Principal, id: string, options: { readonly idempotencyKey: string | null }): Promise<RunRecord>;
  runs(tenant: string, id: string, page: { readonly limit: number; readonly offset: number }): Promise<PageOfRuns>;
}

interface Port {
  readonly schedules: SchedulePorts;
}

const resource = 'schedule';
const EXAMPLE = {
  name: 'Nightly review',
  cron: '0 2 * * MON-FRI',
  timezone: 'Europe/Berlin',
  target: {
    kind: 'managed-thread',
    input: { executionId: 'nightly', name: 'review', agentType: 'codex', objective: 'Review what was merged today.' },
  },
};

export const listSchedules = route({
  method: 'get',
  path: '/api/schedules',
  summary: 'List schedules, newest first',
  operationId: 'listSchedules',
  scope: 'schedules:read',
  query: ScheduleQuery,
  reply: { status: 200, description: 'A page of schedules, each as Temporal has it now.', body: ScheduleList },
  handle: async ({ query: { status, patternName, ...page }, principal }, { schedules }: Port) => {
    const found = await schedules.list(principal.tenant, { status: status ?? null, patternName: patternName ?? null, ...page });
    const shown = found.schedules.map(scheduleView);
    return { body: { schedules: shown, count: shown.length, ...pageOf(page, shown.length, found.total) } };
  },
});

export const createSchedule = route({
  method: 'post',
  path: '/api/schedules',
  summary: 'Make a schedule',
  operationId: 'createSchedule',
  resource,
  scope: 'schedules:write',
  idempotent: true,
  body: ScheduleBody,
  examples: { bodies: { nightly: EXAMPLE } },
  reply: { status: 201, description: 'The schedule. The credential must hold the scope of its target too.', body: Schedule },
  handle: async ({ body, principal, idempotencyKey }, { schedules }: Port) => {
    const definition = definitionOf(body);
    assertMayStart(principal, definition.target);
    const { schedule, replayed } = await schedules.create(principal, definition, { idempotencyKey });
    const headers = { Location: `/api/schedules/${encodeURIComponent(schedule.id)}`, ...replayedHeader(replayed) };
    return { body: scheduleView(schedule), headers };
  },
});

export const getSchedule = route({
  method: 'get',
  path: '/api/schedules/:id',
  summary: 'Read a schedule',
  operationId: 'getSchedule',
  scope: 'schedules:read',
  params: ScheduleParams,
  reply: { status: 200, description: 'The schedule as Temporal has it now.', body: Schedule },
  handle: async ({ params, principal }, { schedules }: Port) => ({ body: scheduleView(await schedules.get(principal.tenant, params.id)) }),
});

export const replaceSchedule = route({
  method: 'put',
  path: '/api/schedules/:id',
  summary: 'Replace a schedule as a whole',
  operationId: 'replaceSchedule',
  resource,
  scope: 'schedules:write',
  params: ScheduleParams,
  body: ScheduleBody,
  examples: { bodies: { later: { ...EXAMPLE, cron: '0 3 * * MON-FRI' } } },
  reply: { status: 200, description: 'The schedule. What was paused stays paused; what the body leaves away has its default again.', body: Schedule },
  handle: async ({ params, body, principal }, { schedules }: Port) => {
    const definition = definitionOf(body);
    assertMayStart(principal, definition.target);
    return { body: scheduleView(await schedules.replace(principal, params.id, definition)) };
  },
});

export const deleteSchedule = route({
  method: 'delete',
  path: '/api/schedules/:id',
  summary: 'Delete a schedule and the record of its runs',
  operationId: 'deleteSchedule',
  resource,
  scope: 'schedules:write',
  params: ScheduleParams,
  reply: { status: 204, description: 'It is gone. What it started lives on.' },
  handle: async ({ params, principal }, { schedules }: Port) => {
    await schedules.remove(principal, params.id);
    return {};
  },
});

export const pauseSchedule = route({
  method: 'post',
  path: '/api/schedules/:id/pause',
  summary: 'Pause a schedule',
  operationId: 'pauseSchedule',
  resource,
  scope: 'schedules:write',
  params: ScheduleParams,
  body: PauseBody,
  reply: { status: 200, description: 'The paused schedule. Pausing it again changes nothing.', body: Schedule },
  handle: async ({ params, body, principal }, { schedules }: Port) => ({
    body: scheduleView(await schedules.pause(principal, params.id, body.reason ?? null)),
  }),
});

export const resumeSchedule = route({
  method: 'post',
  path: '/api/schedules/:id/resume',
  summary: 'Resume a paused schedule',
  operationId: 'resumeSchedule',
  resource,
  scope: 'schedules:write',
  params: ScheduleParams,
  body: EmptyBody,
  reply: { status: 200, description: 'The active schedule. Times that passed meanwhile are not made up for.', body: Schedule },
  handle: async ({ params, principal }, { schedules }: Port) => ({ body: scheduleView(await schedules.resume(principal, params.id)) }),
});

export const triggerSchedule = route({
  method: 'post',
  path: '/api/schedules/:id/trigger',
  summary: 'Run a schedule now',
  operationId: 'triggerSchedule',
  resource,
  scope: 'schedules:write',
  idempotent: true,
  params: ScheduleParams,
  body: EmptyBody,
  reply: { status: 202, description: 'The run, which has been begun; `GET …/runs` says what became of it.', body: ScheduleRun },
  handle: async ({ params, principal, idempotencyKey }, { schedules }: Port) => {
    const { target } = scheduleView(await schedules.get(principal.tenant, params.id));
    assertMayStart(principal, target);
    return { body: runView(params.id, await schedules.trigger(principal, params.id, { idempotencyKey })) };
  },
});

export const listScheduleRuns = route({
  method: 'get',
  path: '/api/schedules/:id/runs',
  summary: 'List the runs of a schedule, newest first',
  operationId: 'listScheduleRuns',
  scope: 'schedules:read',
  params: ScheduleParams,
  query: pageQuery(),
  reply: { status: 200, description: 'A page of its runs, of which the newest 1,000 are kept.', body: ScheduleRunList },
  handle: async ({ params, query, principal }, { schedules }: Port) => {
    const { runs, total } = await schedules.runs(principal.tenant, params.id, query);
    return { body: { runs: runs.map((run) => runView(params.id, run)), count: runs.length, ...pageOf(query, runs.length, total) } };
  },
});
