-- What the citizen wrote with the rating, which goes with the call-back; when nobody was reached, and how it ended (24).
alter table tickets
    add column comment text,
    add column callback_tried timestamptz[] not null default '{}',
    add column callback_how text;
