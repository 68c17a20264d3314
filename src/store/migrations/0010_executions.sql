-- Executions of patterns as lists and reads see them. `start` is what they were started with (without the plan, which is a blob), `state` the projection after last_seq;
-- what lists filter and statistics count by stands in columns.
create table executions (
  tenant          text        not null,
  id              text        not null,
  address         text        not null,
  pattern_name    text        not null,
  pattern_version text        not null,
  status          text        not null check (status in ('pending', 'running', 'completed', 'failed', 'cancelled')),
  batch_id        text,
  batch_index     integer,
  parent_id       text,
  start           jsonb       not null,
  state           jsonb       not null,
  confidence      double precision,
  duration_ms     bigint,
  created_at      timestamptz not null,
  started_at      timestamptz,
  completed_at    timestamptz,
  last_seq        bigint      not null default 0,
  constraint executions_pk primary key (tenant, id),
  constraint executions_one_address unique (address)
);
create index executions_by_age on executions (tenant, created_at desc, id desc);
create index executions_by_pattern on executions (tenant, pattern_name, created_at desc, id desc);
create index executions_by_status on executions (tenant, status, created_at desc, id desc);
create index executions_by_batch on executions (tenant, batch_id, batch_index) where batch_id is not null;
create index executions_by_parent on executions (tenant, parent_id, created_at) where parent_id is not null;

-- Which agent was asked what, and what it answered: one row for each task, drawn from the events.
create table execution_agents (
  tenant       text        not null,
  execution_id text        not null,
  task_id      text        not null,
  seq          bigint      not null,
  agent_id     text        not null,
  agent_name   text        not null,
  step         text        not null,
  attempt      integer     not null,
  status       text        not null check (status in ('running', 'completed', 'failed', 'cancelled')),
  result       jsonb,
  confidence   double precision,
  reasoning    text,
  error        jsonb,
  duration_ms  bigint,
  started_at   timestamptz not null,
  completed_at timestamptz,
  constraint execution_agents_pk primary key (tenant, execution_id, task_id)
);
create index execution_agents_in_order on execution_agents (tenant, execution_id, seq);

-- Batches: many executions of one pattern, each with an input of its own.
create table batches (
  tenant          text        not null,
  id              text        not null,
  address         text        not null,
  pattern_name    text        not null,
  pattern_version text        not null,
  status          text        not null check (status in ('pending', 'running', 'completed', 'failed', 'cancelled')),
  start           jsonb       not null,
  state           jsonb       not null,
  created_at      timestamptz not null,
  completed_at    timestamptz,
  last_seq        bigint      not null default 0,
  constraint batches_pk primary key (tenant, id),
  constraint batches_one_address unique (address)
);
create index batches_by_age on batches (tenant, created_at desc, id desc);

create table batch_inputs (
  tenant   text    not null,
  batch_id text    not null,
  index    integer not null,
  -- Text, not jsonb: it is handed on as it came.
  input    text    not null check (octet_length(input) <= 1048576),
  constraint batch_inputs_pk primary key (tenant, batch_id, index)
);

-- Results that were good enough, for patterns that fall back on an earlier one: the newest of each input.
create table execution_results (
  tenant       text        not null,
  pattern_name text        not null,
  step         text        not null,
  -- SHA-256 of the input as canonical JSON, or of the name of its blob.
  input_digest text        not null,
  result       jsonb       not null,
  confidence   double precision,
  at           timestamptz not null,
  constraint execution_results_pk primary key (tenant, pattern_name, step, input_digest)
);
create index execution_results_by_age on execution_results (tenant, pattern_name, step, at desc);
