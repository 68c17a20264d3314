-- Skills of runs, every version that there was: a ledger names the one that a run was bound to by its id, the hash of what it says. json, because the order of members is part
-- of what answers show. Writers of one tenant take turns by an advisory lock, so that versions have no gaps and no twins.
create table run_skills (
  tenant     text        not null,
  name       text        not null,
  version    bigint      not null check (version between 0 and 4294967295),
  id         text        not null check (id ~ '^[0-9a-f]{64}$'),
  skill      json        not null check (octet_length(skill::text) <= 1048576),
  created_by text        not null,
  created_at timestamptz not null default clock_timestamp(),
  constraint run_skills_pk primary key (tenant, name, version),
  constraint run_skills_id unique (tenant, id)
);
