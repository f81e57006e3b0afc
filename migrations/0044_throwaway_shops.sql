-- +goose Up
-- A shop that the program opens for a moment, to attack it or to attack from it,
-- and takes away again. It is in no list, is nobody's operator and gets no letters.
alter table platform.tenants drop constraint tenants_status_check;
alter table platform.tenants add constraint tenants_status_check
    check (status in ('opening', 'active', 'suspended', 'abandoned', 'throwaway'));

-- +goose StatementBegin
-- What may be removed without asking is decided when it is made: no shop becomes a
-- throw-away one, and none stops being it.
create function platform.keep_throwaway() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (old.status = 'throwaway') <> (new.status = 'throwaway') then
        raise exception 'a shop is made to be thrown away, or is not' using errcode = '42501';
    end if;
    return new;
end $$;

-- erase_tenant takes away every row of a shop, in whatever table of public and
-- platform has a tenant_id, and the shop itself, and gives how many rows that were.
-- The tables come from the catalogue, so that none is forgotten. A table whose rows
-- others still point at is tried again when those are gone; and since a deletion may
-- itself be recorded, it goes round until a whole round finds nothing.
create function platform.erase_tenant(tenant uuid) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    tab     record;
    took    bigint;
    gone    bigint := 0;
    moved   boolean;
    blocked text;
begin
    -- The owner too sees a shop's rows only in its context.
    execute format('set local app.tenant_id = %L', tenant);
    execute 'set local app.actor = ''''';
    for turn in 1 .. 40 loop
        moved := false;
        blocked := null;
        -- The newest first: what was made later points at what was there.
        for tab in
            select c.oid::regclass as name
            from   pg_class c
            join   pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
            where  c.relkind in ('r', 'p') and not c.relispartition
            and    c.relnamespace in ('public'::regnamespace, 'platform'::regnamespace)
            order  by c.oid desc
        loop
            begin
                execute format('delete from %s where tenant_id = $1', tab.name) using tenant;
                get diagnostics took = row_count;
                gone := gone + took;
                moved := moved or took > 0;
            exception when foreign_key_violation then
                blocked := tab.name::text;
            end;
        end loop;
        exit when not moved;
    end loop;
    if blocked is not null then
        raise exception 'what is in % cannot be taken away', blocked;
    end if;
    delete from platform.tenants where id = tenant;
    return gone + 1;
end $$;

-- remove_throwaway takes away a throw-away shop and its owner's account. It fails
-- on any other shop.
create function platform.remove_throwaway(tenant uuid) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    shop platform.tenants;
    tab  record;
    gone bigint;
    own  text;
begin
    select * into shop from platform.tenants where id = tenant for update;
    if not found then
        return 0;
    end if;
    if shop.status <> 'throwaway' then
        raise exception 'this is nobody''s throw-away shop' using errcode = '42501';
    end if;
    gone := platform.erase_tenant(tenant);
    own := shop.slug || '@throwaway.invalid';
    for tab in
        select distinct c.oid::regclass as name
        from   pg_class c
        join   pg_attribute a on a.attrelid = c.oid and a.attname = 'account_id' and not a.attisdropped
        where  c.relkind = 'r' and c.relnamespace = 'platform'::regnamespace
    loop
        execute format('delete from %s where account_id in (select id from platform.accounts where email = $1)', tab.name) using own;
    end loop;
    delete from platform.accounts where email = own;
    return gone;
end $$;

-- appoint_first_operator as before, but a throw-away shop is nobody's first.
create or replace function public.appoint_first_operator() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := current_setting('app.tenant_id')::uuid;
    shop   platform.tenants;
begin
    select * into shop from platform.tenants where id = tenant;
    if shop.status = 'throwaway' then
        return;
    end if;
    if shop.demo and (shop.slug <> 'city-mart' or exists (select from platform.operators)) then
        return;
    end if;
    if not shop.demo and exists (select from platform.operators o join platform.tenants t on t.id = o.tenant_id where not t.demo) then
        return;
    end if;
    insert into platform.operators (account_id, tenant_id)
    select p.account_id, tenant from public.people p
    where  p.tenant_id = tenant and p.id = nullif(current_setting('app.actor', true), '')::uuid and p.account_id is not null
    on conflict do nothing;
end $$;
-- +goose StatementEnd
create trigger keep_throwaway before update of status on platform.tenants
    for each row execute function platform.keep_throwaway();
alter function platform.keep_throwaway() owner to souk_owner;
alter function platform.erase_tenant(uuid) owner to souk_owner;
alter function platform.remove_throwaway(uuid) owner to souk_owner;
revoke all on function platform.keep_throwaway(), platform.erase_tenant(uuid), platform.remove_throwaway(uuid) from public;
grant execute on function platform.remove_throwaway(uuid) to souk_platform;
grant delete on platform.accounts, platform.tenants to souk_owner;
