-- What experts thought of answers, part by part; their author sees sums (7, 21).
create table scorecards (
    ticket text not null references tickets (number),
    author text not null,
    by text not null,
    facts text,
    law text,
    analysis text,
    steps text,
    risk text,
    at timestamptz not null
);
create index scorecards_author on scorecards (author, at);

do $$
begin
    if pg_has_role(current_user, 'chatserver_serving', 'member') then
        grant select, insert on scorecards to chatserver_serving;
    end if;
exception when undefined_object then null;
end
$$;
