-- Packages of the marketplace. `newest` is the version that lists and reads show: the highest release, or where there is none the highest prerelease; kept by whoever
-- publishes or unpublishes a version, in the same transaction.
create table packages (
  tenant text not null,
  name   text not null,
  newest text not null,
  constraint packages_pk primary key (tenant, name)
);

-- precedence is the version as a full semantic version: 1 and 1.0.0 are one version. kind as json, because jsonb would sort members.
create table package_versions (
  tenant           text        not null,
  name             text        not null,
  precedence       text        not null,
  version          text        not null,
  description      text        not null,
  author           text        not null,
  tags             text[]      not null,
  kind_type        text        not null check (kind_type in ('manifest', 'mcp_server')),
  kind             json        not null,
  content_hash     text        not null check (content_hash ~ '^[0-9a-f]{64}$'),
  signature        text        not null,
  publisher_pubkey text        not null,
  signed           boolean     not null,
  published_by     text        not null,
  published_at     timestamptz not null default clock_timestamp(),
  constraint package_versions_pk primary key (tenant, name, precedence),
  constraint package_versions_of foreign key (tenant, name) references packages (tenant, name) on delete cascade
);

-- What a tenant's registry of tools has from packages: a copy, so that unpublishing changes nothing that is installed. No reference to packages for the same reason.
create table package_installs (
  tenant       text        not null,
  name         text        not null,
  version      text        not null,
  kind         json        not null,
  content_hash text        not null,
  signed       boolean     not null,
  provides     text        not null,
  installed_by text        not null,
  installed_at timestamptz not null default clock_timestamp(),
  constraint package_installs_pk primary key (tenant, name),
  constraint package_installs_provide_once unique (tenant, provides)
);
