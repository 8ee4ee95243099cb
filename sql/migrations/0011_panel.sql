-- The panel: whom a question is offered to, whose house had a hand in a ticket, who reads along; the operators' rota.
alter table tickets
    add column escalation_due_at timestamptz,
    add column escalation_how text,
    add column institutions text[] not null default '{}',
    add column panel_offered_to text,
    add column panel_offer_expires_at timestamptz,
    add column panel_passed text[] not null default '{}',
    add column panel_again_at timestamptz,
    add column readers text[] not null default '{}',
    add column readers_until timestamptz,
    add column joined text[] not null default '{}';
update tickets t set institutions = found.houses
from (
    select o.number, array_agg(distinct a.institution) as houses
    from tickets o join accounts a on a.institution is not null and (
        a.staff_no = o.assignee
        or exists (select from jsonb_array_elements(o.former) f where f->>0 = a.staff_no)
        or exists (select from jsonb_array_elements(o.answers) f where f->>1 = a.staff_no))
    group by o.number) found
where found.number = t.number;
create index tickets_panel_waits on tickets (escalation)
    where escalation_state = 'open' and panel_offered_to is null;
create index tickets_panel_offered on tickets (panel_offered_to) where panel_offered_to is not null;
create index tickets_running on tickets (opened_at) where state in ('queued', 'active', 'scheduled', 'answered');

alter table escalations add column claimed_at timestamptz;
create index escalations_claimed on escalations (claimed_by, claimed_at) where claimed_by is not null;

-- Who of the panel is on rota, and when; edited by operators (7).
create table shifts (
    id bigint generated always as identity primary key,
    staff_no text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    added_by text not null,
    added_at timestamptz not null,
    check (starts_at < ends_at)
);
create index shifts_end on shifts (ends_at);

do $$
begin
    if pg_has_role(current_user, 'chatserver_serving', 'member') then
        grant select, insert, delete on shifts to chatserver_serving;
        grant usage on all sequences in schema public to chatserver_serving;
    end if;
exception when undefined_object then null;
end
$$;
