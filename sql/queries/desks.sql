-- name: add_escalation(id, ticket, reason, ground, question, asked_by, now)!
-- A question goes to the panel, by a lawyer or by itself.
insert into escalations (id, ticket, reason, ground, question, asked_by, state, opened_at)
values (:id, :ticket, :reason, :ground, :question, :asked_by, 'open', :now);

-- name: asked_since(staff_no, since)$
-- How often a lawyer has asked the panel.
select count(*) from escalations where asked_by = :staff_no and opened_at >= :since;

-- name: claim_escalation(staff_no, now, id)!
-- One expert has it.
update escalations set state = 'claimed', claimed_by = :staff_no, claimed_at = :now where id = :id;

-- name: return_escalation(id)!
-- Whoever had it gave it back.
update escalations set state = 'open', claimed_by = null, claimed_at = null where id = :id;

-- name: end_escalation(now, id)!
-- The question found its end without the panel.
update escalations set state = 'resolved', resolved_at = :now where id = :id and state <> 'resolved';

-- name: resolve_escalation(now, answer_ground, id)!
-- An opinion or an answer was given, or it was sent back.
update escalations set state = 'resolved', resolved_at = :now, answer_ground = :answer_ground
where id = :id;

-- name: escalations(state, staff_no, institution, count)
-- Open ones first, the oldest of them first; but for those that an expert is to keep out of (7).
select e.* from escalations e join tickets t on t.number = e.ticket
where (:state::text is null or e.state = :state)
    and (coalesce(e.claimed_by = :staff_no, false) or not (
        coalesce(:institution::text = any(t.institutions) or (:institution = any(t.panel_houses)
            and not :staff_no = any(t.joined)), false)
        or exists (select from jsonb_array_elements(t.answers) a where a->>1 = :staff_no and (
            t.state in ('answered', 'closed')
            or (e.id = t.escalation and (a->>0)::integer = t.escalation_seq)))))
order by e.state = 'resolved', e.opened_at limit :count;

-- name: escalation(id)^
-- One escalation.
select * from escalations where id = :id;

-- name: add_review(id, ticket, seq, author, by, kind, body, wording, severity, due_at, now)!
-- An expert's opinion, or a suggestion about the answer that `author` gave.
insert into reviews (id, ticket, seq, author, by, kind, state, body, wording, severity, due_at, opened_at)
values (:id, :ticket, :seq, :author, :by, :kind, 'open', :body, :wording, :severity, :due_at, :now);

-- name: lapse_review(id)!
-- It was not settled, or accepted and not put into effect, in time; that of a contested one is the panel's.
update reviews set state = 'overdue' where id = :id and state <> 'contested';

-- name: settle_review(how, reply, now, id)!
-- Its lawyer accepted or contested it.
update reviews set state = :how, reply = :reply, settled_at = :now where id = :id;

-- name: pass_review(ticket, by, now)!
-- Looked at, nothing to remark.
insert into passed_reviews (ticket, by, at) values (:ticket, :by, :now)
on conflict (ticket) do update set by = excluded.by, at = excluded.at;

-- name: add_scorecard(ticket, author, by, facts, law, analysis, steps, risk, now)!
-- What an expert thought of an answer; a part without a mark is empty.
insert into scorecards (ticket, author, by, facts, law, analysis, steps, risk, at)
values (:ticket, :author, :by, :facts, :law, :analysis, :steps, :risk, :now);

-- name: scores_of(author, since)
-- How often each part of an author's answers was marked how.
select part, mark, count(*) as n from scorecards s
cross join lateral (values ('facts', s.facts), ('law', s.law), ('analysis', s.analysis),
    ('steps', s.steps), ('risk', s.risk)) as v (part, mark)
where s.author = :author and s.at >= :since and v.mark is not null group by part, mark;

-- name: review(id)^
-- One review.
select * from reviews where id = :id;

-- name: reviews_of(ticket)
-- A ticket's reviews.
select * from reviews where ticket = :ticket order by opened_at;

-- name: reviews_about(author, count)
-- What experts suggest about own answers, as long as it is not settled, or accepted and not put into effect.
select r.* from reviews r join tickets t on t.number = r.ticket
where r.author = :author and r.state in ('open', 'accepted')
    and exists (select from jsonb_array_elements(t.open_reviews) o where o->>0 = r.id)
order by r.due_at limit :count;

-- name: to_review(institution, staff_no, count)
-- Given answers that an expert should look at (7), but for those that this one is to keep out of: those
-- first of which the citizen is warned, then low ratings, then late ones, then the longest waiting.
select t.*, q.why from review_queue q join tickets t on t.number = q.ticket
where not coalesce(:institution::text = any(t.institutions) or (:institution = any(t.panel_houses)
        and not :staff_no = any(t.joined)), false)
    and not exists (select from jsonb_array_elements(t.answers) a where a->>1 = :staff_no)
order by not 'harmful' = any(q.why), not 'low_rating' = any(q.why), not 'late' = any(q.why), q.since limit :count;

-- name: add_to_review(ticket, why, now)!
-- A given answer is to be looked at.
insert into review_queue (ticket, why, since) values (:ticket, :why, :now)
on conflict (ticket) do update set
    why = (select array_agg(distinct w) from unnest(review_queue.why || excluded.why) w);

-- name: add_new_lawyers(ticket, now, staff_no, most)!
-- The same if its lawyer has given few answers so far. What stands in brackets hides the values from the
-- planner: it would plan anew for each answer, which with many tickets costs more than the rest of it.
insert into review_queue (ticket, why, since)
select :ticket::text, array['new_lawyer'], :now::timestamptz
where (select count(*) from (select from tickets t
    where t.assignee = (select :staff_no::text) and t.answered_at is not null
    order by t.opened_at desc limit (select :most::int + 1)) s) <= :most::int
on conflict (ticket) do update set
    why = (select array_agg(distinct w) from unnest(review_queue.why || excluded.why) w);

-- name: end_look(ticket)!
-- It was looked at.
delete from review_queue where ticket = :ticket;

-- name: add_note(ticket, place, by, about, body, due_at, now)!
-- An internal note.
insert into notes (ticket, place, by, about, body, due_at, at)
values (:ticket, :place, :by, :about, :body, :due_at, :now);

-- name: add_reply(now, ticket, place, asker, by, about, body)!
-- What those behind the talk say to who asked: it settles what that lawyer and the own house have asked so far.
with settled as (
    update notes n set replied_at = :now from accounts a, accounts q
    where n.ticket = :ticket and n.about = 'support' and n.replied_at is null and n.place < :place
        and a.staff_no = n.by and q.staff_no = :asker
        and (n.by = :asker or (a.institution <> '' and a.institution = q.institution)))
insert into notes (ticket, place, by, about, body, at)
    values (:ticket, :place, :by, :about, :body, :now);

-- name: notes_of(ticket)
-- A ticket's internal notes, in order.
select * from notes where ticket = :ticket order by place;

-- name: add_correction(ticket, seq, by_seq)!
-- Which version of an answer stands.
insert into corrections (ticket, seq, by_seq) values (:ticket, :seq, :by_seq)
on conflict (ticket, seq) do update set by_seq = excluded.by_seq, confirmed_at = null;

-- name: confirm_correction(now, ticket, by_seq)!
-- The citizen has seen it; the first time counts.
update corrections set confirmed_at = coalesce(confirmed_at, :now)
where ticket = :ticket and by_seq = :by_seq;

-- name: corrections_of(ticket)
-- The answers of a ticket that were put right, and when the citizen said to have seen that.
select seq, by_seq, confirmed_at from corrections where ticket = :ticket;

-- name: calendar_days()
-- Loaded days that differ from plain weekdays and weekends.
select day, works from calendar_days;

-- name: calendar_years()
-- Years whose notice was loaded.
select year from calendar_years;

-- name: put_calendar_day(day, works, name)!
-- A day of a notice.
insert into calendar_days (day, works, name) values (:day, :works, :name)
on conflict (day) do update set works = excluded.works, name = excluded.name;

-- name: put_calendar_year(year, now)!
-- A year is announced.
insert into calendar_years (year, loaded_at) values (:year, :now)
on conflict (year) do update set loaded_at = excluded.loaded_at;

-- name: provisional_callbacks(after, count)
-- Open call-backs whose due time is still a guess, with the time of the rating that opened them and, in its
-- body, the due time that was told last.
select t.number, o.opened_at, d.body
from tickets t cross join lateral (select min(j.at) as opened_at, max(j.entry) as entry from journal j
    where j.month = t.month and j.ticket = t.number and j.kind = 'callback_opened') o
join details d on d.month = t.month and d.ticket = t.number and d.entry = o.entry
where t.callback in ('open', 'begun') and t.callback_provisional
    and t.number > :after order by t.number limit :count;

-- name: save_draft(staff_no, ticket, body, now)!
-- A lawyer's unsent answer, in place of the one before.
insert into drafts (staff_no, ticket, body, saved_at) values (:staff_no, :ticket, :body, :now)
on conflict (staff_no, ticket) do update set body = excluded.body, saved_at = excluded.saved_at;

-- name: drop_draft(staff_no, ticket)!
-- Nothing is left to send.
delete from drafts where staff_no = :staff_no and ticket = :ticket;

-- name: draft(staff_no, ticket)$
-- What was kept.
select body from drafts where staff_no = :staff_no and ticket = :ticket;

-- name: add_mark(staff_no, kind, ticket, now)!
-- A missed offer, or a lapse that a lawyer answers for.
insert into marks (staff_no, kind, ticket, at) values (:staff_no, :kind, :ticket, :now);

-- name: add_refusal(staff_no, ground, ticket, now)!
-- A lawyer has turned a question down, which is no breach.
insert into marks (staff_no, kind, ground, ticket, at)
values (:staff_no, 'refused', :ground, :ticket, :now);

-- name: add_reason(staff_no, reason, ticket, now)!
-- What a citizen was not satisfied with, in the hands of this lawyer (24).
insert into marks (staff_no, kind, ground, ticket, at)
values (:staff_no, 'reason', :reason, :ticket, :now);

-- name: block_account(ticket, account, until, reason, step, now)!
-- An account may open nothing until a time; a longer block that stands already is not shortened.
with kept as (
    insert into blocks (ticket, account, until, reason, step, since)
    values (:ticket, :account, :until, :reason, :step, :now)
    on conflict (ticket) do update set until = greatest(blocks.until, excluded.until),
        reason = excluded.reason, step = excluded.step, per_week = null
)
update accounts set
    blocked_reason = case when blocked_until > :until then blocked_reason else :reason end,
    blocked_until = greatest(blocked_until, :until)
where id = :account;

-- name: limit_account(ticket, account, until, reason, per_week, now)!
-- An account may open so many questions a week, until a time; what the same ticket blocks stays blocked.
insert into blocks (ticket, account, until, reason, step, per_week, since)
values (:ticket, :account, :until, :reason, 'weekly', :per_week, :now)
on conflict (ticket) do update set until = excluded.until, reason = excluded.reason,
    per_week = excluded.per_week, since = excluded.since, step = 'weekly'
where blocks.step = 'weekly' or blocks.until <= :now;

-- name: lift_block(ticket, account)!
-- What this ticket's finding blocked or limited is free again, but for what others do.
with lifted as (delete from blocks where ticket = :ticket)
update accounts a set (blocked_until, blocked_reason) = (
    select b.until, b.reason from blocks b
    where b.account = a.id and b.ticket <> :ticket and b.step <> 'weekly'
    order by b.until desc limit 1)
where a.id = :account;

-- name: restraints_of(account, now)
-- What holds an account back now, each with the ticket that it rests on (29); what ends last comes first.
select b.ticket, b.until, b.reason, b.per_week, t.appeal from blocks b join tickets t on t.number = b.ticket
where b.account = :account and b.until > :now order by b.until desc;
