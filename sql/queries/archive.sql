-- name: heads(after, count)
-- Tickets by number, a page at a time, with what their rows say of the chain.
select number, month, opened_at, citizen, entry, last_seq, head from tickets
where number > :after order by number limit :count;

-- name: head_of(number)
-- The same of one ticket.
select number, month, opened_at, citizen, entry, last_seq, head from tickets where number = :number;

-- name: chained(months, numbers, after_number, after_entry, count)
-- The record of some tickets in order, from one place on: every journal row with its body.
select j.ticket, j.entry, j.seq, j.at, j.kind, j.actor, j.commitment, j.hash,
    coalesce(m.body, d.body) as body, coalesce(m.salt, d.salt) as salt,
    m.author, m.id, m.entry as filed_at
from journal j
left join messages m on m.month = j.month and m.ticket = j.ticket and m.seq = j.seq
left join details d on d.month = j.month and d.ticket = j.ticket and d.entry = j.entry
    and j.seq is null
where j.month = any(:months::int[]) and j.ticket = any(:numbers::text[])
    and (j.ticket, j.entry) > (:after_number::text, :after_entry::int)
order by j.ticket, j.entry limit :count;

-- name: strays(months, numbers)
-- Bodies of these tickets that belong to no row of the journal.
select m.ticket, m.entry from messages m
where m.month = any(:months::int[]) and m.ticket = any(:numbers::text[]) and not exists (
    select from journal j where (j.month, j.ticket, j.entry, j.seq)
        = (m.month, m.ticket, m.entry, m.seq))
union all
select d.ticket, d.entry from details d
where d.month = any(:months::int[]) and d.ticket = any(:numbers::text[]) and not exists (
    select from journal j where (j.month, j.ticket, j.entry) = (d.month, d.ticket, d.entry)
        and j.seq is null)
order by 1, 2;

-- name: orphans(number)
-- Tickets with a record and no row of their own; of one number, or of all when it is null.
select r.ticket from (
    select ticket, month from journal
    union select ticket, month from messages
    union select ticket, month from details) r
where (:number::text is null or r.ticket = :number)
    and not exists (select from tickets t where t.number = r.ticket and t.month = r.month)
group by r.ticket order by r.ticket;

-- name: unheld(day, serial)
-- Serials that were drawn and that no ticket has; of one day and serial, or all when they are null.
with held as (
    select substring(number from '([0-9]{8})-') as day, substring(number from '-([0-9]{6})-')::int as serial
    from tickets)
select to_char(s.day, 'YYYYMMDD') as day, drawn.serial
from serials s cross join lateral generate_series(1, s.last) drawn (serial)
where (:day::text is null or to_char(s.day, 'YYYYMMDD') = :day)
    and (:serial::int is null or drawn.serial = :serial)
    and not exists (select from held h
        where h.day = to_char(s.day, 'YYYYMMDD') and h.serial = drawn.serial)
order by 1, 2;

-- name: undrawn()
-- Tickets under serials that were never drawn.
select t.number from tickets t left join serials s
    on to_char(s.day, 'YYYYMMDD') = substring(t.number from '([0-9]{8})-')
where coalesce(s.last, 0) < substring(t.number from '-([0-9]{6})-')::int
order by t.number;
