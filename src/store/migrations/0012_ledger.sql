-- The ledger of runs: one chain of entries for each trajectory, hashed by the recipe in docs/run-ledger.md before they come here, never changed.
create table ledger_trajectories (
  tenant            text        not null,
  trajectory_id     text        not null,
  run_id            text        not null,
  -- The last entry.
  head_id           text        not null,
  head_seq          bigint      not null,
  -- Of a branch: the commit that it grew from, and how many branchings lie before it.
  source_trajectory text,
  source_commit     text,
  source_seq        bigint,
  depth             integer     not null default 0,
  -- With the entries of its ancestors up to the commits that it and they grew from: what a world is folded from.
  lineage_entries   bigint      not null,
  lineage_bytes     bigint      not null,
  opened_at         timestamptz not null default clock_timestamp(),
  constraint ledger_trajectories_pk primary key (tenant, trajectory_id),
  constraint ledger_trajectories_source check ((source_trajectory is null) = (source_commit is null) and (source_trajectory is null) = (source_seq is null))
);
create index ledger_trajectories_by_run on ledger_trajectories (tenant, run_id);
create index ledger_trajectories_by_source on ledger_trajectories (tenant, source_trajectory) where source_trajectory is not null;

create table ledger_entries (
  tenant        text        not null,
  trajectory_id text        not null,
  seq           bigint      not null check (seq >= 0),
  id            text        not null,
  parent        text,
  kind          text        not null,
  commit_id     text,
  request_id    text        not null,
  payload       jsonb       not null,
  -- Of the text that was hashed.
  bytes         integer     not null,
  created_at    timestamptz not null default clock_timestamp(),
  constraint ledger_entries_pk primary key (tenant, trajectory_id, seq),
  constraint ledger_entries_trajectory foreign key (tenant, trajectory_id) references ledger_trajectories (tenant, trajectory_id),
  constraint ledger_entries_once unique (tenant, trajectory_id, request_id)
);
create unique index ledger_entries_by_commit on ledger_entries (tenant, trajectory_id, commit_id) where commit_id is not null;
create index ledger_entries_by_time on ledger_entries (tenant, created_at, trajectory_id, seq);
create index ledger_entries_by_kind on ledger_entries (tenant, kind, created_at, trajectory_id, seq);

create function ledger_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only' using errcode = 'restrict_violation';
end
$$;
create trigger ledger_append_only before update or delete on ledger_entries for each row execute function ledger_is_append_only();
create trigger ledger_never_truncated before truncate on ledger_entries for each statement execute function ledger_is_append_only();
create trigger ledger_trajectories_stay before delete on ledger_trajectories for each row execute function ledger_is_append_only();

create function ledger_head_moves_on() returns trigger language plpgsql as $$
begin
  if new.head_seq <> old.head_seq + 1
     or (new.tenant, new.trajectory_id, new.run_id, new.source_trajectory, new.source_commit, new.source_seq, new.depth, new.opened_at)
        is distinct from (old.tenant, old.trajectory_id, old.run_id, old.source_trajectory, old.source_commit, old.source_seq, old.depth, old.opened_at) then
    raise exception 'the head of a trajectory moves on by one entry' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
create trigger ledger_heads before update on ledger_trajectories for each row execute function ledger_head_moves_on();

-- Locks a trajectory to the end of the transaction, so that its writers take turns, and looks for what a request made before. Statement by statement: what was
-- appended while this one waited is seen. No row: there is no such trajectory.
create function ledger_take(p_tenant text, p_trajectory text, p_request text)
returns table (head_id text, head_seq bigint, run_id text, lineage_entries bigint, lineage_bytes bigint,
               id text, seq bigint, parent text, payload jsonb, created_at timestamptz) language plpgsql as $$
declare
  v_trajectory ledger_trajectories%rowtype;
  v_entry      ledger_entries%rowtype;
begin
  select * into v_trajectory from ledger_trajectories t where t.tenant = p_tenant and t.trajectory_id = p_trajectory for update;
  if not found then
    return;
  end if;
  select * into v_entry from ledger_entries e where e.tenant = p_tenant and e.trajectory_id = p_trajectory and e.request_id = p_request;
  return query select v_trajectory.head_id, v_trajectory.head_seq, v_trajectory.run_id, v_trajectory.lineage_entries, v_trajectory.lineage_bytes,
                      v_entry.id, v_entry.seq, v_entry.parent, v_entry.payload, v_entry.created_at;
end
$$;

-- Adds an entry after the head of a trajectory that is locked, and tells those who follow it.
create function ledger_put(p_tenant text, p_trajectory text, p_seq bigint, p_id text, p_parent text, p_commit text, p_request text, p_payload text)
returns timestamptz language plpgsql as $$
declare
  v_bytes integer := octet_length(p_payload);
  v_at    timestamptz;
begin
  insert into ledger_entries (tenant, trajectory_id, seq, id, parent, kind, commit_id, request_id, payload, bytes)
  values (p_tenant, p_trajectory, p_seq, p_id, p_parent, p_payload::jsonb ->> 'type', p_commit, p_request, p_payload::jsonb, v_bytes)
  returning created_at into v_at;
  if p_seq > 0 then
    update ledger_trajectories set head_id = p_id, head_seq = p_seq, lineage_entries = lineage_entries + 1, lineage_bytes = lineage_bytes + v_bytes
    where tenant = p_tenant and trajectory_id = p_trajectory;
  end if;
  perform pg_notify('everthread_ledger', json_build_object('tenant', p_tenant, 'trajectory', p_trajectory, 'seq', p_seq)::text);
  return v_at;
end
$$;

-- Writs as they were signed, and whether they hold.
create table run_writs (
  tenant     text        not null,
  writ_id    text        not null,
  run_id     text        not null,
  parent     text,
  body       jsonb       not null,
  signature  text        not null,
  created_at timestamptz not null default clock_timestamp(),
  revoked_at timestamptz,
  revoked_by text,
  constraint run_writs_pk primary key (tenant, writ_id),
  constraint run_writs_revoked check ((revoked_at is null) = (revoked_by is null))
);
create index run_writs_by_run on run_writs (tenant, run_id);

-- The keys by which the server signs writs and commits (ed25519). The private half is sealed; the public half stays readable for as long as something signed may be checked.
create table signing_keys (
  public_key text        not null,
  key_id     text        not null,
  sealed     bytea       not null,
  created_at timestamptz not null default clock_timestamp(),
  retired_at timestamptz,
  constraint signing_keys_pk primary key (public_key)
);
-- One key signs at a time.
create unique index signing_keys_current on signing_keys ((true)) where retired_at is null;
