-- Runs as lists and reads see them: `start` is what the present attempt was started with, `state` the whole of what the run remembers beside its ledger, from which it is resumed.
-- What lists filter, usage sums and search looks through stands in columns.
create table runs (
  tenant         text        not null,
  id             text        not null,
  address        text        not null,
  trajectory_id  text        not null,
  parent_id      text,
  branched_from  jsonb,
  status         text        not null check (status in ('created', 'running', 'waiting_approval', 'completed', 'failed', 'cancelled')),
  task           text        not null,
  -- The final answer, once there is one.
  answer         text,
  key_id         text,
  created_by     text        not null,
  tokens_in      bigint      not null default 0,
  tokens_out     bigint      not null default 0,
  tool_calls     bigint      not null default 0,
  usd_millicents bigint      not null default 0,
  start          jsonb       not null,
  state          jsonb       not null,
  -- An attempt that was admitted and whose workflow has told nothing yet: {start, carried}. Whoever finds it old starts it again.
  admitted       jsonb,
  admitted_at    timestamptz,
  created_at     timestamptz not null,
  ended_at       timestamptz,
  updated_at     timestamptz not null,
  last_seq       bigint      not null default 0,
  constraint runs_pk primary key (tenant, id),
  constraint runs_one_address unique (address),
  constraint runs_one_trajectory unique (tenant, trajectory_id)
);
create index runs_by_age on runs (tenant, created_at desc, id desc);
create index runs_by_status on runs (tenant, status, created_at desc, id desc);
create index runs_by_parent on runs (tenant, parent_id, created_at) where parent_id is not null;
-- What counts against the limits: runs that somebody started, not those that they delegate to.
create index runs_active on runs (tenant) where parent_id is null and status = 'running';
create index runs_admitted on runs (admitted_at) where admitted is not null;
