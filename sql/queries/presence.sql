-- name: set_duty(staff_no, status, reason, now)^
-- A lawyer goes on duty, pauses or leaves; the idle time begins with duty.
insert into duty as d (staff_no, status, reason, missed, since, idle_since)
values (:staff_no, :status, :reason, 0, :now, :now)
on conflict (staff_no) do update set status = :status, reason = :reason, missed = 0, since = :now,
    idle_since = case when d.status = 'on' then d.idle_since else :now end
returning *;

-- name: lost(now, staff_nos, live_since)
-- Lawyers whose connections were lost leave duty, unless they have come back since they were looked at.
update duty d set status = 'off', reason = 'connection_lost', missed = 0, since = :now,
    idle_since = case when d.status = 'on' then d.idle_since else :now end
where d.staff_no = any(:staff_nos::text[]) and d.status <> 'off' and d.since <= :now
    and not exists (select from presence p where p.staff_no = d.staff_no
        and p.connections > 0 and p.seen_at > :live_since)
returning d.staff_no;

-- name: duty_of(staff_nos)
-- What the console shows of these lawyers: the duty, the room and the talks they hold.
select a.staff_no, a.capacity, coalesce(d.status, 'off') as status, d.reason,
    (select count(*) from tickets t where t.talking_to = a.staff_no)::int as active
from accounts a left join duty d using (staff_no) where a.staff_no = any(:staff_nos::text[]);

-- name: is_lawyer(staff_no)$
-- Whether this is the number of a lawyer who may be given tickets.
select exists (select from accounts
    where staff_no = :staff_no and role = 'lawyer' and disabled_at is null);

-- name: count_missed(staff_nos)
-- One more missed offer for each time that a lawyer is named.
update duty d set missed = d.missed + m.times
from (select u.staff_no, count(*)::int as times from unnest(:staff_nos::text[]) u (staff_no)
    group by u.staff_no) m
where d.staff_no = m.staff_no returning d.staff_no, d.missed;

-- name: pause_missing(reason, now, most)
-- Lawyers on duty who missed too many offers in a row are paused.
update duty set status = 'pause', reason = :reason, missed = 0, since = :now
where missed >= :most and status = 'on' returning staff_no;

-- name: forget_missed(staff_nos)!
-- Whoever accepted has missed nothing.
update duty set missed = 0 where staff_no = any(:staff_nos::text[]) and missed > 0;

-- name: now_idle(now, staff_nos)!
-- These lawyers have just finished a talk.
update duty set idle_since = :now where staff_no = any(:staff_nos::text[]);

-- name: renew(process, now, staff_nos, counts)!
-- The leases of this process, renewed together.
insert into presence (staff_no, process, connections, seen_at)
select u.staff_no, :process, u.connections, :now
from unnest(:staff_nos::text[], :counts::int[]) u (staff_no, connections)
on conflict (staff_no, process) do update set connections = excluded.connections, seen_at = :now;

-- name: on_duty(live_since)
-- Lawyers on duty whose connection lives, with the room that they have.
select a.staff_no, a.skills, d.idle_since, a.capacity,
    a.capacity - (
        (select count(*) from tickets t where t.talking_to = a.staff_no)
        + (select count(*) from tickets t where t.offered_to = a.staff_no))::int as room
from duty d join accounts a using (staff_no)
where d.status = 'on' and a.role = 'lawyer' and a.disabled_at is null
    and exists (select from presence p where p.staff_no = d.staff_no
        and p.connections > 0 and p.seen_at > :live_since);

-- name: connected(staff_nos, live_since)
-- Which of these have a connection that lives.
select distinct staff_no from presence where staff_no = any(:staff_nos::text[])
    and connections > 0 and seen_at > :live_since;

-- name: gone(live_since)
-- Lawyers who hold open live tickets or are on duty and have no living connection, and since when.
select s.staff_no, coalesce(max(p.seen_at), 'epoch') as seen_at
from (
    select staff_no from duty where status <> 'off'
    union select talking_to from tickets where talking_to is not null
) s left join presence p using (staff_no)
where s.staff_no is not null
group by s.staff_no
having not coalesce(bool_or(p.connections > 0 and p.seen_at > :live_since), false);

-- name: held_by(staff_nos)
-- The open live tickets of these lawyers, oldest first.
select number, assignee, epoch, state, drop_noticed from tickets
where talking_to = any(:staff_nos::text[]) order by number;

-- name: waiting(categories, mosts, takers, now, free)
-- The head of each category's queue, in the order of the whole one; `explainer` gave the answer that its asker
-- did not understand (29). Without what nobody there can be offered yet: all of the category's `takers` passed
-- it by, so did its explainer if `free`, and its time to be offered again is to come.
select w.number, w.category, w.passed_by, w.retry_at, w.explainer
from unnest(:categories::text[], :mosts::int[], :takers::text[]) c (category, most, takers)
cross join lateral (
    (select number, category, passed_by, retry_at, front, opened_at, explainer from tickets t
    cross join lateral (select case when t.because = 'not_understood' then
        (select e.answers -> -1 ->> 1 from tickets e where e.number = t.earlier) end as explainer) e
    where t.queued = 'live' and t.category = c.category and t.offered_to is null
        and (t.retry_at is null or t.retry_at <= :now or not t.passed_by @> string_to_array(c.takers, ' ')
            or (explainer = any(:free::text[]) and explainer <> all(t.passed_by)))
    order by front desc, opened_at limit c.most)
    union all
    -- a written message that is late is offered too, so that it does not lie in the pool
    (select number, category, passed_by, retry_at, front, opened_at, explainer from tickets t
    cross join lateral (select case when t.because = 'not_understood' then
        (select e.answers -> -1 ->> 1 from tickets e where e.number = t.earlier) end as explainer) e
    where t.queued = 'message' and t.lapsed_at is not null
        and t.category = c.category and t.offered_to is null
        and (t.retry_at is null or t.retry_at <= :now or not t.passed_by @> string_to_array(c.takers, ' ')
            or (explainer = any(:free::text[]) and explainer <> all(t.passed_by)))
    order by front desc, opened_at limit c.most)) w
order by w.front desc, w.opened_at;

-- name: queue()
-- Everybody who waits, in order.
select number, category, citizen from tickets where queued = 'live'
order by front desc, opened_at;

-- name: ahead(categories, fronts, opened_ats)
-- How many wait before each of these places in one pool of categories.
select (select count(*)::int from tickets t where t.queued = 'live'
    and t.category = any(:categories::text[])
    and (t.front > u.front or (t.front = u.front and t.opened_at < u.opened_at))) as ahead
from unnest(:fronts::boolean[], :opened_ats::timestamptz[]) with ordinality u (front, opened_at, place)
order by u.place;

-- name: pool_ahead(answer_due_ats)
-- How many written messages are due before each of these.
select (select count(*)::int from tickets t where t.queued = 'message'
    and t.pool_due_at < u.due_at) as ahead
from unnest(:answer_due_ats::timestamptz[]) with ordinality u (due_at, place) order by u.place;

-- name: service_times(count)^
-- Quartiles in seconds of the talks closed or answered last.
select coalesce(percentile_cont(0.25) within group (order by s.took), 300)::int as low,
    coalesce(percentile_cont(0.75) within group (order by s.took), 900)::int as high
from (select extract(epoch from coalesce(closed_at, answered_at) - accepted_at) as took
    from tickets where accepted_at is not null and kind = 'live' and state in ('answered', 'closed')
    order by accepted_at desc limit :count) s where s.took >= 0;

-- name: try_route()$
-- One process routes at a time; the lock ends with the transaction.
select pg_try_advisory_xact_lock(1650746231);

-- name: hints_since(xid, process)
-- What other processes told since a transaction bound.
select id, xid::text::bigint as xid, body from hints
where xid >= (:xid::bigint::text)::xid8 and process <> :process order by id;

-- name: snapshot()$
-- The oldest transaction that may still commit.
select pg_snapshot_xmin(pg_current_snapshot())::text::bigint;

-- name: drop_hints(before)!
-- Hints that every process has long heard.
delete from hints where at < :before;

-- name: drop_lost_presence(before)!
-- Leases that ended long ago.
delete from presence where seen_at < :before;
