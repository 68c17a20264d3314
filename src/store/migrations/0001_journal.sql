-- The journal: one row per event of one actor, in order, never changed. seq counts within the actor, without gaps.
-- (tx, position) is the order over all actors: position alone may become visible out of order, because sequences are taken before
-- commit; readers therefore read only rows whose transaction is older than every transaction still running.
create table actors (
  address    text        not null,
  kind       text        not null,
  tenant     text        not null,
  entity_id  text        not null,
  last_seq   bigint      not null default 0 check (last_seq >= 0),
  last_hash  text        not null,
  created_at timestamptz not null default now(),
  constraint actors_pk primary key (address)
);

create table journal (
  actor        text        not null,
  kind         text        not null,
  tenant       text        not null,
  entity_id    text        not null,
  execution_id text,
  seq          bigint      not null check (seq > 0),
  type         text        not null,
  -- Exactly one of data and data_ref: large data lives in blobs.
  data         jsonb,
  data_ref     text,
  at           timestamptz not null,
  by_subject   text        not null,
  by_via       text        not null,
  request_id   text,
  prev_hash    text        not null,
  hash         text        not null,
  position     bigserial   not null,
  tx           xid8        not null default pg_current_xact_id(),
  constraint journal_pk primary key (actor, seq),
  constraint journal_data_once check ((data is null) <> (data_ref is null))
);
create index journal_by_type on journal (actor, type, seq);
create index journal_by_execution on journal (tenant, execution_id, tx, position);
create index journal_by_order on journal (tx, position);

create function journal_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the journal is append-only' using errcode = 'restrict_violation';
end
$$;
create trigger journal_append_only before update or delete on journal for each row execute function journal_is_append_only();
create trigger journal_never_truncated before truncate on journal for each statement execute function journal_is_append_only();

-- Hash of an entry: lower-case hex of SHA-256 over the previous hash (hex) followed by the entry's canonical JSON, as UTF-8.
create function journal_hash(p_prev text, p_entry text) returns text language sql immutable parallel safe as
$$ select encode(sha256(convert_to(p_prev || p_entry, 'UTF8')), 'hex') $$;

-- Appends canonical entries ({at, by, data | dataRef, requestId, seq, type}) to one actor in one call. Rows are made from the very text
-- that is hashed. Returns ok with the number of new rows, conflict with the seq whose content differs, or gap with the last known seq;
-- the caller rolls back on conflict and gap. The actor's row is locked until the end of the transaction, so writers take turns.
create function journal_append(p_address text, p_kind text, p_tenant text, p_entity text, p_execution text, p_genesis text, p_entries text[], p_notice text)
returns table (outcome text, at_seq bigint, inserted integer) language plpgsql as $$
declare
  v_actor actors%rowtype;
  v_text  text;
  v_entry jsonb;
  v_seq   bigint;
  v_prev  text;
  v_known text;
  v_hash  text;
  v_count integer := 0;
begin
  select * into v_actor from actors where address = p_address for update;
  if not found then
    insert into actors (address, kind, tenant, entity_id, last_hash) values (p_address, p_kind, p_tenant, p_entity, p_genesis) on conflict do nothing;
    select * into v_actor from actors where address = p_address for update;
  end if;
  if v_actor.tenant <> p_tenant or v_actor.kind <> p_kind then
    return query select 'conflict', 0::bigint, 0;
    return;
  end if;
  foreach v_text in array p_entries loop
    v_entry := v_text::jsonb;
    v_seq := (v_entry ->> 'seq')::bigint;
    if v_seq <= v_actor.last_seq then
      select j.prev_hash, j.hash into v_prev, v_known from journal j where j.actor = p_address and j.seq = v_seq;
      if v_known is distinct from journal_hash(v_prev, v_text) then
        return query select 'conflict', v_seq, 0;
        return;
      end if;
    elsif v_seq = v_actor.last_seq + 1 then
      v_hash := journal_hash(v_actor.last_hash, v_text);
      insert into journal (actor, kind, tenant, entity_id, execution_id, seq, type, data, data_ref, at, by_subject, by_via, request_id, prev_hash, hash)
      values (p_address, p_kind, p_tenant, p_entity, p_execution, v_seq, v_entry ->> 'type', v_entry -> 'data', v_entry ->> 'dataRef',
              (v_entry ->> 'at')::timestamptz, v_entry -> 'by' ->> 'subject', v_entry -> 'by' ->> 'via', v_entry ->> 'requestId', v_actor.last_hash, v_hash);
      v_actor.last_seq := v_seq;
      v_actor.last_hash := v_hash;
      v_count := v_count + 1;
    else
      return query select 'gap', v_actor.last_seq, 0;
      return;
    end if;
  end loop;
  if v_count > 0 then
    update actors set last_seq = v_actor.last_seq, last_hash = v_actor.last_hash where address = p_address;
    perform pg_notify('everthread_journal', p_notice);
  end if;
  return query select 'ok', v_actor.last_seq, v_count;
end
$$;
