-- Schedules: what people want to be started, and what became of it. When is Temporal's business: there is no status here, no next time, and nothing that fires.
-- revision is the newest definition that Temporal was given, as far as this row was told; Temporal names the one that counts.
-- made says that Temporal had the schedule once; a row without it is the rest of a request that was cut off.
create table schedules (
  tenant        text        not null,
  id            text        not null,
  revision      integer     not null default 1,
  pattern_name  text,
  created_by    text        not null,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  made          boolean     not null default false,
  run_count     bigint      not null default 0,
  constraint schedules_pk primary key (tenant, id)
);
create index schedules_by_age on schedules (tenant, created_at desc, id desc);

-- Definitions are never changed: a change is a new revision, and one call to Temporal makes it count. The target's input may hold secrets and is sealed, apart.
create table schedule_revisions (
  tenant      text    not null,
  schedule_id text    not null,
  revision    integer not null,
  definition  jsonb   not null,
  key_id      text    not null,
  input       bytea   not null check (octet_length(input) <= 4194304),
  constraint schedule_revisions_pk primary key (tenant, schedule_id, revision),
  constraint schedule_revisions_of foreign key (tenant, schedule_id) references schedules (tenant, id) on delete cascade
);

-- Temporal forgets closed runs after its retention; these stay, the newest thousand of each schedule.
create table schedule_runs (
  tenant       text        not null,
  schedule_id  text        not null,
  run_id       text        not null,
  status       text        not null check (status in ('pending', 'running', 'success', 'failure', 'skipped')),
  scheduled_at timestamptz not null,
  started_at   timestamptz,
  completed_at timestamptz,
  target_kind  text,
  target_id    text,
  error_code   text,
  error        text,
  constraint schedule_runs_pk primary key (tenant, schedule_id, run_id),
  constraint schedule_runs_of foreign key (tenant, schedule_id) references schedules (tenant, id) on delete cascade
);
create index schedule_runs_by_time on schedule_runs (tenant, schedule_id, scheduled_at desc, run_id desc);
