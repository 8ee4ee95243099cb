-- What a back office or the operator on duty is to know at once, each thing once; and explanations of delays that are owed (23).
create table alerts (
    id text primary key,
    desk text not null,
    institution text,
    ticket text not null references tickets (number),
    kind text not null,
    clock text,
    staff_no text,
    due_at timestamptz,
    at timestamptz not null,
    seen_by text,
    seen_at timestamptz
);
create index alerts_desk on alerts (desk, institution, at);
create index alerts_ticket on alerts (ticket);

create table explanations (
    id text primary key,
    ticket text not null references tickets (number),
    staff_no text not null,
    clock text not null,
    owed_at timestamptz not null,
    given_at timestamptz
);
create index explanations_owed on explanations (staff_no) where given_at is null;
create index explanations_ticket on explanations (ticket);

alter table tickets
    add column owing text[] not null default '{}',
    add column contact_tries jsonb not null default '[]',
    add column abuse_by text;

do $$
begin
    if pg_has_role(current_user, 'chatserver_serving', 'member') then
        grant select, insert, update on alerts, explanations to chatserver_serving;
    end if;
exception when undefined_object then null;
end
$$;
