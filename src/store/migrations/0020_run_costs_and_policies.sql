-- Whether usd_millicents is all that a run cost: false where a model without a price was asked, or a call of a model was lost.
alter table runs add column cost_known boolean not null default true;

-- Of what a tenant had installed when its worker said this (empty: of every tenant): what was said of another state of the tenant's packages counts no more.
alter table run_tool_sets add column revision text not null default '';

-- The policies that are in force for runs, as each worker last said.
create table run_policy_sets (
  worker    text        not null,
  -- {policies: [{name, version, content_hash, rules}], refused: [{file, policy, code, reason}]}
  said      jsonb       not null,
  seen_at   timestamptz not null default now(),
  constraint run_policy_sets_pk primary key (worker)
);
