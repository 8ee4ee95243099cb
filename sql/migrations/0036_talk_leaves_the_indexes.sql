-- What talk changes stands in no index: PostgreSQL then writes the new row beside the old one and leaves
-- every index alone. An index asks for what a ticket is, which changes when it is taken or ends.
alter table tickets
    add queued text generated always as (case when state = 'queued' then kind end) stored,
    add pool_due_at timestamptz generated always as
        (case when state = 'queued' and kind = 'message' then answer_due_at end) stored,
    add talking_to text generated always as
        (case when kind = 'live' and state in ('active', 'answered') then assignee end) stored,
    add running boolean not null generated always as
        (state in ('queued', 'active', 'scheduled', 'answered')) stored;

drop index tickets_queue, tickets_late, tickets_pool, tickets_talking, tickets_running;
create index tickets_queue on tickets (category, front desc, opened_at) where queued = 'live';
create index tickets_late on tickets (category, front desc, opened_at)
    where queued = 'message' and lapsed_at is not null;
create index tickets_pool on tickets (pool_due_at) where queued = 'message';
create index tickets_talking on tickets (talking_to) where talking_to is not null;
create index tickets_running on tickets (opened_at) where running;

comment on column tickets.next_due_at is
    'when the clocks look at the ticket again: never later than its next time, and earlier after talk that put it off';
