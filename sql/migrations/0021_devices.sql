-- The browsers that citizens asked to be told in, each with its own address at a push service and the keys to write to it.
-- It goes with its account, and what was still to be sent to it goes with it.
create table devices (
    id text primary key,
    account text not null references accounts (id) on delete cascade,
    endpoint text not null,
    p256dh bytea not null,
    auth bytea not null,
    language text not null,
    session bytea not null,
    seen_at timestamptz not null
);
create index devices_account on devices (account);
create index devices_session on devices (session);
alter table outbox add column device text references devices (id) on delete cascade;
create index outbox_device on outbox (device) where device is not null;

do $$
begin
    if pg_has_role(current_user, 'chatserver_serving', 'member') then
        grant select, insert, update, delete on devices to chatserver_serving;
    end if;
exception when undefined_object then null;
end
$$;
