-- API keys. Only the SHA-256 of a key is kept: a key is 256 random bits, which nobody can guess from its hash. Rows are never deleted, so that a
-- database in which there ever was a key never counts as open again.
create table api_keys (
  id           text        not null,
  tenant       text        not null,
  name         text        not null,
  hash         text        not null check (hash ~ '^[0-9a-f]{64}$'),
  -- The first and last characters of the key, for people who look for theirs.
  hint         text        not null,
  scopes       text[]      not null,
  created_by   text        not null,
  created_at   timestamptz not null default clock_timestamp(),
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz,
  rotated_from text,
  position     bigserial   not null,
  constraint api_keys_pk primary key (id),
  constraint api_keys_one_hash unique (hash)
);
create index api_keys_by_tenant on api_keys (tenant, position desc);
