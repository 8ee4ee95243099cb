-- name: add_office_alert(id, ticket, kind, clock, staff_no, due_at, now)!
-- For the institution of this lawyer, if it has one; each thing once.
insert into alerts (id, desk, institution, ticket, kind, clock, staff_no, due_at, at)
select :id, 'backoffice', a.institution, :ticket, :kind, :clock, :staff_no, :due_at, :now
from accounts a where a.staff_no = :staff_no and a.institution is not null
on conflict (id) do nothing;

-- name: add_operator_alert(id, ticket, kind, clock, staff_no, due_at, now)!
-- For the operator on duty; each thing once.
insert into alerts (id, desk, ticket, kind, clock, staff_no, due_at, at)
values (:id, 'operator', :ticket, :kind, :clock, :staff_no, :due_at, :now)
on conflict (id) do nothing;

-- name: add_deskless_alert(id, ticket, kind, clock, staff_no, due_at, now)!
-- For the operator on duty, where the house of this lawyer has nobody in its back office, or there is no house.
insert into alerts (id, desk, ticket, kind, clock, staff_no, due_at, at)
select :id, 'operator', :ticket, :kind, :clock, :staff_no, :due_at, :now
where not exists (select from accounts a join accounts o using (institution)
    where a.staff_no = :staff_no and a.institution <> '' and o.role = 'backoffice' and o.disabled_at is null)
on conflict (id) do nothing;

-- name: alerts_of(desk, institution, since, count)
-- What a desk has not seen, newest first, then what it saw lately. An institution's are its own alone.
select * from alerts where desk = :desk and institution is not distinct from :institution
    and (seen_at is null or seen_at > :since)
order by seen_at is not null, at desc limit :count;

-- name: see_alerts(staff_no, now, desk, institution, ids)
-- Somebody of the desk has seen these; the first to see them stands.
update alerts set seen_by = :staff_no, seen_at = :now
where desk = :desk and institution is not distinct from :institution
    and id = any(:ids::text[]) and seen_at is null
returning id;

-- name: add_explanation(id, ticket, staff_no, clock, now)!
-- A clock ran out in this lawyer's hands.
insert into explanations (id, ticket, staff_no, clock, owed_at)
values (:id, :ticket, :staff_no, :clock, :now);

-- name: give_explanation(now, ticket, staff_no)!
-- The lawyer has explained it to the citizen.
update explanations set given_at = :now
where ticket = :ticket and staff_no = :staff_no and given_at is null;

-- name: explanations_of(staff_no)
-- What a lawyer still owes, oldest first.
select ticket, staff_no, clock, owed_at from explanations
where staff_no = :staff_no and given_at is null order by owed_at;

-- name: explanations_at(institution, count)
-- What an institution's lawyers still owe, oldest first.
select e.ticket, e.staff_no, e.clock, e.owed_at from explanations e join accounts a using (staff_no)
where a.institution = :institution and e.given_at is null order by e.owed_at limit :count;
