-- Where a reader of the whole journal stands: everything up to and with this place has been dealt with. Its row is locked while it reads on, so one reader works at a time, and what it
-- makes of the events is written in the same transaction: every event is dealt with once.
create table journal_cursors (
  name     text   not null,
  tx       xid8   not null,
  position bigint not null,
  constraint journal_cursors_pk primary key (name)
);
insert into journal_cursors (name, tx, position) values ('subscriptions', pg_snapshot_xmin(pg_current_snapshot()), 0);

-- Who wants to be told of events, and where. Secrets and headers are sealed. since_tx: nothing is told of what happened before the webhook was made.
create table webhooks (
  tenant        text        not null,
  id            text        not null,
  definition    jsonb       not null,
  enabled       boolean     not null,
  key_id        text        not null,
  sealed        bytea       not null check (octet_length(sealed) <= 65536),
  secret_hint   text        not null,
  -- Only this actor's events, and gone some time after its end; null: one of the tenant's own.
  for_actor     text,
  since_tx      xid8        not null default pg_current_xact_id(),
  created_by    text        not null,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  delivered     bigint      not null default 0,
  failed        bigint      not null default 0,
  latency_ms    bigint      not null default 0,
  constraint webhooks_pk primary key (tenant, id)
);
create index webhooks_by_age on webhooks (tenant, created_at desc, id desc) where for_actor is null;
create index webhooks_by_actor on webhooks (for_actor) where for_actor is not null;

-- One event for one webhook. The body is what every try sends. started says that its workflow has been started; ordinal is the order in which they were made.
create table webhook_deliveries (
  tenant       text        not null,
  id           text        not null,
  webhook_id   text        not null,
  event_id     text        not null,
  event_type   text        not null,
  actor        text,
  execution_id text,
  body         text        not null check (octet_length(body) <= 1048576),
  status       text        not null default 'pending' check (status in ('pending', 'delivered', 'failed', 'cancelled')),
  ordered      boolean     not null,
  started      boolean     not null default false,
  tries        jsonb       not null default '[]',
  tried        integer     not null default 0,
  created_at   timestamptz not null default clock_timestamp(),
  next_at      timestamptz,
  completed_at timestamptz,
  ordinal      bigserial   not null,
  constraint webhook_deliveries_pk primary key (tenant, id),
  constraint webhook_deliveries_once unique (tenant, webhook_id, event_id),
  constraint webhook_deliveries_of foreign key (tenant, webhook_id) references webhooks (tenant, id) on delete cascade
);
create index webhook_deliveries_by_age on webhook_deliveries (tenant, webhook_id, ordinal desc);
create index webhook_deliveries_to_start on webhook_deliveries (ordinal) where not started and status = 'pending';
create index webhook_deliveries_under_way on webhook_deliveries (tenant, webhook_id, actor, ordinal) where status = 'pending';

-- What is started when a request or an event comes in. The target's input and the secret are sealed. path: the unguessable end of the address of an inbound webhook.
create table triggers (
  tenant       text        not null,
  id           text        not null,
  type         text        not null check (type in ('webhook', 'event')),
  definition   jsonb       not null,
  active       boolean     not null default true,
  path         text,
  key_id       text        not null,
  sealed       bytea       not null check (octet_length(sealed) <= 4194304),
  secret_hint  text,
  since_tx     xid8        not null default pg_current_xact_id(),
  created_by   text        not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  fired        bigint      not null default 0,
  last_fired_at timestamptz,
  constraint triggers_pk primary key (tenant, id),
  constraint triggers_path unique (path)
);
create index triggers_by_age on triggers (tenant, created_at desc, id desc);

-- One start by a trigger. source is the event's id, or what makes a request unmistakable: the same source fires once. The input is what the trigger made of it, sealed; it goes with the end.
create table trigger_firings (
  tenant       text        not null,
  id           text        not null,
  trigger_id   text        not null,
  source       text        not null,
  status       text        not null default 'pending' check (status in ('pending', 'started', 'failed')),
  started      boolean     not null default false,
  kind         text        not null,
  key_id       text,
  input        bytea       check (octet_length(input) <= 4194304),
  target_kind  text,
  target_id    text,
  error_code   text,
  error        text,
  created_at   timestamptz not null default clock_timestamp(),
  completed_at timestamptz,
  ordinal      bigserial   not null,
  constraint trigger_firings_pk primary key (tenant, id),
  constraint trigger_firings_once unique (tenant, trigger_id, source),
  constraint trigger_firings_of foreign key (tenant, trigger_id) references triggers (tenant, id) on delete cascade
);
create index trigger_firings_by_age on trigger_firings (tenant, trigger_id, ordinal desc);
create index trigger_firings_to_start on trigger_firings (ordinal) where not started and status = 'pending';
