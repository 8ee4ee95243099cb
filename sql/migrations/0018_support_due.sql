-- Questions to those behind the talk have a due time (33), and their replies a person to whom they go.
alter table notes add column due_at timestamptz;
alter table tickets add column support_due_at timestamptz;
