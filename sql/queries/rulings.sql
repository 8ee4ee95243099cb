-- name: rulings()
-- All rulings with what took their place; those in force first, the newest first.
select r.id, r.article, r.title, r.ruling, r.reason, r.by, r.since, r.supersedes, s.id as superseded_by
from rulings r left join rulings s on s.supersedes = r.id
order by s.id is not null, r.since desc, r.id;

-- name: ruling(id)^
-- One ruling.
select article, title, ruling, reason from rulings where id = :id;

-- name: add_ruling(id, article, title, ruling, reason, by, now, supersedes)!
-- A new ruling; that another took the place of the same former one is a unique violation.
insert into rulings (id, article, title, ruling, reason, by, since, supersedes)
values (:id, :article, :title, :ruling, :reason, :by, :now, :supersedes);
