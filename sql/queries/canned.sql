-- name: replies_of(account)
-- The lawyer's own replies, then the shared ones.
select id, staff_account, title, body from canned_replies
where staff_account = :account or staff_account is null
order by staff_account is null, title, id;

-- name: count_replies_of(account)$
-- How many replies a lawyer has of their own, or the house has.
select count(*) from canned_replies where staff_account is not distinct from :account;

-- name: add_reply(id, staff_account, title, body, now)!
-- A new reply, one's own or shared.
insert into canned_replies (id, staff_account, title, body, created_at)
values (:id, :staff_account, :title, :body, :now);

-- name: remove_reply(id, account)$
-- Removes one's own reply, or the house's; nobody else's.
delete from canned_replies where id = :id and staff_account is not distinct from :account returning id;
