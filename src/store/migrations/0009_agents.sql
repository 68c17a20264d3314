-- Agents that perform tasks of patterns. tenant is * for those that the configuration gives to all tenants.
-- task_queue is the process that holds the agent's socket, connection_id the socket; a newer connection takes the row, and the older process sees that it lost it.
-- connected is what was said last; an agent is there only while alive_until is to come, which the process that holds it moves on every second or two.
create table agents (
  tenant          text        not null,
  id              text        not null,
  name            text        not null,
  kind            text        not null check (kind in ('socket', 'http', 'in-process', 'llm')),
  capabilities    text[]      not null,
  region          text,
  metadata        jsonb       not null,
  mode            text        not null default 'active' check (mode in ('active', 'inactive', 'error')),
  load            text        not null default 'available' check (load in ('available', 'busy', 'draining')),
  max_tasks       integer     check (max_tasks > 0),
  url             text,
  key_id          text,
  secret          bytea,
  task_queue      text        not null,
  connection_id   text,
  silent_after_ms integer     not null,
  connected       boolean     not null,
  alive_until     timestamptz not null,
  registered_by   text        not null,
  registered_at   timestamptz not null default clock_timestamp(),
  connected_at    timestamptz,
  disconnected_at timestamptz,
  last_heartbeat  timestamptz,
  selected_at     timestamptz,
  constraint agents_pk primary key (tenant, id),
  constraint agents_http_has_url check ((kind = 'http') = (url is not null))
);
create index agents_by_age on agents (tenant, registered_at desc, id desc);
create index agents_by_capability on agents using gin (capabilities);

-- What agents did, for each tenant that they did it for. Latencies are of the tasks that succeeded.
create table agent_counts (
  tenant       text   not null,
  agent_tenant text   not null,
  agent_id     text   not null,
  succeeded    bigint not null default 0,
  failed       bigint not null default 0,
  latency_ms   bigint not null default 0,
  constraint agent_counts_pk primary key (tenant, agent_tenant, agent_id)
);
create index agent_counts_by_agent on agent_counts (agent_tenant, agent_id);

-- One row for each attempt at a task: claimed before the agent hears of it, asked once it may have heard, settled once by whoever learns the outcome first.
-- task and outcome are json, not jsonb: what agents and their callers say may hold U+0000. task is there until it is settled.
-- told: the waiting activity has heard the outcome; who settled may have died before, and then another process tells it.
create table agent_tasks (
  tenant       text        not null,
  task_id      text        not null,
  agent_tenant text        not null,
  agent_id     text        not null,
  execution_id text        not null,
  workflow_id  text        not null,
  run_id       text        not null,
  activity_id  text        not null,
  task         json,
  state        text        not null default 'claimed' check (state in ('claimed', 'asked', 'completed', 'failed', 'cancelled')),
  outcome      json,
  told         boolean     not null default false,
  claimed_at   timestamptz not null default clock_timestamp(),
  asked_at     timestamptz,
  deadline_at  timestamptz not null,
  settled_at   timestamptz,
  constraint agent_tasks_pk primary key (tenant, task_id)
);
create index agent_tasks_open on agent_tasks (agent_tenant, agent_id) where settled_at is null;
create index agent_tasks_overdue on agent_tasks (deadline_at) where settled_at is null;
create index agent_tasks_untold on agent_tasks (settled_at) where settled_at is not null and not told;
create index agent_tasks_by_age on agent_tasks (settled_at) where told;
