create table if not exists msg (
    id bigint generated always as identity primary key,
    room text not null,
    sender text not null,
    body text not null,
    ts timestamptz not null
);
create index if not exists msg_room on msg (room, id);
