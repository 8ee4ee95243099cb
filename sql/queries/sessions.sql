-- name: open_session(token, account, kind, csrf, now, expires_at)!
-- A new session or socket token, of which only the hash is kept.
insert into sessions (token, account, kind, csrf, created_at, expires_at)
values (:token, :account, :kind, :csrf, :now, :expires_at);

-- name: sessions(tokens, now)
-- The sessions of these tokens that stand, with their accounts; a socket token stands while its parent does.
select s.token, s.kind, s.csrf, s.expires_at, a.* from sessions s join accounts a on a.id = s.account
where s.token = any(:tokens::bytea[]) and s.expires_at > :now and a.disabled_at is null
    and case when s.kind = 'socket' then exists (select from sessions p
        where p.token = decode(s.csrf, 'hex') and p.expires_at > :now) else true end;

-- name: end_session(token)$
-- Ends one session; the browser that had it is told no more.
with told as (delete from devices where session = :token)
delete from sessions where token = :token returning account;

-- name: living(tokens, now)
-- Of these sessions, those that still stand.
select s.token from sessions s join accounts a on a.id = s.account
where s.token = any(:tokens::bytea[]) and s.expires_at > :now and a.disabled_at is null;

-- name: drop_expired(now)!
-- Sessions whose time is over.
delete from sessions where expires_at <= :now;

-- name: current_agreement()^
-- The agreement in force.
select version, title, body from agreements order by published_at desc, version desc limit 1;

-- name: accept_agreement(account, version, now)$
-- The first acceptance of a version counts.
insert into acceptances (account, version, accepted_at) values (:account, :version, :now)
on conflict (account, version) do update set accepted_at = acceptances.accepted_at
returning accepted_at;

-- name: has_agreed(account)$
-- Whether the agreement in force was accepted.
select exists (select from acceptances c where c.account = :account and c.version =
    (select version from agreements order by published_at desc, version desc limit 1));
