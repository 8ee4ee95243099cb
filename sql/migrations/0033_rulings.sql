-- 判断口径 (31, 36): how the panel rules at the borders of 26, 28, 29 and 31. Added to and superseded, never changed or removed:
-- whoever refused under a ruling must find it as it was.
create table rulings (
    id text primary key,
    article smallint not null check (article in (26, 28, 29, 31)),
    title text not null,
    ruling text not null,
    reason text not null,
    by text not null,
    since timestamptz not null,
    supersedes text unique references rulings (id)
);

do $$
begin
    if pg_has_role(current_user, 'chatserver_serving', 'member') then
        grant select, insert on rulings to chatserver_serving;
    end if;
exception when undefined_object then null;
end
$$;
