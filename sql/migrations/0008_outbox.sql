-- What citizens are to be told outside the page: written with its cause, in the same transaction, and delivered later.
create table outbox (
    id text primary key,
    channel text not null,
    ticket text not null references tickets (number),
    kind text not null,
    recipient text not null,
    created_at timestamptz not null,
    due_at timestamptz not null,
    attempts integer not null default 0,
    leased_until timestamptz,
    done_at timestamptz
);
create index outbox_due on outbox (due_at) where done_at is null;
alter table accounts add column email text;

do $$
begin
    if pg_has_role(current_user, 'chatserver_serving', 'member') then
        grant select, insert, update, delete on outbox to chatserver_serving;
    end if;
exception when undefined_object then null;
end
$$;
