-- A finding of abuse takes one of several steps (29): a block for a day or longer, or so many questions a week since it was decided.
alter table blocks
    add column step text not null default 'suspension',
    add column per_week integer,
    add column since timestamptz;
