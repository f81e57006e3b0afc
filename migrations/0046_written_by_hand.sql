-- +goose Up

-- +goose StatementBegin
-- tenant_table as before, and both at once: what can be written is audited, and the
-- table is planned for the biggest shop.
create or replace function platform.tenant_table(tab regclass, rights text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    has_parent boolean;
begin
    if not exists (select from pg_attribute where attrelid = tab and attname = 'tenant_id'
                   and atttypid = 'uuid'::regtype and attnotnull and not attisdropped) then
        raise exception '% needs tenant_id uuid not null', tab;
    end if;
    select exists (select from pg_constraint c
        join pg_attribute a on a.attrelid = tab and a.attname = 'tenant_id' and a.attnum = c.conkey[1]
        where c.conrelid = tab and c.contype = 'f' and c.confrelid <> tab
          and c.confrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)) into has_parent;
    if not has_parent then
        execute format('alter table %s add constraint %I foreign key (tenant_id) references platform.tenants (id)',
            tab, (select relname from pg_class where oid = tab) || '_tenant_fkey');
    end if;
    execute format('alter table %s owner to souk_owner', tab);
    execute format('alter table %s enable row level security', tab);
    execute format('alter table %s force row level security', tab);
    -- The sub-select is an InitPlan, evaluated once a query and not once a row.
    -- No missing_ok: a query without a tenant must fail, not return nothing.
    execute format('create policy tenant on %s for all to public'
        ' using (tenant_id = (select current_setting(''app.tenant_id''))::uuid)'
        ' with check (tenant_id = (select current_setting(''app.tenant_id''))::uuid)', tab);
    execute format('revoke all on %s from public', tab);
    execute format('grant %s on %s to app_user', rights, tab);
    perform platform.plan_for_big_tenants(tab);
    if rights ~ '(insert|update|delete)' then
        perform platform.audit_table(tab);
    end if;
end $$;

-- audit_by_hand is what is written down of a row that somebody wrote in the database
-- itself, past the program: no transaction says whose row it is, so the row does.
create function platform.audit_by_hand(tab text, op text, key text, whole jsonb, differs jsonb)
returns table (tenant_id uuid, at timestamptz, action text, tab_name text, op_name text, entity text, detail jsonb)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select (whole ->> 'tenant_id')::uuid, clock_timestamp(), 'by hand', tab, op, key,
           jsonb_build_object('rows', jsonb_build_array(jsonb_build_object('key', key) || differs))
$$;

-- audit_change as before, and also for what is written by hand: each row by itself.
create or replace function platform.audit_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    keys   text[] := string_to_array(tg_argv[0], ',');
    masked text[] := string_to_array(tg_argv[1], ',');
    quiet  text[] := string_to_array(tg_argv[2], ',');
    many   bigint;
    told   jsonb;
    digest text;
begin
    if nullif(current_setting('app.tenant_id', true), '') is null then
        if tg_op = 'INSERT' then
            insert into platform.audit_queue (tenant_id, at, action, tab, op, entity, detail)
            select w.* from (select to_jsonb(t) as j from fresh t) n,
                   platform.audit_by_hand(tg_table_name, 'insert', platform.audit_key(n.j, keys), n.j,
                       jsonb_build_object('after', platform.audit_row(n.j, masked))) w;
        elsif tg_op = 'DELETE' then
            insert into platform.audit_queue (tenant_id, at, action, tab, op, entity, detail)
            select w.* from (select to_jsonb(t) as j from stale t) o,
                   platform.audit_by_hand(tg_table_name, 'delete', platform.audit_key(o.j, keys), o.j,
                       jsonb_build_object('before', platform.audit_row(o.j, masked))) w;
        else
            insert into platform.audit_queue (tenant_id, at, action, tab, op, entity, detail)
            select w.* from (select to_jsonb(t) as j from stale t) o
            join   (select to_jsonb(t) as j from fresh t) n
            on     o.j ->> 'tenant_id' = n.j ->> 'tenant_id' and platform.audit_key(o.j, keys) = platform.audit_key(n.j, keys),
                   platform.audit_by_hand(tg_table_name, 'update', platform.audit_key(n.j, keys), n.j,
                       jsonb_build_object('before', platform.audit_diff(o.j, n.j, masked, quiet), 'after', platform.audit_diff(n.j, o.j, masked, quiet))) w;
        end if;
        return null;
    end if;
    if tg_op = 'INSERT' then
        select count(*) into many from fresh;
        if many between 1 and 100 then
            select jsonb_agg(jsonb_build_object('key', platform.audit_key(n.j, keys), 'after', platform.audit_row(n.j, masked)))
            into   told from (select to_jsonb(t) as j from fresh t) n;
        elsif many > 100 then
            select jsonb_agg(platform.audit_key(n.j, keys)) into told from (select to_jsonb(t) as j from fresh t limit 20) n;
            select encode(sha256(convert_to(string_agg(t::text, e'\n'), 'UTF8')), 'hex') into digest from fresh t;
        end if;
    elsif tg_op = 'DELETE' then
        select count(*) into many from stale;
        if many between 1 and 100 then
            select jsonb_agg(jsonb_build_object('key', platform.audit_key(o.j, keys), 'before', platform.audit_row(o.j, masked)))
            into   told from (select to_jsonb(t) as j from stale t) o;
        elsif many > 100 then
            select jsonb_agg(platform.audit_key(o.j, keys)) into told from (select to_jsonb(t) as j from stale t limit 20) o;
            select encode(sha256(convert_to(string_agg(t::text, e'\n'), 'UTF8')), 'hex') into digest from stale t;
        end if;
    else
        select count(*) into many from fresh;
        if many between 1 and 100 then
            select jsonb_agg(jsonb_build_object('key', c.key, 'before', c.before, 'after', c.after)) into told
            from  (select platform.audit_key(n.j, keys) as key,
                          platform.audit_diff(o.j, n.j, masked, quiet) as before,
                          platform.audit_diff(n.j, o.j, masked, quiet) as after
                   from  (select to_jsonb(t) as j from stale t) o
                   join  (select to_jsonb(t) as j from fresh t) n
                   on    platform.audit_key(o.j, keys) = platform.audit_key(n.j, keys)) c
            where c.before <> '{}' or c.after <> '{}';
            many := coalesce(jsonb_array_length(told), 0);
        elsif many > 100 then
            select jsonb_agg(platform.audit_key(n.j, keys)) into told from (select to_jsonb(t) as j from fresh t limit 20) n;
            select encode(sha256(convert_to(string_agg(t::text, e'\n'), 'UTF8')), 'hex') into digest from fresh t;
        end if;
    end if;
    if many = 0 then
        return null;
    end if;
    perform platform.audit_say(tg_table_name, lower(tg_op), case when many = 1 then told -> 0 ->> 'key' end,
        case when digest is null then jsonb_build_object('rows', told)
             else jsonb_build_object('count', many, 'first', told, 'digest', digest) end);
    return null;
end $$;
-- +goose StatementEnd
