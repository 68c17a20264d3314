-- What the tools of runs are, as each worker last said: read by API processes, which start no tools themselves.
create table run_tool_sets (
  worker    text        not null,
  -- Empty: of every tenant.
  tenant    text        not null,
  -- [{name, version, description, effect_class, risk_class, input_schema, idempotent, estimate}]
  tools     jsonb       not null,
  -- [{source, reason}]
  problems  jsonb       not null,
  seen_at   timestamptz not null default now(),
  constraint run_tool_sets_pk primary key (worker, tenant)
);
create index run_tool_sets_by_tenant on run_tool_sets (tenant, seen_at);
