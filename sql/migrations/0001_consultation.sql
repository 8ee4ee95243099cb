-- Accounts, the agreement, tickets and their journal: what a live consultation needs.
-- Business time is always a parameter; no default asks the database's clock.

create table institutions (
    id text primary key,
    name text not null unique
);

create table accounts (
    id text primary key,
    login text not null unique,
    password text not null,
    role text not null,
    name text,
    staff_no text unique,
    profession text,
    institution text,
    skills text[] not null default '{}',
    capacity integer not null default 5 check (capacity between 0 and 1000),
    review text not null default 'verified',
    blocked_until timestamptz,
    disabled_at timestamptz,
    otp_secret text,
    otp_step bigint not null default 0,
    created_at timestamptz not null
);

create table sessions (
    token bytea primary key,
    account text not null references accounts (id),
    kind text not null,
    csrf text,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index sessions_account on sessions (account);
create index sessions_expiry on sessions (expires_at);

create table agreements (
    version text primary key,
    title text not null,
    body text not null,
    published_at timestamptz not null
);

create table acceptances (
    account text not null references accounts (id),
    version text not null references agreements (version),
    accepted_at timestamptz not null,
    primary key (account, version)
);

create table canned_replies (
    id text primary key,
    staff_account text references accounts (id),
    title text not null,
    body text not null,
    created_at timestamptz not null
);

-- One row a day: serials without gaps, across processes and restarts.
create table serials (
    day date primary key,
    last integer not null
);

create table tickets (
    number text primary key,
    month integer not null,
    citizen text not null references accounts (id),
    state text not null,
    kind text not null,
    category text not null,
    title text not null,
    on_behalf_of text not null,
    answer_within integer not null,
    idle_close integer not null,
    opened_at timestamptz not null,
    answer_due_at timestamptz,
    promised_at timestamptz,
    answered_at timestamptz,
    closed_at timestamptz,
    assignee text,
    profession text,
    epoch integer not null,
    accepted_at timestamptz,
    offered_to text,
    offer_expires_at timestamptz,
    offered_before text[] not null,
    passed_by text[] not null,
    retry_at timestamptz,
    front boolean not null,
    former jsonb not null,
    entry integer not null,
    last_seq integer not null,
    head bytea not null,
    spoke text,
    spoke_at timestamptz,
    warned_at timestamptz,
    drop_noticed boolean not null,
    disclaimed boolean not null,
    outcome text,
    satisfied boolean,
    score integer,
    rated_at timestamptz,
    callback_due_at timestamptz,
    citizen_read integer not null,
    staff_read integer not null,
    next_due_at timestamptz
) with (fillfactor = 70);
create index tickets_citizen on tickets (citizen, opened_at desc);
create index tickets_assignee on tickets (assignee, opened_at desc) where assignee is not null;
create index tickets_held on tickets (assignee) where state in ('active', 'answered');
create index tickets_offered on tickets (offered_to) where offered_to is not null;
create index tickets_queue on tickets (category, front desc, opened_at)
    where state = 'queued' and kind = 'live';
create index tickets_pool on tickets (answer_due_at) where state = 'queued' and kind = 'message';
create index tickets_due on tickets (next_due_at) where next_due_at is not null;
create index tickets_accepted on tickets (accepted_at) where accepted_at is not null;

-- The record (Art. 32): what happened, without a word of what was said; chained by hash.
-- Partitioned by the month of the ticket's number, so that a ticket lies in one partition.
create table journal (
    month integer not null,
    ticket text not null,
    entry integer not null,
    seq integer,
    at timestamptz not null,
    kind text not null,
    actor text not null,
    commitment bytea not null,
    hash bytea not null,
    primary key (month, ticket, entry)
) partition by list (month);

-- What was said: the bodies of the journal's visible rows, which may be sealed or erased.
create table messages (
    month integer not null,
    ticket text not null,
    seq integer not null,
    entry integer not null,
    author text not null,
    id text not null,
    body bytea not null,
    salt bytea not null,
    primary key (month, ticket, seq),
    unique (month, ticket, author, id)
) partition by list (month);

-- The bodies of all other rows of the journal.
create table details (
    month integer not null,
    ticket text not null,
    entry integer not null,
    body bytea not null,
    salt bytea not null,
    primary key (month, ticket, entry)
) partition by list (month);

-- A client's id of ticket:open, once per account.
create table openings (
    account text not null references accounts (id),
    id text not null,
    digest bytea not null,
    ticket text not null,
    primary key (account, id)
);

-- Duty is what a lawyer says; presence is what the sockets show, a lease with a time to live.
create table duty (
    staff_no text primary key,
    status text not null,
    reason text,
    missed integer not null default 0,
    since timestamptz not null,
    idle_since timestamptz not null
);

create table presence (
    staff_no text not null,
    process text not null,
    connections integer not null,
    seen_at timestamptz not null,
    primary key (staff_no, process)
);

-- "These tickets have grown": how processes find what others wrote. One row a batch.
-- `xid` orders them by commit, so that a slow transaction is never skipped.
create table hints (
    id bigint generated always as identity primary key,
    xid xid8 not null default pg_current_xact_id(),
    process text not null,
    at timestamptz not null,
    body jsonb not null
);
create index hints_xid on hints (xid);
create index hints_at on hints (at);
