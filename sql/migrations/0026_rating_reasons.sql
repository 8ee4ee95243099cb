-- What did not satisfy, of fixed words, and the level between satisfied and not (24).
alter table tickets
    add column level text,
    add column reasons text[] not null default '{}';
