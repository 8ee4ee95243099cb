-- A suggestion may bring the whole answer as it should read; whose answer it is about is asked for at every desk (27).
alter table reviews
    add column wording text,
    add column author text;
update reviews r set author = a->>1
from tickets t, jsonb_array_elements(t.answers) a
where r.kind = 'suggestion' and t.number = r.ticket and (a->>0)::integer = r.seq;
create index reviews_author on reviews (author) where author is not null and state in ('open', 'accepted');
