-- When the citizen said that a correction was seen (27).
alter table corrections add column confirmed_at timestamptz;
