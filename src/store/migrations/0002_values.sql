-- Content-addressed values: ref is the SHA-256 of the bytes, in hex. Bytes, not text: text cannot hold U+0000.
create table blobs (
  tenant     text        not null,
  ref        text        not null check (ref ~ '^[0-9a-f]{64}$'),
  value      bytea       not null check (octet_length(value) <= 1048576),
  created_at timestamptz not null default now(),
  constraint blobs_pk primary key (tenant, ref)
);

-- Values that are secret, sealed with AES-256-GCM by the caller's key; key_id says which key, so that keys can be changed.
create table secrets (
  actor      text        not null,
  key_id     text        not null,
  sealed     bytea       not null,
  created_at timestamptz not null default now(),
  constraint secrets_pk primary key (actor)
);
create index secrets_by_key on secrets (key_id);

-- Claims and receipts of what acts on the world. A claim without a receipt is an outcome that nobody knows.
create table effects (
  actor      text        not null,
  effect_id  text        not null,
  kind       text        not null,
  state      text        not null default 'claimed' check (state in ('claimed', 'done')),
  receipt    jsonb,
  claimed_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  constraint effects_pk primary key (actor, effect_id)
);

-- Hosts renew their row every few seconds. The relay's token is sealed like any other secret.
create table hosts (
  host_id      text        not null,
  relay_url    text        not null,
  key_id       text        not null,
  relay_token  bytea       not null,
  sessions     integer     not null,
  capacity     integer     not null,
  agent_types  text[]      not null,
  last_seen_at timestamptz not null,
  constraint hosts_pk primary key (host_id)
);
create index hosts_by_last_seen on hosts (last_seen_at);

-- Which request made what: a repeated key finds the first result.
create table idempotency (
  tenant     text        not null,
  route      text        not null,
  key        text        not null,
  body_hash  text        not null,
  result_id  text        not null,
  created_at timestamptz not null default now(),
  constraint idempotency_pk primary key (tenant, route, key)
);
create index idempotency_by_age on idempotency (created_at);
