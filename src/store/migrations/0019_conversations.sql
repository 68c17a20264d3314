-- Agents that converse, every version that there was: a run is told by its version what it ran under.
create table conversation_agents (
  tenant     text        not null,
  id         text        not null,
  slug       text        not null,
  version    integer     not null check (version > 0),
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint conversation_agents_pk primary key (tenant, id),
  constraint conversation_agents_slug unique (tenant, slug)
);
create table conversation_agent_versions (
  tenant     text        not null,
  agent_id   text        not null,
  version    integer     not null,
  definition jsonb       not null,
  created_by text        not null,
  created_at timestamptz not null default clock_timestamp(),
  constraint conversation_agent_versions_pk primary key (tenant, agent_id, version),
  constraint conversation_agent_versions_agent foreign key (tenant, agent_id) references conversation_agents (tenant, id)
);

-- Threads. The row is there before the workflow, which the first command starts; `state` is what the workflow remembers, from which it goes on when it was ended from outside. A thread
-- that was deleted leaves its row without content, so that its id stays taken and late publishers are refused.
create table conversations (
  tenant         text        not null,
  id             text        not null,
  address        text        not null,
  owner          text        not null,
  agent_id       text        not null,
  title          text        not null,
  execution_mode text        not null,
  archived       boolean     not null default false,
  rollout_id     text        not null,
  -- {kind, id, since} of what holds the thread.
  holder         jsonb,
  -- The run that holds it waits for a person.
  waits          boolean     not null default false,
  metadata       jsonb       not null default '{}',
  -- Of the durable events; the next one is given while this row is locked.
  last_sequence  bigint      not null default 0,
  state          jsonb       not null,
  -- Of the actor's journal.
  last_seq       bigint      not null default 0,
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  deleted_at     timestamptz,
  erased_at      timestamptz,
  constraint conversations_pk primary key (tenant, id),
  constraint conversations_one_address unique (address)
);
create index conversations_by_age on conversations (tenant, created_at desc, id desc) where deleted_at is null;
create index conversations_by_owner on conversations (tenant, owner, created_at desc, id desc) where deleted_at is null;

create index conversations_held_locally on conversations (tenant, id) where holder->>'kind' = 'local_run';

create table conversation_rollouts (
  tenant       text        not null,
  thread_id    text        not null,
  rollout_id   text        not null,
  -- From 1 within the thread.
  ordinal      integer     not null,
  started_at   timestamptz not null,
  completed_at timestamptz,
  event_count  bigint      not null default 0,
  -- Characters of what was said in it.
  chars        bigint      not null default 0,
  constraint conversation_rollouts_pk primary key (tenant, thread_id, rollout_id),
  constraint conversation_rollouts_order unique (tenant, thread_id, ordinal),
  constraint conversation_rollouts_thread foreign key (tenant, thread_id) references conversations (tenant, id)
);

create table conversation_runs (
  tenant         text        not null,
  run_id         text        not null,
  thread_id      text        not null,
  rollout_id     text        not null,
  agent_id       text        not null,
  agent_slug     text        not null,
  agent_version  integer     not null,
  execution_mode text        not null,
  status         text        not null check (status in ('queued', 'running', 'waiting_approval', 'completed', 'failed', 'cancelled')),
  by_subject     text        not null,
  metadata       jsonb       not null default '{}',
  input_ref      text,
  result         text,
  error          jsonb,
  usage          jsonb,
  iterations     integer     not null default 0,
  -- {channel, proposalId, tool, reason, since} of what waits for a person.
  pending        jsonb,
  created_at     timestamptz not null,
  started_at     timestamptz,
  ended_at       timestamptz,
  constraint conversation_runs_pk primary key (tenant, run_id),
  constraint conversation_runs_thread foreign key (tenant, thread_id) references conversations (tenant, id)
);
create index conversation_runs_by_thread on conversation_runs (tenant, thread_id, created_at desc, run_id desc);
create index conversation_runs_by_age on conversation_runs (tenant, created_at desc, run_id desc);

-- What threads tell: numbered 1, 2, 3 … per thread, without gaps, never changed; gone when the thread is deleted. Payloads stand here whatever their size (at most 256 KiB; Postgres keeps
-- large ones apart by itself), so that they go with their rows.
create table conversation_events (
  tenant     text        not null,
  thread_id  text        not null,
  sequence   bigint      not null check (sequence > 0),
  rollout_id text        not null,
  run_id     text,
  type       text        not null,
  payload    jsonb       not null,
  created_at timestamptz not null,
  constraint conversation_events_pk primary key (tenant, thread_id, sequence),
  constraint conversation_events_thread foreign key (tenant, thread_id) references conversations (tenant, id)
);
create index conversation_events_by_rollout on conversation_events (tenant, thread_id, rollout_id, sequence);

create function conversation_events_stay() returns trigger language plpgsql as $$
begin
  raise exception 'events of threads are never changed' using errcode = 'restrict_violation';
end
$$;
create trigger conversation_events_unchanged before update on conversation_events for each row execute function conversation_events_stay();

-- Appends events ({rolloutId, runId, type, payload, createdAt, chars}) to a thread and tells those who follow it; returns the sequence of the last one. The thread's row is locked to the
-- end of the transaction, so writers take turns. Null: the thread is not there, or deleted.
create function conversation_append(p_tenant text, p_thread text, p_events jsonb) returns bigint language plpgsql as $$
declare
  v_first  bigint;
  v_last   bigint;
  v_notice text;
begin
  select last_sequence into v_first from conversations where tenant = p_tenant and id = p_thread and deleted_at is null for update;
  if not found then
    return null;
  end if;
  v_last := v_first + jsonb_array_length(p_events);
  if v_last = v_first then
    return v_last;
  end if;
  insert into conversation_events (tenant, thread_id, sequence, rollout_id, run_id, type, payload, created_at)
  select p_tenant, p_thread, v_first + n, e ->> 'rolloutId', e ->> 'runId', e ->> 'type', e -> 'payload', (e ->> 'createdAt')::timestamptz
  from jsonb_array_elements(p_events) with ordinality as given (e, n);
  update conversation_rollouts r set event_count = r.event_count + s.events, chars = r.chars + s.chars
  from (select e ->> 'rolloutId' as rollout_id, count(*) as events, sum((e ->> 'chars')::bigint) as chars
        from jsonb_array_elements(p_events) as given (e) group by 1) s
  where r.tenant = p_tenant and r.thread_id = p_thread and r.rollout_id = s.rollout_id;
  update conversations set last_sequence = v_last, updated_at = greatest(updated_at, clock_timestamp()) where tenant = p_tenant and id = p_thread;
  -- With the events themselves where they fit, so that nobody needs to read them.
  select jsonb_build_object('tenant', p_tenant, 'thread', p_thread, 'first', v_first + 1, 'last', v_last, 'events',
           jsonb_agg((e - 'chars') || jsonb_build_object('sequence', v_first + n, 'threadId', p_thread) order by n))::text
  into v_notice from jsonb_array_elements(p_events) with ordinality as given (e, n);
  if octet_length(v_notice) > 7500 then
    v_notice := jsonb_build_object('tenant', p_tenant, 'thread', p_thread, 'first', v_first + 1, 'last', v_last)::text;
  end if;
  perform pg_notify('everthread_conversations', v_notice);
  return v_last;
end
$$;

-- What a deleted thread said is removed for good, from the journal and the ledger of its runs too. Both are append-only to everybody else: entries go all at once for one actor or one
-- trajectory, by the function below, and what is left says so: the last hash, the number of entries and when they went.
create index run_intents_by_run on run_intents (tenant, run_id);
-- Proposals by the runs that made them: their blobs go with the run.
create table run_proposals (
  tenant text not null,
  run_id text not null,
  ref    text not null,
  constraint run_proposals_pk primary key (tenant, run_id, ref)
);
create index conversations_to_erase on conversations (deleted_at) where deleted_at is not null and erased_at is null;
alter table actors add column erased_at timestamptz;
alter table ledger_trajectories add column erased_at timestamptz;

create or replace function journal_is_append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if current_setting('everthread.erasing', true) = old.actor then
      return old;
    end if;
  end if;
  raise exception 'the journal is append-only' using errcode = 'restrict_violation';
end
$$;
create function ledger_entries_stay() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if current_setting('everthread.erasing', true) = old.tenant || '/' || old.trajectory_id then
      return old;
    end if;
  end if;
  raise exception 'the ledger is append-only' using errcode = 'restrict_violation';
end
$$;
drop trigger ledger_append_only on ledger_entries;
create trigger ledger_append_only before update or delete on ledger_entries for each row execute function ledger_entries_stay();
create or replace function ledger_head_moves_on() returns trigger language plpgsql as $$
begin
  if (new.tenant, new.trajectory_id, new.run_id, new.source_trajectory, new.source_commit, new.source_seq, new.depth, new.opened_at)
     is distinct from (old.tenant, old.trajectory_id, old.run_id, old.source_trajectory, old.source_commit, old.source_seq, old.depth, old.opened_at)
     or old.erased_at is not null
     or (new.head_seq <> old.head_seq + 1 and not (new.erased_at is not null and new.head_seq = old.head_seq and new.head_id = old.head_id)) then
    raise exception 'the head of a trajectory moves on by one entry' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;

create function erase_actor(p_address text) returns void language plpgsql as $$
begin
  perform set_config('everthread.erasing', p_address, true);
  delete from journal where actor = p_address;
  perform set_config('everthread.erasing', '', true);
  update actors set erased_at = clock_timestamp() where address = p_address;
  delete from effects where actor = p_address;
  delete from run_deltas where actor = p_address;
end
$$;
create function erase_trajectory(p_tenant text, p_trajectory text) returns void language plpgsql as $$
begin
  perform set_config('everthread.erasing', p_tenant || '/' || p_trajectory, true);
  delete from ledger_entries where tenant = p_tenant and trajectory_id = p_trajectory;
  perform set_config('everthread.erasing', '', true);
  update ledger_trajectories set erased_at = clock_timestamp() where tenant = p_tenant and trajectory_id = p_trajectory and erased_at is null;
end
$$;
