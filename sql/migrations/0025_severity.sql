-- How bad it would be to act on an answer that an expert has something to say to (27).
alter table reviews add column severity text
    check (severity in ('cosmetic', 'misleading', 'harmful'));
