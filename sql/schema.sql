-- The schema after all migrations, for reading; the migrations make it, and a test compares the two.
-- Write it anew with: python -m tests.store.describe

create table acceptances (
    account text not null,
    version text not null,
    accepted_at timestamp with time zone not null,
    PRIMARY KEY (account, version),
    FOREIGN KEY (account) REFERENCES accounts(id),
    FOREIGN KEY (version) REFERENCES agreements(version)
);
grant delete, insert, select, update on acceptances to chatserver_serving;

create table accounts (
    id text not null,
    login text not null,
    password text not null,
    role text not null,
    name text,
    staff_no text,
    profession text,
    institution text,
    skills text[] not null default '{}'::text[],
    capacity integer not null default 5,
    review text not null default 'verified'::text,
    blocked_until timestamp with time zone,
    disabled_at timestamp with time zone,
    otp_secret text,
    otp_step bigint not null default 0,
    created_at timestamp with time zone not null,
    blocked_reason text,
    email text,
    not_told_by text[] not null default '{}'::text[],
    login_alike text,
    UNIQUE (login_alike),
    UNIQUE (login),
    UNIQUE (staff_no),
    PRIMARY KEY (id),
    CHECK (((capacity >= 0) AND (capacity <= 1000)))
);
CREATE INDEX accounts_institution ON accounts USING btree (institution) WHERE (institution IS NOT NULL);
grant delete, insert, select, update on accounts to chatserver_serving;

create table agreements (
    version text not null,
    title text not null,
    body text not null,
    published_at timestamp with time zone not null,
    PRIMARY KEY (version)
);
grant delete, insert, select, update on agreements to chatserver_serving;

create table alerts (
    id text not null,
    desk text not null,
    institution text,
    ticket text not null,
    kind text not null,
    clock text,
    staff_no text,
    due_at timestamp with time zone,
    at timestamp with time zone not null,
    seen_by text,
    seen_at timestamp with time zone,
    PRIMARY KEY (id),
    FOREIGN KEY (ticket) REFERENCES tickets(number)
);
CREATE INDEX alerts_desk ON alerts USING btree (desk, institution, at);
CREATE INDEX alerts_ticket ON alerts USING btree (ticket);
grant insert, select, update on alerts to chatserver_serving;

create table blocks (
    ticket text not null,
    account text not null,
    until timestamp with time zone not null,
    reason text,
    step text not null default 'suspension'::text,
    per_week integer,
    since timestamp with time zone,
    PRIMARY KEY (ticket),
    FOREIGN KEY (account) REFERENCES accounts(id),
    FOREIGN KEY (ticket) REFERENCES tickets(number)
);
CREATE INDEX blocks_account ON blocks USING btree (account, until);
grant delete, insert, select, update on blocks to chatserver_serving;

create table calendar_days (
    day date not null,
    works boolean not null,
    name text,
    PRIMARY KEY (day)
);
grant delete, insert, select, update on calendar_days to chatserver_serving;

create table calendar_years (
    year integer not null,
    loaded_at timestamp with time zone not null,
    PRIMARY KEY (year)
);
grant delete, insert, select, update on calendar_years to chatserver_serving;

create table canned_replies (
    id text not null,
    staff_account text,
    title text not null,
    body text not null,
    created_at timestamp with time zone not null,
    PRIMARY KEY (id),
    FOREIGN KEY (staff_account) REFERENCES accounts(id)
);
grant delete, insert, select, update on canned_replies to chatserver_serving;

create table corrections (
    ticket text not null,
    seq integer not null,
    by_seq integer not null,
    confirmed_at timestamp with time zone,
    PRIMARY KEY (ticket, seq),
    FOREIGN KEY (ticket) REFERENCES tickets(number)
);
grant insert, select, update on corrections to chatserver_serving;

create table details (
    month integer not null,
    ticket text not null,
    entry integer not null,
    body bytea not null,
    salt bytea not null,
    PRIMARY KEY (month, ticket, entry)
) partition by list (month);
grant insert, select on details to chatserver_serving;

create table devices (
    id text not null,
    account text not null,
    endpoint text not null,
    p256dh bytea not null,
    auth bytea not null,
    language text not null,
    session bytea not null,
    seen_at timestamp with time zone not null,
    PRIMARY KEY (id),
    FOREIGN KEY (account) REFERENCES accounts(id) ON DELETE CASCADE
);
CREATE INDEX devices_account ON devices USING btree (account);
CREATE INDEX devices_session ON devices USING btree (session);
grant delete, insert, select, update on devices to chatserver_serving;

create table drafts (
    staff_no text not null,
    ticket text not null,
    body text not null,
    saved_at timestamp with time zone not null,
    PRIMARY KEY (staff_no, ticket)
);
grant delete, insert, select, update on drafts to chatserver_serving;

create table duty (
    staff_no text not null,
    status text not null,
    reason text,
    missed integer not null default 0,
    since timestamp with time zone not null,
    idle_since timestamp with time zone not null,
    PRIMARY KEY (staff_no)
);
grant delete, insert, select, update on duty to chatserver_serving;

create table escalations (
    id text not null,
    ticket text not null,
    reason text not null,
    ground text,
    question text,
    state text not null,
    claimed_by text,
    opened_at timestamp with time zone not null,
    resolved_at timestamp with time zone,
    claimed_at timestamp with time zone,
    answer_ground text,
    asked_by text,
    PRIMARY KEY (id),
    FOREIGN KEY (ticket) REFERENCES tickets(number)
);
CREATE INDEX escalations_asked ON escalations USING btree (asked_by, opened_at) WHERE (asked_by IS NOT NULL);
CREATE INDEX escalations_claimed ON escalations USING btree (claimed_by, claimed_at) WHERE (claimed_by IS NOT NULL);
CREATE INDEX escalations_open ON escalations USING btree (opened_at) WHERE (state <> 'resolved'::text);
CREATE INDEX escalations_ticket ON escalations USING btree (ticket);
grant insert, select, update on escalations to chatserver_serving;

create table explanations (
    id text not null,
    ticket text not null,
    staff_no text not null,
    clock text not null,
    owed_at timestamp with time zone not null,
    given_at timestamp with time zone,
    PRIMARY KEY (id),
    FOREIGN KEY (ticket) REFERENCES tickets(number)
);
CREATE INDEX explanations_owed ON explanations USING btree (staff_no) WHERE (given_at IS NULL);
CREATE INDEX explanations_ticket ON explanations USING btree (ticket);
grant insert, select, update on explanations to chatserver_serving;

create table hints (
    id bigint not null generated always as identity,
    xid xid8 not null default pg_current_xact_id(),
    process text not null,
    at timestamp with time zone not null,
    body jsonb not null,
    PRIMARY KEY (id)
);
CREATE INDEX hints_at ON hints USING btree (at);
CREATE INDEX hints_xid ON hints USING btree (xid);
grant delete, insert, select, update on hints to chatserver_serving;

create table institutions (
    id text not null,
    name text not null,
    UNIQUE (name),
    PRIMARY KEY (id)
);
grant delete, insert, select, update on institutions to chatserver_serving;

create table journal (
    month integer not null,
    ticket text not null,
    entry integer not null,
    seq integer,
    at timestamp with time zone not null,
    kind text not null,
    actor text not null,
    commitment bytea not null,
    hash bytea not null,
    PRIMARY KEY (month, ticket, entry)
) partition by list (month);
grant insert, select on journal to chatserver_serving;

create table mail_codes (
    account text not null,
    address text,
    code text,
    expires_at timestamp with time zone not null,
    tries integer not null default 0,
    asked integer not null default 1,
    since timestamp with time zone not null,
    PRIMARY KEY (account),
    FOREIGN KEY (account) REFERENCES accounts(id)
);
grant delete, insert, select, update on mail_codes to chatserver_serving;

create table marks (
    staff_no text not null,
    kind text not null,
    ticket text not null,
    at timestamp with time zone not null,
    ground text,
    FOREIGN KEY (ticket) REFERENCES tickets(number)
);
CREATE INDEX marks_staff ON marks USING btree (staff_no, at);
grant insert, select on marks to chatserver_serving;

create table messages (
    month integer not null,
    ticket text not null,
    seq integer not null,
    entry integer not null,
    author text not null,
    id text not null,
    body bytea not null,
    salt bytea not null,
    UNIQUE (month, ticket, author, id),
    PRIMARY KEY (month, ticket, seq)
) partition by list (month);
grant insert, select on messages to chatserver_serving;

create table notes (
    ticket text not null,
    place integer not null,
    by text not null,
    about text not null,
    body text not null,
    at timestamp with time zone not null,
    due_at timestamp with time zone,
    replied_at timestamp with time zone,
    PRIMARY KEY (ticket, place),
    FOREIGN KEY (ticket) REFERENCES tickets(number)
);
CREATE INDEX notes_support ON notes USING btree (at) WHERE (about = 'support'::text);
grant insert, select, update on notes to chatserver_serving;

create table openings (
    account text not null,
    id text not null,
    digest bytea not null,
    ticket text not null,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account) REFERENCES accounts(id)
);
grant insert, select, update on openings to chatserver_serving;

create table outbox (
    id text not null,
    channel text not null,
    ticket text,
    kind text not null,
    created_at timestamp with time zone not null,
    due_at timestamp with time zone not null,
    attempts integer not null default 0,
    leased_until timestamp with time zone,
    done_at timestamp with time zone,
    account text not null,
    seq integer,
    attempt text,
    handed_at timestamp with time zone,
    doubtful boolean not null default false,
    device text,
    PRIMARY KEY (id),
    FOREIGN KEY (account) REFERENCES accounts(id),
    FOREIGN KEY (device) REFERENCES devices(id) ON DELETE CASCADE,
    FOREIGN KEY (ticket) REFERENCES tickets(number)
);
CREATE INDEX outbox_device ON outbox USING btree (device) WHERE (device IS NOT NULL);
CREATE INDEX outbox_due ON outbox USING btree (due_at) WHERE (done_at IS NULL);
grant delete, insert, select, update on outbox to chatserver_serving;

create table passed_reviews (
    ticket text not null,
    by text not null,
    at timestamp with time zone not null,
    PRIMARY KEY (ticket),
    FOREIGN KEY (ticket) REFERENCES tickets(number)
);
grant insert, select, update on passed_reviews to chatserver_serving;

create table presence (
    staff_no text not null,
    process text not null,
    connections integer not null,
    seen_at timestamp with time zone not null,
    PRIMARY KEY (staff_no, process)
);
grant delete, insert, select, update on presence to chatserver_serving;

create table referral_cards (
    id text not null,
    who text not null,
    place text,
    phone text,
    hours text,
    url text,
    map text,
    categories text[] not null,
    created_at timestamp with time zone not null,
    PRIMARY KEY (id)
);
grant delete, insert, select, update on referral_cards to chatserver_serving;

create table review_queue (
    ticket text not null,
    why text[] not null,
    since timestamp with time zone not null,
    PRIMARY KEY (ticket),
    FOREIGN KEY (ticket) REFERENCES tickets(number)
);
CREATE INDEX review_queue_since ON review_queue USING btree (since);
grant delete, insert, select, update on review_queue to chatserver_serving;

create table reviews (
    id text not null,
    ticket text not null,
    seq integer,
    by text not null,
    kind text not null,
    state text not null,
    body text not null,
    reply text,
    opened_at timestamp with time zone not null,
    settled_at timestamp with time zone,
    due_at timestamp with time zone,
    wording text,
    author text,
    severity text,
    PRIMARY KEY (id),
    FOREIGN KEY (ticket) REFERENCES tickets(number),
    CHECK ((severity = ANY (ARRAY['cosmetic'::text, 'misleading'::text, 'harmful'::text])))
);
CREATE INDEX reviews_author ON reviews USING btree (author) WHERE ((author IS NOT NULL) AND (state = ANY (ARRAY['open'::text, 'accepted'::text])));
CREATE INDEX reviews_ticket ON reviews USING btree (ticket);
grant insert, select, update on reviews to chatserver_serving;

create table rulings (
    id text not null,
    article smallint not null,
    title text not null,
    ruling text not null,
    reason text not null,
    by text not null,
    since timestamp with time zone not null,
    supersedes text,
    UNIQUE (supersedes),
    PRIMARY KEY (id),
    FOREIGN KEY (supersedes) REFERENCES rulings(id),
    CHECK ((article = ANY (ARRAY[26, 28, 29, 31])))
);
grant insert, select on rulings to chatserver_serving;

create table schema_migrations (
    name text not null,
    sha256 text not null,
    applied_at timestamp with time zone not null,
    PRIMARY KEY (name)
);
grant select on schema_migrations to chatserver_serving;

create table scorecards (
    ticket text not null,
    author text not null,
    by text not null,
    facts text,
    law text,
    analysis text,
    steps text,
    risk text,
    at timestamp with time zone not null,
    FOREIGN KEY (ticket) REFERENCES tickets(number)
);
CREATE INDEX scorecards_author ON scorecards USING btree (author, at);
grant insert, select on scorecards to chatserver_serving;

create table serials (
    day date not null,
    last integer not null,
    PRIMARY KEY (day)
);
grant insert, select, update on serials to chatserver_serving;

create table sessions (
    token bytea not null,
    account text not null,
    kind text not null,
    csrf text,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    PRIMARY KEY (token),
    FOREIGN KEY (account) REFERENCES accounts(id)
);
CREATE INDEX sessions_account ON sessions USING btree (account);
CREATE INDEX sessions_expiry ON sessions USING btree (expires_at);
grant delete, insert, select, update on sessions to chatserver_serving;

create table shifts (
    id bigint not null generated always as identity,
    staff_no text not null,
    starts_at timestamp with time zone not null,
    ends_at timestamp with time zone not null,
    added_by text not null,
    added_at timestamp with time zone not null,
    PRIMARY KEY (id),
    CHECK ((starts_at < ends_at))
);
CREATE INDEX shifts_end ON shifts USING btree (ends_at);
grant delete, insert, select on shifts to chatserver_serving;

create table tickets (
    number text not null,
    month integer not null,
    citizen text not null,
    state text not null,
    kind text not null,
    category text not null,
    title text not null,
    on_behalf_of text not null,
    answer_within integer not null,
    idle_close integer not null,
    opened_at timestamp with time zone not null,
    answer_due_at timestamp with time zone,
    promised_at timestamp with time zone,
    answered_at timestamp with time zone,
    closed_at timestamp with time zone,
    assignee text,
    profession text,
    epoch integer not null,
    accepted_at timestamp with time zone,
    offered_to text,
    offer_expires_at timestamp with time zone,
    offered_before text[] not null,
    passed_by text[] not null,
    retry_at timestamp with time zone,
    front boolean not null,
    former jsonb not null,
    entry integer not null,
    last_seq integer not null,
    head bytea not null,
    spoke text,
    spoke_at timestamp with time zone,
    warned_at timestamp with time zone,
    drop_noticed boolean not null,
    disclaimed boolean not null,
    outcome text,
    satisfied boolean,
    score integer,
    rated_at timestamp with time zone,
    callback_due_at timestamp with time zone,
    citizen_read integer not null,
    staff_read integer not null,
    next_due_at timestamp with time zone,
    clock_from timestamp with time zone,
    warn_at double precision not null default 0.8,
    promises integer not null default 0,
    asks integer not null default 0,
    suspended_at timestamp with time zone,
    rungs text[] not null default '{}'::text[],
    lapsed_at timestamp with time zone,
    escalations integer not null default 0,
    escalation text,
    escalation_state text,
    escalation_reason text,
    escalated_to text,
    reviews integer not null default 0,
    answers jsonb not null default '[]'::jsonb,
    notes integer not null default 0,
    abuse text,
    callback text,
    callback_provisional boolean not null default false,
    callback_at timestamp with time zone,
    callback_who text,
    callback_attempts integer not null default 0,
    appeal text,
    owing text[] not null default '{}'::text[],
    contact_tries jsonb not null default '[]'::jsonb,
    abuse_by text,
    escalation_due_at timestamp with time zone,
    escalation_how text,
    institutions text[] not null default '{}'::text[],
    panel_offered_to text,
    panel_offer_expires_at timestamp with time zone,
    panel_passed text[] not null default '{}'::text[],
    panel_again_at timestamp with time zone,
    readers text[] not null default '{}'::text[],
    readers_until timestamp with time zone,
    joined text[] not null default '{}'::text[],
    open_reviews jsonb not null default '[]'::jsonb,
    escalation_seq integer,
    panel_houses text[] not null default '{}'::text[],
    custody jsonb not null default '[]'::jsonb,
    custody_from timestamp with time zone,
    earlier text,
    because text,
    comment text,
    callback_tried timestamp with time zone[] not null default '{}'::timestamp with time zone[],
    callback_how text,
    support_due_at timestamp with time zone,
    ladder date not null default '2026-01-01'::date,
    level text,
    reasons text[] not null default '{}'::text[],
    abuse_due_at timestamp with time zone,
    appeal_due_at timestamp with time zone,
    appeal_late boolean not null default false,
    referral_known_at timestamp with time zone,
    queued text default 
CASE
    WHEN (state = 'queued'::text) THEN kind
    ELSE NULL::text
END,
    pool_due_at timestamp with time zone default 
CASE
    WHEN ((state = 'queued'::text) AND (kind = 'message'::text)) THEN answer_due_at
    ELSE NULL::timestamp with time zone
END,
    talking_to text default 
CASE
    WHEN ((kind = 'live'::text) AND (state = ANY (ARRAY['active'::text, 'answered'::text]))) THEN assignee
    ELSE NULL::text
END,
    running boolean not null default (state = ANY (ARRAY['queued'::text, 'active'::text, 'scheduled'::text, 'answered'::text])),
    abuse_found_by text,
    lately jsonb not null default '[]'::jsonb,
    PRIMARY KEY (number),
    FOREIGN KEY (citizen) REFERENCES accounts(id)
) with (fillfactor=70);
CREATE INDEX tickets_abuse ON tickets USING btree (opened_at) WHERE (abuse = 'proposed'::text);
CREATE INDEX tickets_accepted ON tickets USING btree (accepted_at) WHERE (accepted_at IS NOT NULL);
CREATE INDEX tickets_appeal ON tickets USING btree (opened_at) WHERE (appeal = 'open'::text);
CREATE INDEX tickets_assignee ON tickets USING btree (assignee, opened_at DESC) WHERE (assignee IS NOT NULL);
CREATE INDEX tickets_callback ON tickets USING btree (callback_due_at) WHERE (callback = ANY (ARRAY['open'::text, 'begun'::text]));
CREATE INDEX tickets_citizen ON tickets USING btree (citizen, opened_at DESC);
CREATE INDEX tickets_due ON tickets USING btree (next_due_at) WHERE (next_due_at IS NOT NULL);
CREATE INDEX tickets_late ON tickets USING btree (category, front DESC, opened_at) WHERE ((queued = 'message'::text) AND (lapsed_at IS NOT NULL));
CREATE INDEX tickets_offered ON tickets USING btree (offered_to) WHERE (offered_to IS NOT NULL);
CREATE INDEX tickets_panel_offered ON tickets USING btree (panel_offered_to) WHERE (panel_offered_to IS NOT NULL);
CREATE INDEX tickets_pool ON tickets USING btree (pool_due_at) WHERE (queued = 'message'::text);
CREATE INDEX tickets_queue ON tickets USING btree (category, front DESC, opened_at) WHERE (queued = 'live'::text);
CREATE INDEX tickets_running ON tickets USING btree (opened_at) WHERE running;
CREATE INDEX tickets_talking ON tickets USING btree (talking_to) WHERE (talking_to IS NOT NULL);
grant insert, select, update on tickets to chatserver_serving;
