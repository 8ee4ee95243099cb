-- What staff did last under an id of the client's that no message has, so that a retry is known: marks, and no words.
alter table tickets add column lately jsonb not null default '[]';
