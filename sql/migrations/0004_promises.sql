-- Promises, suspension, the ladder, escalations, reviews, notes, call-backs.
alter table tickets
    add column clock_from timestamptz,
    add column warn_at real not null default 0.8,
    add column promises integer not null default 0,
    add column asks integer not null default 0,
    add column suspended_at timestamptz,
    add column rungs text[] not null default '{}',
    add column lapsed_at timestamptz,
    add column escalations integer not null default 0,
    add column escalation text,
    add column escalation_state text,
    add column escalation_reason text,
    add column escalated_to text,
    add column reviews integer not null default 0,
    add column answers jsonb not null default '[]',
    add column notes integer not null default 0,
    add column abuse text,
    add column callback text,
    add column callback_provisional boolean not null default false,
    add column callback_at timestamptz,
    add column callback_who text,
    add column callback_attempts integer not null default 0;
update tickets set clock_from = opened_at where clock_from is null;
create index tickets_callback on tickets (callback_due_at) where callback in ('open', 'begun');
create index tickets_late on tickets (category, front desc, opened_at)
    where state = 'queued' and kind = 'message' and lapsed_at is not null;
create index tickets_abuse on tickets (opened_at) where abuse = 'proposed';

-- Desks are queries over what the journal says; each row is written with its event.
create table escalations (
    id text primary key,
    ticket text not null references tickets (number),
    reason text not null,
    ground text,
    question text,
    state text not null,
    claimed_by text,
    opened_at timestamptz not null,
    resolved_at timestamptz
);
create index escalations_open on escalations (opened_at) where state <> 'resolved';
create index escalations_ticket on escalations (ticket);

create table reviews (
    id text primary key,
    ticket text not null references tickets (number),
    seq integer,
    by text not null,
    kind text not null,
    state text not null,
    body text not null,
    reply text,
    opened_at timestamptz not null,
    settled_at timestamptz
);
create index reviews_ticket on reviews (ticket);

-- Which answers an expert has looked at and let stand (7).
create table passed_reviews (
    ticket text primary key references tickets (number),
    by text not null,
    at timestamptz not null
);

-- Internal notes: a table of their own, so that no citizen's query can find them (17).
create table notes (
    ticket text not null references tickets (number),
    place integer not null,
    by text not null,
    about text not null,
    body text not null,
    at timestamptz not null,
    primary key (ticket, place)
);
create index notes_support on notes (at) where about = 'support';

-- Which version of an answer stands: the one at `seq` was put right by the one at `by_seq`.
create table corrections (
    ticket text not null references tickets (number),
    seq integer not null,
    by_seq integer not null,
    primary key (ticket, seq)
);

-- Days that differ from plain weekdays and weekends, as announced by the State Council (24).
create table calendar_days (
    day date primary key,
    works boolean not null,
    name text
);
create table calendar_years (
    year integer primary key,
    loaded_at timestamptz not null
);

-- A lawyer's unsent answer, kept on the server.
create table drafts (
    staff_no text not null,
    ticket text not null,
    body text not null,
    saved_at timestamptz not null,
    primary key (staff_no, ticket)
);

do $$
begin
    if pg_has_role(current_user, 'chatserver_serving', 'member') then
        grant select, insert, update on escalations, reviews, passed_reviews, notes, corrections
            to chatserver_serving;
        grant select, insert, update, delete on calendar_days, calendar_years, drafts
            to chatserver_serving;
    end if;
exception when undefined_object then null;
end
$$;
