-- name: lock_tickets(numbers)
-- The rows of a batch, in one fixed order for all processes.
select number, entry from tickets where number = any(:numbers::text[]) order by number for update;

-- name: tickets_by_number(numbers)
-- Tickets as they stand.
select * from tickets where number = any(:numbers::text[]);

-- name: owners(numbers)
-- Whose tickets these are, and who gave their latest answers.
select number, citizen, answers -> -1 ->> 1 as author from tickets where number = any(:numbers::text[]);

-- name: said_in(numbers, months, most)
-- The client ids used last in these tickets, so many of each.
select m.ticket, m.author, m.id, m.seq, m.entry, m.body, j.at, j.kind, j.actor
from unnest(:numbers::text[], :months::int[]) u (number, month)
cross join lateral (select * from messages
    where month = u.month and ticket = u.number and author <> 'system' order by seq desc limit :most) m
join journal j on j.month = m.month and j.ticket = m.ticket and j.entry = m.entry;

-- name: said_under(months, tickets, authors, ids)
-- What these authors said under these ids in these tickets, however long ago.
select ticket, author, id, m.seq, entry, m.body, j.at, j.kind, j.actor
from unnest(:months::int[], :tickets::text[], :authors::text[], :ids::text[]) u (month, ticket, author, id)
join messages m using (month, ticket, author, id) join journal j using (month, ticket, entry);

-- name: take_serials(day, count)$
-- Draws the next serials of a day, without gaps: a rollback gives them back.
insert into serials as s (day, last) values (:day, :count)
on conflict (day) do update set last = s.last + :count returning last;

-- name: openings(accounts, ids)
-- Tickets that these accounts opened before under these ids.
select o.account, o.id, o.digest, o.ticket
from unnest(:accounts::text[], :ids::text[]) u (account, id) join openings o using (account, id);

-- name: add_openings(accounts, ids, digests, tickets)!
-- Under which client's id each new ticket was opened.
insert into openings (account, id, digest, ticket)
select * from unnest(:accounts::text[], :ids::text[], :digests::bytea[], :tickets::text[]);

-- name: askers(now, accounts)
-- What opening a ticket asks of a citizen, as it stands now.
select a.id, a.review, a.blocked_until, a.blocked_reason, w.per_week, w.until as limited_until,
    w.reason as limited_reason, w.ticket as limited_by, w.asked, w.first_at,
    (select b.ticket from blocks b where b.account = a.id and b.until = a.blocked_until
        and b.step <> 'weekly' limit 1) as blocked_by,
    exists (select from tickets t where t.citizen = a.id and t.answered_at is not null) as answered,
    (select count(*) from tickets t where t.citizen = a.id
        and t.state in ('queued', 'active', 'scheduled'))::int as waiting,
    exists (select from acceptances c where c.account = a.id and c.version =
        (select version from agreements order by published_at desc, version desc limit 1)) as agreed
from accounts a
left join lateral (
    -- the strictest weekly limit that holds, and what was asked under it in seven days
    select b.ticket, b.per_week, b.until, b.reason, q.asked, q.first_at from blocks b
    cross join lateral (select count(*)::int as asked, min(t.opened_at) as first_at from tickets t
        where t.citizen = b.account and t.opened_at > greatest(b.since, :now::timestamptz - interval '7 days')) q
    where b.account = a.id and b.until > :now and b.step = 'weekly'
    order by b.per_week, b.until desc limit 1) w on true
where a.id = any(:accounts::text[]) and a.disabled_at is null;

-- name: before(accounts, since, count)
-- What these citizens asked before and were answered, or may ask again after an upheld appeal:
-- the first message and the latest answer of each ticket, newest ticket first.
select t.citizen, t.number, t.answered_at, t.appeal, t.answers, t.earlier, t.because, t.satisfied, q.body as asked, r.body as answer
from unnest(:accounts::text[]) u (account)
cross join lateral (
    select citizen, number, month, answered_at, appeal, answers, opened_at, earlier, because, satisfied
    from tickets
    where citizen = u.account and opened_at > :since
        and (answered_at is not null or appeal = 'upheld')
    order by opened_at desc limit :count) t
join messages q on q.month = t.month and q.ticket = t.number and q.seq = 1
left join messages r on r.month = t.month and r.ticket = t.number
    and r.seq = (t.answers -> -1 ->> 0)::int
order by t.opened_at desc;

-- name: save_talk(now, bodies, proofs, months, numbers, entries, seqs, kinds, actors, ids, places, sizes, touched, touched_entries, last_seqs, lasts, spokes, citizen_reads, staff_reads, next_due_ats, befores, process, hint)
-- One batch of talk in one statement. It must fail whole unless each touched ticket still has the
-- entry on which its rules decided; division by zero is the error that nothing else here can raise.
-- Numbers, times and our own words come as literals of arrays. All bodies come as one string of bytes in
-- which `places` and `sizes` tell where each lies, and so do the proofs: commitment, hash and salt of 32
-- bytes for each. `lasts` counts to the row of each touched ticket that has its newest hash.
-- Whoever spoke did so now; a ticket in which nobody did has no one in `spokes`.
with said as (
    select :now::timestamptz as at, u.*, substr(:bodies::bytea, place, size) as body,
        substr(:proofs::bytea, n::int * 96 - 95, 32) as commitment,
        substr(:proofs, n::int * 96 - 63, 32) as hash, substr(:proofs, n::int * 96 - 31, 32) as salt
    from unnest(:months::text::int[], :numbers::text::text[], :entries::text::int[],
        :seqs::text::int[], :kinds::text::text[], :actors::text::text[], :ids::text[],
        :places::text::int[], :sizes::text::int[])
        with ordinality u (month, ticket, entry, seq, kind, actor, id, place, size, n)
), recorded as (
    insert into journal (month, ticket, entry, seq, at, kind, actor, commitment, hash)
    select month, ticket, entry, seq, at, kind, actor, commitment, hash from said
), kept as (
    insert into messages (month, ticket, seq, entry, author, id, body, salt)
    select month, ticket, seq, entry, actor, id, body, salt from said where seq is not null
), detailed as (
    insert into details (month, ticket, entry, body, salt)
    select month, ticket, entry, body, salt from said where seq is null
), grown as (
    update tickets t set entry = u.entry, last_seq = u.last_seq,
        head = substr(:proofs, u.last * 96 - 63, 32), spoke = coalesce(u.spoke, t.spoke),
        spoke_at = case when u.spoke is null then t.spoke_at else :now end,
        warned_at = case when u.spoke is null then t.warned_at end,
        citizen_read = u.citizen_read, staff_read = u.staff_read,
        next_due_at = case when t.next_due_at > :now and t.next_due_at <= u.next_due_at
            then t.next_due_at else u.next_due_at end
    from unnest(:touched::text::text[], :touched_entries::text::int[], :last_seqs::text::int[],
        :lasts::text::int[], :spokes::text::text[], :citizen_reads::text::int[],
        :staff_reads::text::int[], :next_due_ats::text::timestamptz[], :befores::text::int[])
        u (number, entry, last_seq, last, spoke, citizen_read, staff_read, next_due_at, before)
    where t.number = u.number and t.entry = u.before
    returning 1
), hinted as (
    insert into hints (process, at, body) values (:process, :now, :hint)
)
select case count(*) when cardinality(:touched::text::text[]) then true
    else 1 / (count(*) - count(*)) = 1 end
from grown;

-- name: add_hint(process, now, body)!
-- Tells the other processes which tickets have grown.
insert into hints (process, at, body) values (:process, :now, :body);

-- name: recorded(month, ticket, entry)$
-- The hash of one journal row: settles whether a commit whose answer was lost took place.
select hash from journal where month = :month and ticket = :ticket and entry = :entry;

-- name: held(numbers)
-- Which of these tickets somebody else has locked just now.
with free as (
    select number from tickets where number = any(:numbers::text[]) order by number for update skip locked
)
select number from tickets where number = any(:numbers) and number not in (select number from free);

-- name: day_held(day)$
-- Whether somebody else is just drawing serials of this day.
with free as (select day from serials where day = :day for update skip locked)
select exists (select from serials where day = :day) and not exists (select from free);

-- name: lock_day(day)$
-- Waits for the end of a transaction that draws serials of this day.
select last from serials where day = :day for update;

-- name: records(month, ticket, from_entry, to_entry, later_than)
-- A stretch of one ticket's record, with its bodies; only what is later than some time, if one is given.
select j.entry, j.seq, j.at, j.kind, j.actor, coalesce(m.body, d.body) as body
from journal j
left join messages m on m.month = j.month and m.ticket = j.ticket and m.seq = j.seq
left join details d on d.month = j.month and d.ticket = j.ticket and d.entry = j.entry
where j.month = :month and j.ticket = :ticket and j.entry between :from_entry and :to_entry
    and (:later_than::timestamptz is null or j.at > :later_than)
order by j.entry;

-- name: talk(month, ticket, after_seq, to_seq, count)
-- What the citizen may see after one seq, up to another.
select j.entry, j.seq, j.at, j.kind, j.actor, m.body
from messages m join journal j using (month, ticket, entry)
where m.month = :month and m.ticket = :ticket and m.seq > :after_seq and m.seq <= :to_seq
order by m.seq limit :count;

-- name: tickets_of_citizen(citizen, open_only, before, before_number, count)
-- A page of a citizen's tickets, newest first.
select * from tickets where citizen = :citizen
    and (not :open_only::bool or state <> 'closed')
    and (:before::timestamptz is null or (opened_at, number) < (:before, :before_number::text))
order by opened_at desc, number desc limit :count;

-- name: tickets_of_lawyer(staff_no, open_only, before, before_number, count)
-- A page of what a lawyer holds or is offered, newest first.
select * from tickets where (assignee = :staff_no or offered_to = :staff_no)
    and (not :open_only::bool or state <> 'closed')
    and (:before::timestamptz is null or (opened_at, number) < (:before, :before_number::text))
order by opened_at desc, number desc limit :count;

-- name: tickets_of_expert(staff_no, open_only, before, before_number, count)
-- A page of those whose question an expert has claimed or resolved, newest first.
select * from tickets where number in (select ticket from escalations where claimed_by = :staff_no)
    and (not :open_only::bool or state <> 'closed')
    and (:before::timestamptz is null or (opened_at, number) < (:before, :before_number::text))
order by opened_at desc, number desc limit :count;

-- name: tickets_of_all(open_only, before, before_number, count)
-- A page of all tickets, newest first.
select * from tickets where (not :open_only::bool or state <> 'closed')
    and (:before::timestamptz is null or (opened_at, number) < (:before, :before_number::text))
order by opened_at desc, number desc limit :count;

-- name: pool(category, count)
-- Written messages that wait, soonest deadline first: of a call-back that was begun and given back, its own.
select * from tickets where queued = 'message' and (:category::text is null or category = :category)
order by case when callback = 'begun' then callback_due_at else answer_due_at end, number limit :count;

-- name: callbacks_to_take(staff_no, category, count)
-- Call-backs (24) that a lawyer may take: by another than who holds it or gave an answer, or of what nobody
-- holds unless an expert is asked; soonest first, by the time that the citizen chose or by which they are due.
select * from tickets where callback = 'open' and state in ('answered', 'closed')
    and not coalesce(callback_who = 'another' and (assignee = :staff_no
        or exists (select from jsonb_array_elements(answers) given where given ->> 1 = :staff_no)), false)
    and (callback_who = 'another' or (assignee is null
        and not coalesce(callback_who = 'expert' and escalation_state in ('open', 'claimed'), false)))
    and (:category::text is null or category = :category)
order by coalesce(callback_at, callback_due_at), number limit :count;

-- name: callbacks_of(staff_no, count)
-- Call-backs (24) that a lawyer is to make, soonest first.
select * from tickets where assignee = :staff_no and callback in ('open', 'begun')
order by coalesce(callback_at, callback_due_at), number limit :count;

-- name: due(now, left_out, count)
-- Tickets for which a time has come, less those that another process is just working on; the category of
-- those whose clock runs out while nobody holds them and nobody is asked.
select number, entry, case when state = 'queued' and offered_to is null and answer_due_at <= :now
    and 'lapse' <> all(rungs) then category end as unheld
from tickets where next_due_at <= :now and number <> all(:left_out::text[])
order by next_due_at limit :count for update skip locked;

-- name: put_off(numbers, entries, due_ats, now)
-- Tickets that were looked at before their time: each is looked at again at it, unless it has grown since or
-- somebody just works on it; waited for, it could be what they wait for.
with early as (
    select t.number, u.due_at
    from unnest(:numbers::text[], :entries::int[], :due_ats::timestamptz[]) u (number, entry, due_at)
    join tickets t on t.number = u.number and t.entry = u.entry
    where t.next_due_at <= :now and (u.due_at > :now or u.due_at is null)
    for update of t skip locked
)
update tickets t set next_due_at = e.due_at from early e where t.number = e.number
returning t.number;

-- name: next_due(left_out)$
-- When the next ticket is to be looked at.
select min(next_due_at) from tickets where next_due_at is not null and number <> all(:left_out::text[]);
