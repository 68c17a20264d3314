-- Requests counted for each caller and class of route, in the form that rate-limiter-flexible reads and writes; expire is in milliseconds since 1970.
create table rate_limits (
  key    text    not null,
  points integer not null default 0,
  expire bigint,
  constraint rate_limits_pk primary key (key)
);
create index rate_limits_by_expiry on rate_limits (expire);

-- The audit log: who tried to change what, and what came of it. A row is there before anything is done, as unknown, and gets its outcome afterwards: what
-- stays unknown was cut off, and nobody pretends to know how it ended. Otherwise rows do not change.
create table audit (
  id            text        not null,
  tenant        text        not null,
  at            timestamptz not null,
  subject       text        not null,
  key_id        text,
  action        text        not null,
  resource_type text        not null,
  resource_id   text,
  outcome       text        not null default 'unknown' check (outcome in ('unknown', 'succeeded', 'refused', 'failed')),
  status        integer,
  code          text,
  request_id    text        not null,
  address       text,
  settled_at    timestamptz,
  position      bigserial   not null,
  constraint audit_pk primary key (id)
);
create index audit_by_time on audit (tenant, at desc, position desc);
create index audit_by_subject on audit (tenant, subject, at desc);
create index audit_by_resource on audit (tenant, resource_type, resource_id, at desc);
create index audit_by_age on audit (at);

create function audit_changes_once() returns trigger language plpgsql as $$
begin
  if old.outcome <> 'unknown' then
    raise exception 'an audit entry is settled once' using errcode = 'restrict_violation';
  end if;
  if (old.id, old.tenant, old.at, old.subject, old.action, old.resource_type, old.request_id, old.position)
     is distinct from (new.id, new.tenant, new.at, new.subject, new.action, new.resource_type, new.request_id, new.position) then
    raise exception 'an audit entry is not rewritten' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
create trigger audit_settled_once before update on audit for each row execute function audit_changes_once();
