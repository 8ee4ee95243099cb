-- Where the owner is no member of the serving role, the role is another house's: it gets nothing here.
do $$
begin
    if not pg_has_role(current_user, 'chatserver_serving', 'member') then
        revoke all on all tables in schema public from chatserver_serving;
    end if;
exception when undefined_object then null;
end
$$;
