-- Live talks that somebody holds, for whoever asks every second whether a lawyer has dropped out of one: of
-- written questions that wait to close by themselves there may be a million. Nobody asks for both kinds.
drop index tickets_held;
create index tickets_talking on tickets (assignee) where state in ('active', 'answered') and kind = 'live';
