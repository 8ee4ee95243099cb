-- Who found that a citizen abuses the service (29): the appeal against it is a second person's to decide.
alter table tickets add column abuse_found_by text;

update tickets t set abuse_found_by = j.actor from journal j
where t.abuse = 'upheld' and j.month = t.month and j.ticket = t.number and j.kind = 'abuse_decided'
    and not exists (select from journal l where l.month = j.month and l.ticket = j.ticket
        and l.kind = j.kind and l.entry > j.entry);
