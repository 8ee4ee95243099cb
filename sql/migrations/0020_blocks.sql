-- Which finding of abuse blocks an account until when (29): an upheld appeal lifts its own block and no other. What holds now stays
-- beside the account, where opening a question looks.
create table blocks (
    ticket text primary key references tickets (number),
    account text not null references accounts (id),
    until timestamptz not null,
    reason text
);
create index blocks_account on blocks (account, until);
insert into blocks (ticket, account, until, reason)
select distinct on (a.id) t.number, a.id, a.blocked_until, a.blocked_reason
from accounts a join tickets t on t.citizen = a.id
where a.blocked_until is not null and t.abuse = 'upheld' order by a.id, t.opened_at desc;

do $$
begin
    if pg_has_role(current_user, 'chatserver_serving', 'member') then
        grant select, insert, update, delete on blocks to chatserver_serving;
    end if;
exception when undefined_object then null;
end
$$;
