-- name: on_call(now, live_since)
-- Experts who are connected: their load, whether the rota names them now, and when they claimed last.
select a.*,
    (select count(*) from escalations e where e.claimed_by = a.staff_no and e.state = 'claimed')::int
        + (select count(*) from tickets t where t.panel_offered_to = a.staff_no)::int as load,
    exists (select from shifts s where s.staff_no = a.staff_no
        and s.starts_at <= :now and s.ends_at > :now) as on_rota,
    (select max(e.claimed_at) from escalations e where e.claimed_by = a.staff_no) as claimed_at
from accounts a
where a.role = 'expert' and a.disabled_at is null
    and exists (select from presence p where p.staff_no = a.staff_no
        and p.connections > 0 and p.seen_at > :live_since);

-- name: unoffered(count)
-- Questions for the panel that nobody is asked to take at the moment, the oldest first.
select t.* from escalations e join tickets t on t.number = e.ticket and t.escalation = e.id
where e.state = 'open' and t.panel_offered_to is null
order by e.opened_at limit :count;

-- name: try_panel()$
-- One process offers at a time; the lock ends with the transaction.
select pg_try_advisory_xact_lock(1650746232);

-- name: offered_to(staff_no)
-- What an expert is asked to take at the moment.
select * from tickets where panel_offered_to = :staff_no order by panel_offer_expires_at;

-- name: hand(ticket, staff_no)^
-- What the panel, and one expert of it, has to do with a ticket, or had (7, 25).
select exists (select from review_queue where ticket = :ticket) as waits,
    exists (select from escalations where ticket = :ticket and claimed_by = :staff_no
        and state = 'resolved') as resolved,
    exists (select from reviews where ticket = :ticket and by = :staff_no)
        or exists (select from passed_reviews where ticket = :ticket and by = :staff_no) as judged;

-- name: running(category, institution, staff_no, count)
-- Talks that go on and that an expert may read along with (7), the oldest first.
select * from tickets t
where t.running
    and (:category::text is null or t.category = :category)
    and not coalesce(:institution::text = any(t.institutions) or (:institution = any(t.panel_houses)
        and not :staff_no = any(t.joined)), false)
    and not (t.state = 'answered' and exists (
        select from jsonb_array_elements(t.answers) a where a->>1 = :staff_no))
order by t.opened_at limit :count;

-- name: add_shift(staff_no, starts_at, ends_at, added_by, now)$
-- An expert is on rota from one time to another.
insert into shifts (staff_no, starts_at, ends_at, added_by, added_at)
values (:staff_no, :starts_at, :ends_at, :added_by, :now) returning id;

-- name: drop_shift(id)$
-- A shift is taken off the rota.
delete from shifts where id = :id returning id;

-- name: shifts(since, count)
-- The rota from a time on.
select s.*, a.name from shifts s left join accounts a using (staff_no)
where s.ends_at > :since order by s.starts_at, s.staff_no limit :count;

-- name: shift_overlaps(staff_no, ends_at, starts_at)$
-- Whether the expert is on rota in a part of this time already.
select exists (select from shifts where staff_no = :staff_no
    and starts_at < :ends_at and ends_at > :starts_at);

-- name: panel()
-- Everyone of the panel.
select staff_no, name, institution, skills from accounts
where role = 'expert' and disabled_at is null order by staff_no;
