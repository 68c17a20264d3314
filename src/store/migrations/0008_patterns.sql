-- The pattern catalogue. A row of patterns is a name and what its newest version says, so that lists need no look at versions; newest is by semantic version, which the writer
-- knows how to compare. The row is locked by whoever changes anything of the pattern.
create table patterns (
  tenant      text        not null,
  name        text        not null,
  newest      text        not null,
  kind        text        not null,
  description text        not null,
  created_at  timestamptz not null default clock_timestamp(),
  updated_at  timestamptz not null default clock_timestamp(),
  constraint patterns_pk primary key (tenant, name)
);

-- source is the YAML as it came; definition and plan are what was made of it, as json, because jsonb would sort members. Equal digests say the same.
create table pattern_versions (
  tenant      text        not null,
  name        text        not null,
  version     text        not null,
  kind        text        not null,
  description text        not null,
  source      text        not null check (octet_length(source) <= 1048576),
  definition  json        not null,
  plan        json        not null,
  digest      text        not null,
  created_by  text        not null,
  created_at  timestamptz not null default clock_timestamp(),
  updated_at  timestamptz not null default clock_timestamp(),
  constraint pattern_versions_pk primary key (tenant, name, version),
  constraint pattern_versions_of foreign key (tenant, name) references patterns (tenant, name) on delete cascade
);
