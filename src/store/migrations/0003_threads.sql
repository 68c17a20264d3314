-- Managed threads as lists and reads see them. Upper part: from the spawn, never changed. Lower part: the projection after last_seq.
create table threads (
  tenant           text        not null,
  id               text        not null,
  address          text        not null,
  spec_ref         text        not null,
  execution_id     text        not null,
  name             text        not null,
  agent_type       text        not null,
  role             text,
  objective        text        not null,
  requested_workspace jsonb,
  context_files    jsonb       not null,
  approval_preset  text        not null,
  policy           jsonb       not null,
  metadata         jsonb       not null,
  env_names        text[]      not null,
  created_at       timestamptz not null,
  status           text        not null,
  status_reason    text,
  workspace        jsonb,
  memory_context   jsonb,
  host_id          text,
  session_id       text,
  conversation_id  text,
  ask              jsonb,
  queued           integer     not null,
  turns            integer     not null,
  summary          text,
  completion       jsonb,
  updated_at       timestamptz not null,
  last_activity_at timestamptz,
  last_seq         bigint      not null default 0,
  constraint threads_pk primary key (tenant, id),
  constraint threads_one_address unique (address)
);
create index threads_by_age on threads (tenant, created_at desc, id desc);
create index threads_by_status on threads (tenant, status, created_at desc, id desc);
create index threads_by_execution on threads (tenant, execution_id, created_at desc, id desc);
create index threads_by_host on threads (host_id) where session_id is not null;
create index threads_by_role on threads (tenant, role, created_at desc, id desc);

-- Findings of an execution that its threads share. Ids of automatic rows derive from the event they were drawn from.
create table shared_decisions (
  id           text        not null,
  tenant       text        not null,
  execution_id text        not null,
  thread_id    text,
  category     text        not null,
  summary      text        not null,
  details      jsonb,
  created_at   timestamptz not null,
  position     bigserial   not null,
  constraint shared_decisions_pk primary key (tenant, id)
);
create index shared_decisions_by_execution on shared_decisions (tenant, execution_id, created_at desc, position desc);
create index shared_decisions_by_category on shared_decisions (tenant, execution_id, category, created_at desc, position desc);
create index shared_decisions_by_thread on shared_decisions (tenant, thread_id, created_at desc, position desc);
create index shared_decisions_latest on shared_decisions (tenant, thread_id, category, position desc);

-- What threads did before, and how it went.
create table experiences (
  id           text        not null,
  tenant       text        not null,
  execution_id text        not null,
  thread_id    text,
  role         text,
  repo         text,
  objective    text        not null,
  summary      text        not null,
  outcome      text        not null,
  details      jsonb,
  created_at   timestamptz not null,
  position     bigserial   not null,
  constraint experiences_pk primary key (tenant, id)
);
create index experiences_by_age on experiences (tenant, created_at desc, position desc);
create index experiences_by_thread on experiences (tenant, thread_id, position desc);
create index experiences_by_execution on experiences (tenant, execution_id, created_at desc, position desc);
create index experiences_by_repo on experiences (tenant, repo, role, created_at desc, position desc);

-- Working directories that were made for threads, on which host, and which threads work there.
create table workspaces (
  tenant       text        not null,
  workspace_id text        not null,
  thread       text        not null,
  host_id      text        not null,
  path         text        not null,
  repo         text,
  branch       text,
  worktree_id  text,
  created_at   timestamptz not null default now(),
  constraint workspaces_pk primary key (tenant, workspace_id)
);
create index workspaces_by_thread on workspaces (tenant, thread);

create table workspace_members (
  tenant       text not null,
  workspace_id text not null,
  thread       text not null,
  constraint workspace_members_pk primary key (tenant, workspace_id, thread),
  constraint workspace_members_of foreign key (tenant, workspace_id) references workspaces on delete cascade
);
