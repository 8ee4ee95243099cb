-- The serving role may insert into the record and read it, and never change or remove a row of it.
-- Where the owner may not make roles, the owner gives these rights up instead.
do $$
declare
    plain text := 'institutions, accounts, sessions, agreements, acceptances, canned_replies, duty, presence, hints';
    record text := 'journal, messages, details';
begin
    -- Roles belong to the whole cluster: another database's migration may be making it now.
    begin
        if not exists (select from pg_roles where rolname = 'chatserver_serving') then
            create role chatserver_serving nologin;
        end if;
    exception
        when duplicate_object or unique_violation then null;
    end;
    if not pg_has_role(current_user, 'chatserver_serving', 'member') then
        execute format('grant chatserver_serving to %I', current_user);
    end if;
    grant usage on schema public to chatserver_serving;
    execute format('grant select, insert, update, delete on %s to chatserver_serving', plain);
    grant select, insert, update on serials, tickets, openings to chatserver_serving;
    grant select on schema_migrations to chatserver_serving;
    execute format('grant select, insert on %s to chatserver_serving', record);
    grant usage on all sequences in schema public to chatserver_serving;
exception
    when insufficient_privilege then
        execute format('revoke update, delete, truncate on %s from %I', record, current_user);
end
$$;
