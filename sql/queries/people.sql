-- name: add_account(id, login, login_alike, password, role, name, staff_no, profession, institution, skills, capacity, review, otp_secret, now)!
-- A new account; a taken log-in or staff number is a unique violation.
insert into accounts (id, login, login_alike, password, role, name, staff_no, profession, institution, skills,
    capacity, review, otp_secret, created_at)
values (:id, :login, :login_alike, :password, :role, :name, :staff_no, :profession, :institution, :skills,
    :capacity, :review, :otp_secret, :now);

-- name: add_institution(id, name)!
-- A new institution; a taken name is a unique violation.
insert into institutions (id, name) values (:id, :name);

-- name: account_by_login(login, login_alike)^
-- Who signs in, with what proves it; a log-in to the letter goes before one that is alike.
select * from accounts where (login = :login or login_alike = :login_alike) and disabled_at is null
order by login = :login desc limit 1;

-- name: account_by_id(id)^
-- An account that stands.
select * from accounts where id = :id and disabled_at is null;

-- name: accounts_by_staff_no(staff_nos)
-- Staff by their numbers.
select * from accounts where staff_no = any(:staff_nos);

-- name: highest_staff_no(letter)$
-- The last staff number given under a letter; numbers are never used again.
select max(substr(staff_no, 2)::integer) from accounts where staff_no ~ ('^' || :letter || '[0-9]+$');

-- name: use_otp_step(step, id)$
-- A one-time code counts once (RFC 6238, 5.2).
update accounts set otp_step = :step where id = :id and otp_step < :step returning true;
