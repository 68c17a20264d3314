-- What models meant to do in runs, by the ids under which the ledger speaks of it: what a run is told of its own past.
create table run_intents (
  tenant    text    not null,
  intent_id text    not null,
  run_id    text    not null,
  -- The intent of the protocol: a blob.
  ref       text    not null,
  -- The model's own id of the call, and the step in which it was made.
  call_id   text    not null,
  step      integer not null,
  constraint run_intents_pk primary key (tenant, intent_id)
);

-- What was said of late, for those who come in the middle of it; gone after a day. Nothing is lost for good with these rows, so they need no log.
create unlogged table run_deltas (
  actor  text        not null,
  -- Attempt and step, and which call of the model.
  turn   text        not null,
  n      integer     not null,
  deltas jsonb       not null,
  at     timestamptz not null default clock_timestamp(),
  constraint run_deltas_pk primary key (actor, turn, n)
);
create index run_deltas_by_age on run_deltas (at);
