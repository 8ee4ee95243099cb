-- name: lawyers_of(since, institution)
-- The lawyers of an institution with their duty, their load and what they answer for since a time.
select a.staff_no, a.name, a.profession, a.capacity, coalesce(d.status, 'off') as status, d.reason,
    (select count(*) from tickets t where t.assignee = a.staff_no and t.kind = 'live'
        and t.state in ('active', 'scheduled', 'answered'))::int as live,
    (select count(*) from tickets t where t.assignee = a.staff_no and t.kind = 'message'
        and t.state in ('active', 'scheduled'))::int as written,
    (select count(*) from marks m where m.staff_no = a.staff_no and m.kind = 'missed'
        and m.at > :since)::int as missed,
    (select count(*) from marks m where m.staff_no = a.staff_no and m.kind = 'lapse'
        and m.at > :since)::int as lapses,
    (select count(*) from marks m where m.staff_no = a.staff_no and m.kind = 'contact'
        and m.at > :since)::int as contacts,
    (select coalesce(jsonb_object_agg(g.ground, g.n), '{}') from (
        select m.ground, count(*) as n from marks m
        where m.staff_no = a.staff_no and m.kind = 'refused' and m.at > :since
        group by m.ground) g) as refused,
    (select count(*) from marks m where m.staff_no = a.staff_no and m.kind = 'corrected'
        and m.at > :since)::int as corrected,
    (select count(*) from marks m where m.staff_no = a.staff_no and m.kind = 'unasked'
        and m.at > :since)::int as unasked,
    r.rated, r.satisfied
from accounts a left join duty d using (staff_no)
cross join lateral (select count(*)::int as rated,
    (count(*) filter (where t.satisfied))::int as satisfied
    from tickets t where t.assignee = a.staff_no and t.rated_at > :since) r
where a.institution = :institution and a.role = 'lawyer' and a.disabled_at is null
order by a.staff_no;

-- name: reasons_of(since, institution)
-- What citizens were not satisfied with at an institution since a time: in how many consultations each.
select m.ground as reason, count(distinct m.ticket)::int as tickets
from marks m join accounts a on a.staff_no = m.staff_no
where m.at > :since and m.kind = 'reason' and a.institution = :institution
group by m.ground order by tickets desc, m.ground;

-- name: clocks_of(institution, count)
-- The tickets of an institution's lawyers whose clock runs, soonest first.
select t.* from tickets t join accounts a on a.staff_no = t.assignee
where a.institution = :institution and a.role = 'lawyer'
    and (t.state in ('active', 'scheduled') or t.callback in ('open', 'begun'))
order by coalesce(t.promised_at, t.answer_due_at), t.number limit :count;

-- name: questions_of(institution, count)
-- Questions of an institution's lawyers to their back office that have no reply yet.
select n.* from notes n join accounts a on a.staff_no = n.by
where n.about = 'support' and n.replied_at is null and a.institution = :institution
order by coalesce(n.due_at, n.at), n.ticket limit :count;

-- name: questions_left(now, count)
-- Questions without a reply that are late, or of lawyers whose house has nobody in its back office.
select n.* from notes n join accounts a on a.staff_no = n.by
where n.about = 'support' and n.replied_at is null
    and (n.due_at <= :now or not exists (select from accounts o
        where o.institution = a.institution and o.institution <> '' and o.role = 'backoffice'
            and o.disabled_at is null))
order by coalesce(n.due_at, n.at), n.ticket limit :count;

-- name: unanswered(tickets, institution)
-- Of each of these tickets the oldest question without a reply, of one house or, if none is named, of any.
select distinct on (n.ticket) n.ticket, n.by from notes n join accounts a on a.staff_no = n.by
where n.about = 'support' and n.ticket = any(:tickets::text[]) and n.replied_at is null
    and (:institution::text is null or a.institution = :institution)
order by n.ticket, n.place;

-- name: due_after(asker, ticket, now)$
-- By when the next question of a ticket is to be answered, once whoever asked and the house have their reply.
select min(n.due_at) from notes n join accounts a on a.staff_no = n.by
left join accounts q on q.staff_no = :asker
where n.ticket = :ticket and n.about = 'support' and n.replied_at is null and n.due_at > :now
    and not coalesce(n.by = q.staff_no or (a.institution <> '' and a.institution = q.institution), false);

-- name: is_of(institution, staff_no)$
-- Whether this lawyer belongs to the institution.
select exists (select from accounts where institution = :institution and role = 'lawyer'
    and disabled_at is null and staff_no = :staff_no);

-- name: has_asked(number, institution)$
-- Whether a lawyer of the institution waits for support on this ticket.
select exists (select from notes n join accounts a on a.staff_no = n.by
    where n.ticket = :number and n.about = 'support' and n.replied_at is null
        and a.institution = :institution);

-- name: found_before(number, since)
-- What was found of the citizen of this ticket and not lifted by an appeal, oldest first.
select t.number, j.at, j.kind, d.body
from tickets o join tickets t on t.citizen = o.citizen
join journal j on j.month = t.month and j.ticket = t.number and j.kind = 'abuse_decided'
join details d on (d.month, d.ticket, d.entry) = (j.month, j.ticket, j.entry)
where o.number = :number and t.abuse = 'upheld' and t.appeal is distinct from 'upheld' and j.at > :since
order by j.at;

-- name: to_decide(kinds, count)
-- What an operator is to decide, oldest first: the ticket, and the event that asks for it.
select t.number, t.outcome, t.category, t.title, t.abuse, t.appeal,
    case when t.abuse = 'upheld' then t.abuse_found_by end as found_by, j.kind, j.at, j.actor, d.body
from tickets t
cross join lateral (
    select j.month, j.ticket, j.entry, j.kind, j.at, j.actor from journal j
    where j.month = t.month and j.ticket = t.number and j.kind = any(:kinds::text[])
    order by j.entry desc limit 1) j
join details d on (d.month, d.ticket, d.entry) = (j.month, j.ticket, j.entry)
where ('abuse_proposed' = any(:kinds::text[]) and t.abuse = 'proposed')
    or ('appealed' = any(:kinds::text[]) and t.appeal = 'open')
order by j.at limit :count;
