-- name: add(id, channel, ticket, kind, now, citizen)!
-- One notification on one channel; a citizen without an address for it gets none.
insert into outbox (id, channel, ticket, kind, recipient, created_at, due_at)
select :id::text, :channel::text, :ticket::text, :kind::text,
    case when :channel = 'mail' then a.email else a.login end, :now::timestamptz, :now
from accounts a where a.id = :citizen and (:channel <> 'mail' or a.email is not null)
on conflict (id) do nothing;

-- name: claim(lease, now, count)
-- The next ones that are due, for this process alone until the lease ends.
update outbox set leased_until = :lease, attempts = attempts + 1 where id in (
    select id from outbox where done_at is null and due_at <= :now
        and (leased_until is null or leased_until <= :now)
    order by due_at limit :count for update skip locked)
returning *;

-- name: done(now, id)!
-- Delivered: never sent again.
update outbox set done_at = :now, leased_until = null where id = :id;

-- name: put_off(due_at, id)!
-- Not delivered: tried again later.
update outbox set due_at = :due_at, leased_until = null where id = :id and done_at is null;

-- name: drop_done(before)!
-- What was delivered long ago.
delete from outbox where done_at < :before;
