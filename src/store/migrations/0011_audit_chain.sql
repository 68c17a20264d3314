-- An entry may stand for many requests: failed credentials of one kind and minute are counted.
alter table audit add column count integer not null default 1 check (count > 0);
