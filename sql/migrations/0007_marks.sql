-- Offers that a lawyer missed, and lapses that a lawyer answers for: what the institution's back office sees (17).
create table marks (
    staff_no text not null,
    kind text not null,
    ticket text not null references tickets (number),
    at timestamptz not null
);
create index marks_staff on marks (staff_no, at);
create index accounts_institution on accounts (institution) where institution is not null;

do $$
begin
    if pg_has_role(current_user, 'chatserver_serving', 'member') then
        grant select, insert on marks to chatserver_serving;
    end if;
exception when undefined_object then null;
end
$$;
