-- Under which dated ladder a ticket was opened (rules/policy.py): shares and limits hold for all its life.
alter table tickets add column ladder date not null default '2026-01-01';
