-- What became of an appeal against a refusal: open, upheld or dismissed; and why an account is blocked (29).
alter table tickets add column appeal text;
create index tickets_appeal on tickets (opened_at) where appeal = 'open';
alter table accounts add column blocked_reason text;
