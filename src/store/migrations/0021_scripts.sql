-- Scripts by name. What lists filter stands in columns; the draft and the versions have tables of their own. The row is locked by whoever publishes, so versions have no gaps and no twins.
create table scripts (
  tenant           text        not null,
  name             text        collate "C" not null,
  description      text        not null,
  tags             text[]      not null,
  -- {key: [value]}
  labels           jsonb       not null,
  -- 0: none. The one before is what a rollback without a number goes back to.
  active_version   integer     not null default 0,
  previous_version integer     not null default 0,
  latest_version   integer     not null default 0,
  created_by       text        not null,
  created_at       timestamptz not null default clock_timestamp(),
  updated_at       timestamptz not null default clock_timestamp(),
  constraint scripts_pk primary key (tenant, name)
);
create index scripts_by_tags on scripts using gin (tags);

create table script_drafts (
  tenant      text        not null,
  name        text        collate "C" not null,
  content     text        not null check (octet_length(content) <= 1048576),
  format      text        not null check (format in ('scriptum', 'yaml', 'json')),
  status      text        not null check (status in ('DRAFT', 'COMPILED', 'FAILED')),
  diagnostics json        not null,
  hash        text        not null,
  saved_by    text        not null,
  saved_at    timestamptz not null default clock_timestamp(),
  constraint script_drafts_pk primary key (tenant, name),
  constraint script_drafts_of foreign key (tenant, name) references scripts (tenant, name) on delete cascade
);

-- Never changed once they are there. json and not jsonb where the order of fields is that of the script.
create table script_versions (
  tenant       text        not null,
  name         text        collate "C" not null,
  version      integer     not null check (version > 0),
  content      text        not null,
  format       text        not null,
  ir           json        not null,
  contract     json        not null,
  tools        json        not null,
  hash         text        not null,
  notes        text        not null,
  published_by text        not null,
  published_at timestamptz not null default clock_timestamp(),
  constraint script_versions_pk primary key (tenant, name, version),
  constraint script_versions_of foreign key (tenant, name) references scripts (tenant, name) on delete cascade
);

-- Which request published (or found published) which version, for requests that come again.
create table script_publications (
  tenant         text        not null,
  publication_id text        not null,
  name           text        collate "C" not null,
  version        integer     not null,
  constraint script_publications_pk primary key (tenant, publication_id),
  constraint script_publications_of foreign key (tenant, name, version) references script_versions (tenant, name, version) on delete cascade
);

-- The environment of a tenant (script is empty), and what scripts lay over it. Values are sealed, each bound to its row.
create table script_environment (
  tenant      text        not null,
  script      text        collate "C" not null default '',
  key         text        collate "C" not null,
  key_id      text        not null,
  sealed      bytea       not null check (octet_length(sealed) <= 65536),
  secret      boolean     not null,
  description text        not null,
  updated_by  text        not null,
  updated_at  timestamptz not null default clock_timestamp(),
  constraint script_environment_pk primary key (tenant, script, key)
);

-- Of the values that are sealed for an actor, the names of those that are no secrets; null: nobody said, and what looks like a secret counts as one.
alter table secrets add column public_names text[];

-- Threads of scripts as lists and reads see them. start: without the script itself, which stands in the history of the workflow. The projection is written by every commit.
create table script_threads (
  tenant      text        not null,
  id          text        not null,
  address     text        not null,
  script_name text        not null,
  version     integer     not null,
  status      text        not null check (status in ('PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED')),
  parent_id   text,
  metadata    jsonb       not null,
  start       json        not null,
  state       json        not null,
  tokens_in   bigint      not null default 0,
  tokens_out  bigint      not null default 0,
  -- What the workflow is to be started with, script and all, until it has told something. Whoever finds it old starts it (again).
  admitted    json,
  admitted_at timestamptz,
  created_at  timestamptz not null,
  ended_at    timestamptz,
  updated_at  timestamptz not null,
  last_seq    bigint      not null default 0,
  constraint script_threads_pk primary key (tenant, id),
  constraint script_threads_one_address unique (address)
);
create index script_threads_by_age on script_threads (tenant, created_at desc, id desc);
create index script_threads_by_status on script_threads (tenant, status, created_at desc, id desc);
create index script_threads_by_script on script_threads (tenant, script_name, created_at desc, id desc);
create index script_threads_by_metadata on script_threads using gin (metadata jsonb_path_ops);
-- What counts against the limits: threads that somebody started and that wait for nobody.
create index script_threads_active on script_threads (tenant) where parent_id is null and status in ('PENDING', 'RUNNING');
create index script_threads_open on script_threads (tenant, script_name) where status in ('PENDING', 'RUNNING', 'PAUSED');
create index script_threads_admitted on script_threads (admitted_at) where admitted is not null;
create index script_threads_ended on script_threads (ended_at) where ended_at is not null;

-- One row for each step that a thread performed, each of an iteration too. first_seq: of the event that began it, the order of lists; last_seq: of the last event about it.
create table script_steps (
  tenant       text        not null,
  thread_id    text        not null,
  path         text        collate "C" not null,
  name         text        not null,
  primitive    text        not null,
  tool         text,
  status       text        not null check (status in ('RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED')),
  attempt      integer     not null,
  started_at   timestamptz not null,
  ended_at     timestamptz,
  duration_ms  bigint,
  input        json,
  output       json,
  error        json,
  execution_id text,
  tokens_in    bigint      not null default 0,
  tokens_out   bigint      not null default 0,
  first_seq    bigint      not null,
  last_seq     bigint      not null,
  constraint script_steps_pk primary key (tenant, thread_id, path),
  constraint script_steps_of foreign key (tenant, thread_id) references script_threads (tenant, id) on delete cascade
);
create index script_steps_in_order on script_steps (tenant, thread_id, first_seq);
create index script_steps_open on script_steps (tenant, thread_id) where status in ('RUNNING', 'PAUSED');

create table script_yields (
  tenant      text        not null,
  thread_id   text        not null,
  index       integer     not null,
  path        text        not null,
  value       json        not null,
  yielded_at  timestamptz not null,
  constraint script_yields_pk primary key (tenant, thread_id, index),
  constraint script_yields_of foreign key (tenant, thread_id) references script_threads (tenant, id) on delete cascade
);

-- What tools left that is binary or large; ref: of its blob.
create table script_artifacts (
  tenant      text        not null,
  thread_id   text        not null,
  artifact_id text        not null,
  path        text        not null,
  name        text        not null,
  media_type  text        not null,
  bytes       bigint      not null,
  ref         text        not null,
  created_at  timestamptz not null,
  seq         bigint      not null,
  constraint script_artifacts_pk primary key (tenant, thread_id, artifact_id),
  constraint script_artifacts_of foreign key (tenant, thread_id) references script_threads (tenant, id) on delete cascade
);
create index script_artifacts_in_order on script_artifacts (tenant, thread_id, seq);
