-- Log-ins are one name however their letters are written. Of accounts that differ in that alone, the oldest gets the name in
-- every writing; the others keep theirs to the letter, so nobody who could sign in is shut out.
alter table accounts add column login_alike text unique;
update accounts set login_alike = folded.login from (
    select distinct on (lower(normalize(login, nfkc))) id, lower(normalize(login, nfkc)) as login
    from accounts order by lower(normalize(login, nfkc)), created_at, id
) as folded where accounts.id = folded.id;
