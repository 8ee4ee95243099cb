-- name: wishes(now, account)^
-- How an account is told, and the address that still has to be proved.
select a.email, a.not_told_by, c.address as pending from accounts a
left join mail_codes c on c.account = a.id and c.expires_at > :now and c.code is not null
where a.id = :account;

-- name: turn_off(channels, account)!
-- The channels by which this account does not want to be told.
update accounts set not_told_by = :channels where id = :account;

-- name: ask_code(account, address, code, expires_at, now, day_ago, most)$
-- A code for a new address in place of an earlier one; nothing after so many in a day.
insert into mail_codes as c (account, address, code, expires_at, since)
values (:account, :address, :code, :expires_at, :now)
on conflict (account) do update set address = excluded.address, code = excluded.code,
    expires_at = excluded.expires_at, tries = 0,
    asked = case when c.since <= :day_ago then 1 else c.asked + 1 end,
    since = case when c.since <= :day_ago then excluded.since else c.since end
where c.since <= :day_ago or c.asked < :most
returning true;

-- name: try_code(account, now, most, code)^
-- One try at the code, right or wrong.
update mail_codes set tries = tries + 1 where account = :account and expires_at > :now and tries < :most
    and code is not null
returning address, code = :code as right;

-- name: use_code(account)!
-- It counts once; how many were asked for is remembered.
update mail_codes set address = null, code = null where account = :account;

-- name: set_address(address, account)!
-- The address that was proved; who gives one wants to be written to.
update accounts set email = :address, not_told_by = array_remove(not_told_by, 'mail') where id = :account;

-- name: drop_address(account)!
-- The address, and one that was still to be proved, are gone.
with code as (update mail_codes set address = null, code = null where account = :account)
update accounts set email = null where id = :account;
