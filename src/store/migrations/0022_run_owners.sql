-- To whom alone a run is shown: the owner of its thread, for it tells what was said there. Runs that it delegates to have the same owner. Null: whoever reads the runs of the tenant.
alter table runs add column owner text;
with recursive owned as (
  select r.tenant, r.id, r.trajectory_id, c.owner from runs r
    join conversation_runs t on t.tenant = r.tenant and t.run_id = r.id
    join conversations c on c.tenant = t.tenant and c.id = t.thread_id
  union
  select r.tenant, r.id, r.trajectory_id, o.owner from runs r
    join owned o on r.tenant = o.tenant and (r.parent_id = o.id or r.branched_from ->> 'trajectoryId' = o.trajectory_id)
)
update runs r set owner = o.owner from owned o where r.tenant = o.tenant and r.id = o.id;

-- Workflows whose histories are removed from Temporal: they hold what the runs of a deleted thread said. A row goes when nothing of its workflow is left there.
create table workflow_erasures (
  workflow_id text        not null,
  since       timestamptz not null default clock_timestamp(),
  looked_at   timestamptz not null default clock_timestamp(),
  constraint workflow_erasures_pk primary key (workflow_id)
);
create index workflow_erasures_next on workflow_erasures (looked_at);
