-- Suggestions have a time by which they are settled; which given answers wait for a look, and why (7, 27).
alter table tickets
    add column open_reviews jsonb not null default '[]',
    add column escalation_seq integer;
update tickets t set open_reviews = found.them
from (
    select r.ticket, jsonb_agg(jsonb_build_array(r.id, coalesce(r.seq, 0), 0, 'open') order by r.opened_at) as them
    from reviews r where r.state = 'open' group by r.ticket) found
where found.ticket = t.number;
alter table reviews add column due_at timestamptz;

create table review_queue (
    ticket text primary key references tickets (number),
    why text[] not null,
    since timestamptz not null
);
create index review_queue_since on review_queue (since);
insert into review_queue (ticket, why, since)
select t.number, array_remove(array[
        case when t.satisfied is false then 'low_rating' end,
        case when 'lapse' = any(t.rungs) then 'late' end], null), coalesce(t.answered_at, t.opened_at)
from tickets t
where jsonb_array_length(t.answers) > 0 and (t.satisfied is false or 'lapse' = any(t.rungs))
    and not exists (select from passed_reviews p where p.ticket = t.number)
    and not exists (select from reviews r where r.ticket = t.number and r.kind = 'suggestion');

do $$
begin
    if pg_has_role(current_user, 'chatserver_serving', 'member') then
        grant select, insert, update, delete on review_queue to chatserver_serving;
    end if;
exception when undefined_object then null;
end
$$;
