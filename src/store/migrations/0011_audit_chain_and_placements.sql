-- An entry may stand for many requests: failed credentials of one kind and minute are counted.
-- named_id is the resource that the address named, known before anything is done; resource_id may come with the outcome.
-- chained is false for entries from before there was a chain.
alter table audit
  add column count integer not null default 1 check (count > 0),
  add column named_id text,
  add column chained boolean not null default false;
alter table audit alter column chained set default true;

-- The entries of a tenant are chained: one link when an entry is begun, one when it is settled, one for both where the outcome is known at once. A link holds the hash
-- of what the entry says and the hash of the chain up to it, so that no entry can be changed, added, left out or given another outcome unseen.
create table audit_chains (
  tenant           text        not null,
  -- The last link.
  seq              bigint      not null default 0,
  hash             bytea       not null,
  -- The last link that was forgotten with its entry, and until when entries were forgotten.
  forgotten_seq    bigint      not null default 0,
  forgotten_hash   bytea       not null,
  forgotten_before timestamptz not null default '-infinity',
  constraint audit_chains_pk primary key (tenant)
);

create table audit_links (
  tenant   text        not null,
  seq      bigint      not null check (seq > 0),
  entry_id text        not null,
  part     text        not null check (part in ('begun', 'settled', 'counted')),
  -- When the entry was begun.
  at       timestamptz not null,
  content  bytea       not null,
  hash     bytea       not null,
  constraint audit_links_pk primary key (tenant, seq)
);
create index audit_links_by_entry on audit_links (entry_id);

create function audit_instant(at timestamptz) returns text language sql stable as $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
$$;

-- What a link says of its entry.
create function audit_content(entry audit, part text) returns bytea language sql stable as $$
  select sha256(convert_to((case part when 'settled' then '[]'::jsonb else jsonb_build_array(entry.tenant, audit_instant(entry.at), entry.subject, entry.key_id,
    entry.action, entry.resource_type, entry.named_id, entry.request_id, entry.address) end
    || case part when 'begun' then '[]'::jsonb else jsonb_build_array(entry.outcome, entry.status, entry.code, entry.resource_id, audit_instant(entry.settled_at), entry.count) end
  )::text, 'UTF8'))
$$;

create function audit_link_hash(before bytea, seq bigint, entry_id text, part text, at timestamptz, content bytea) returns bytea language sql stable as $$
  select sha256(before || convert_to(jsonb_build_array(seq, entry_id, part, audit_instant(at))::text, 'UTF8') || content)
$$;

create function audit_chain_start(tenant text) returns bytea language sql immutable as $$ select sha256(convert_to('everthread audit ' || tenant, 'UTF8')) $$;

-- The row of the chain is locked to the end of the statement that writes the entry: writers of one tenant go one by one here, and nowhere else.
create function audit_link(entry audit, part text) returns void language plpgsql as $$
declare
  chain audit_chains;
  content bytea := audit_content(entry, part);
begin
  select * into chain from audit_chains c where c.tenant = entry.tenant for update;
  if not found then
    insert into audit_chains (tenant, hash, forgotten_hash) values (entry.tenant, audit_chain_start(entry.tenant), audit_chain_start(entry.tenant)) on conflict do nothing;
    select * into strict chain from audit_chains c where c.tenant = entry.tenant for update;
  end if;
  chain.seq := chain.seq + 1;
  chain.hash := audit_link_hash(chain.hash, chain.seq, entry.id, part, entry.at, content);
  insert into audit_links (tenant, seq, entry_id, part, at, content, hash) values (entry.tenant, chain.seq, entry.id, part, entry.at, content, chain.hash);
  update audit_chains c set seq = chain.seq, hash = chain.hash where c.tenant = entry.tenant;
end
$$;

create function audit_named() returns trigger language plpgsql as $$
begin
  new.named_id := new.resource_id;
  return new;
end
$$;
create trigger audit_named before insert on audit for each row execute function audit_named();

create function audit_chained() returns trigger language plpgsql as $$
begin
  if not new.chained then
    return null;
  end if;
  perform audit_link(new, case when tg_op = 'UPDATE' then 'settled' when new.outcome = 'unknown' then 'begun' else 'counted' end);
  return null;
end
$$;
create trigger audit_chained after insert or update on audit for each row execute function audit_chained();

create or replace function audit_changes_once() returns trigger language plpgsql as $$
begin
  if old.outcome <> 'unknown' then
    raise exception 'an audit entry is settled once' using errcode = 'restrict_violation';
  end if;
  if (old.id, old.tenant, old.at, old.subject, old.key_id, old.action, old.resource_type, old.named_id, old.request_id, old.address, old.position, old.chained, old.count)
     is distinct from
     (new.id, new.tenant, new.at, new.subject, new.key_id, new.action, new.resource_type, new.named_id, new.request_id, new.address, new.position, new.chained, new.count) then
    raise exception 'an audit entry is not rewritten' using errcode = 'restrict_violation';
  end if;
  if new.outcome = 'unknown' then
    raise exception 'an audit entry is settled with an outcome' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;

create function audit_links_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'a link of the audit log is never changed' using errcode = 'restrict_violation';
end
$$;
create trigger audit_links_fixed before update on audit_links for each row execute function audit_links_refuse_change();

-- Threads that were placed on a host whose session the host does not count yet: it tells its number of sessions every few seconds, and many threads may start in between.
create table host_placements (
  -- Address of the thread.
  actor      text        not null,
  host_id    text        not null,
  placed_at  timestamptz not null,
  started_at timestamptz,
  constraint host_placements_pk primary key (actor)
);
create index host_placements_by_host on host_placements (host_id);
create index host_placements_by_age on host_placements (placed_at);
