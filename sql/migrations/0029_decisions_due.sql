-- By when the operator decides a proposal of abuse and an appeal (29, 33), and whether an appeal's lateness was told.
alter table tickets
    add column abuse_due_at timestamptz,
    add column appeal_due_at timestamptz,
    add column appeal_late boolean not null default false;
