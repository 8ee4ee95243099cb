-- How citizens are told: their e-mail address and what they turned off; and what became of each attempt to tell them.
alter table accounts add column not_told_by text[] not null default '{}';

-- The code that proves an address, sent to it. `asked` counts the letters since `since`.
create table mail_codes (
    account text primary key references accounts (id),
    address text,
    code text,
    expires_at timestamptz not null,
    tries integer not null default 0,
    asked integer not null default 1,
    since timestamptz not null
);

-- The address is looked up when the letter goes, so that it stands in one place and a removed one is never written to.
alter table outbox
    add column account text references accounts (id),
    add column seq integer,
    add column attempt text,
    add column handed_at timestamptz,
    add column doubtful boolean not null default false,
    alter column ticket drop not null;
update outbox set account = (select citizen from tickets where number = outbox.ticket);
alter table outbox alter column account set not null, drop column recipient;

do $$
begin
    if pg_has_role(current_user, 'chatserver_serving', 'member') then
        grant select, insert, update, delete on mail_codes to chatserver_serving;
    end if;
exception when undefined_object then null;
end
$$;
