-- name: leave(id, account)!
-- It was somebody else's: what waits for them is not for who has it now.
delete from devices where id = :id and account <> :account;

-- name: keep(id, account, endpoint, p256dh, auth, language, session, now)!
-- A browser to be told in, from now on, as it has said last.
insert into devices (id, account, endpoint, p256dh, auth, language, session, seen_at)
values (:id, :account, :endpoint, :p256dh, :auth, :language, :session, :now)
on conflict (id) do update set endpoint = excluded.endpoint, p256dh = excluded.p256dh, auth = excluded.auth,
    language = excluded.language, session = excluded.session, seen_at = excluded.seen_at;

-- name: want(account)!
-- Who names a browser wants to be told there.
update accounts set not_told_by = array_remove(not_told_by, 'browser')
where id = :account and 'browser' = any(not_told_by);

-- name: thin(account, most)!
-- Of so many browsers of one account the ones not heard of for the longest go.
delete from devices where id in (select id from devices where account = :account order by seen_at desc offset :most);

-- name: own(account)
-- The browsers of an account, the newest first.
select id from devices where account = :account order by seen_at desc, id;

-- name: drop(account, id)$
-- One is told no more.
delete from devices where account = :account and id = :id returning true;

-- name: drop_all(account)!
-- None is told any more.
delete from devices where account = :account;

-- name: gone(id)!
-- The push service knows it no more.
delete from devices where id = :id;
