-- name: add(id, channel, ticket, kind, seq, now, due_at, citizen)!
-- One notification on one channel, to a browser each; who turned it off or has no address for it gets none.
insert into outbox (id, channel, ticket, kind, account, device, seq, created_at, due_at)
select concat_ws('.', :id::text, d.id), :channel::text, :ticket::text, :kind::text, a.id, d.id, :seq::integer,
    :now::timestamptz, :due_at::timestamptz
from accounts a left join devices d on d.account = a.id and :channel = 'browser'
where a.id = :citizen and not :channel = any(a.not_told_by)
    and (:channel <> 'mail' or a.email is not null) and (:channel <> 'browser' or d.id is not null)
on conflict (id) do nothing;

-- name: add_code(account, kind, id, now)!
-- The letter that brings the code of an address; it takes the place of an earlier one.
with gone as (delete from outbox where account = :account and kind = :kind and done_at is null)
insert into outbox (id, channel, kind, account, created_at, due_at)
values (:id, 'mail', :kind, :account, :now, :now);

-- name: claim(now, channels, full, look, accounts, hosts, per_account, per_host, count, lease, attempt)
-- The next ones that are due, for this attempt alone until the lease ends. One that was handed over and never settled may
-- have arrived. `recipient` is null when nothing is to be sent any more: read meanwhile, turned off, or the address is gone.
-- Nobody has more than a few at once, nor has a browser's service: `accounts` and `hosts` are of those under way, each as
-- often as it has one, and `full` is who has enough of them.
with waiting as (
    select o.id, o.due_at, o.account, lower(split_part(split_part(b.endpoint, '/', 3), '@', -1)) as host
    from outbox o left join devices b on b.id = o.device
    where o.done_at is null and o.due_at <= :now
        and (o.leased_until is null or o.leased_until <= :now) and o.channel = any(:channels::text[])
        and o.account <> all(:full::text[]) and (b.endpoint is null
            or lower(split_part(split_part(b.endpoint, '/', 3), '@', -1)) <> all(:full::text[]))
    order by o.due_at limit :look
), ranked as (
    select id, host,
        row_number() over (partition by account order by due_at)
            + (select count(*) from unnest(:accounts::text[]) u (one) where one = account) as of_account,
        row_number() over (partition by host order by due_at)
            + (select count(*) from unnest(:hosts::text[]) u (one) where one = host) as of_host
    from waiting
), due as (
    select o.id from outbox o join ranked r using (id)
    where r.of_account <= :per_account and (r.host is null or r.of_host <= :per_host)
        and o.done_at is null and (o.leased_until is null or o.leased_until <= :now)
    order by o.due_at limit :count for update of o skip locked)
update outbox o set leased_until = :lease, attempt = :attempt, attempts = o.attempts + 1,
    doubtful = o.doubtful or o.handed_at is not null, handed_at = null
from due join outbox d on d.id = due.id join accounts a on a.id = d.account
    left join tickets t on t.number = d.ticket
    left join devices b on b.id = d.device
    left join mail_codes c on c.account = d.account and c.expires_at > :now
where o.id = due.id
returning o.id, o.channel, o.ticket, o.kind, o.attempts, o.attempt, o.doubtful, o.created_at,
    o.seq, o.account, o.device, b.p256dh, b.auth, b.language,
    lower(split_part(split_part(b.endpoint, '/', 3), '@', -1)) as host,
    case when o.kind = 'code' then c.code end as code,
    case when a.disabled_at is not null or t.citizen_read >= o.seq
        or o.channel = any(a.not_told_by) and o.kind <> 'code' then null
    when o.kind = 'code' then c.address
    when o.channel = 'mail' then a.email when o.channel = 'browser' then b.endpoint else a.login end as recipient;

-- name: hand_over(now, lease, id, attempt)$
-- From here on it may arrive. Not for an attempt whose lease has ended.
update outbox set handed_at = :now, leased_until = :lease
where id = :id and attempt = :attempt and done_at is null and leased_until > :now returning true;

-- name: done(now, id, attempt)!
-- Delivered, or not to be sent any more.
update outbox set done_at = :now, leased_until = null where id = :id and attempt = :attempt;

-- name: put_off(due_at, doubt, id, attempt)!
-- Not delivered: tried again later. `doubt`: nobody knows whether it arrived.
update outbox set due_at = :due_at, leased_until = null,
    handed_at = case when :doubt::boolean then handed_at end
where id = :id and attempt = :attempt and done_at is null;

-- name: drop_done(before)!
-- What was delivered long ago.
delete from outbox where done_at < :before;

-- name: drop_mail_codes(before)!
-- Codes that have served, and their counts.
delete from mail_codes where since < :before;
