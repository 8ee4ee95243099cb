-- Who held a ticket for how long while its clock ran, in milliseconds: a delay is theirs who held it for a fair share
-- of the time (23). Of what is open now, the present holder's span is the only one that is known.
alter table tickets
    add column custody jsonb not null default '[]',
    add column custody_from timestamptz;
update tickets set custody_from = greatest(accepted_at, clock_from)
where assignee is not null and suspended_at is null and escalation_state is distinct from 'claimed';
