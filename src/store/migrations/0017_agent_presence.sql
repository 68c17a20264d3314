-- What was last told of an agent's presence: events are made of the difference to what is so. Those that are there now were there before anybody could be told.
alter table agents add column told_connected boolean not null default false;
update agents set told_connected = connected and alive_until > clock_timestamp();
