-- Who asked the panel, and how often in a day (26).
alter table escalations add column asked_by text;
create index escalations_asked on escalations (asked_by, opened_at) where asked_by is not null;
