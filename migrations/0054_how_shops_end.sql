-- +goose Up
-- How a shop ends. Suspended: nobody gets in, nothing is lost. Closed: the same,
-- and thirty days later it may be removed for good. What is removed leaves its
-- address behind, which nobody gets again: old links, printed receipts and tills
-- must never lead to somebody else's shop.
-- To the directory, closed is suspended with a date.
alter table platform.tenants add column closed_at timestamptz,
    add constraint tenants_closed_check check (closed_at is null or status = 'suspended');

-- A copy of the directory's word where the shop's own context can read it: what is
-- believed of its sessions and devices ends with it.
alter table company add column shut boolean not null default false;

create table platform.gone_slugs (
    slug text primary key,
    at   timestamptz not null
);
alter table platform.gone_slugs owner to souk_owner;
grant select on platform.gone_slugs to souk_platform;

-- +goose StatementBegin
-- set_standing suspends, resumes, closes or reopens a shop and gives what it was.
-- It fails on a shop that is still being made, or was made to be thrown away.
create function platform.set_standing(tenant uuid, wanted text, at timestamptz) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    was text;
begin
    select case when closed_at is null then status else 'closed' end into was from platform.tenants where id = tenant for update;
    if was is null or was not in ('active', 'suspended', 'closed') or wanted not in ('active', 'suspended', 'closed') then
        raise exception 'this shop cannot be % any more', wanted using errcode = '42501';
    end if;
    if was = wanted then
        return was;
    end if;
    update platform.tenants
    set    status = case wanted when 'closed' then 'suspended' else wanted end, closed_at = case when wanted = 'closed' then at end
    where  id = tenant;
    execute format('set local app.tenant_id = %L', tenant);
    execute 'set local app.actor = ''''';
    update public.company set shut = wanted <> 'active' where tenant_id = tenant;
    return was;
end $$;

-- remove_closed takes away a shop that was closed before a moment, with every row
-- that it has anywhere and the accounts of those who worked nowhere else, and gives
-- how many rows the shop had. Its address stays taken.
create function platform.remove_closed(tenant uuid, before timestamptz, at timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    shop   platform.tenants;
    other  uuid;
    theirs uuid[];
    tab    record;
    gone   bigint;
begin
    select * into shop from platform.tenants where id = tenant for update;
    if not found or shop.closed_at is null or shop.closed_at > before then
        raise exception 'only a shop that has been closed long enough is removed' using errcode = '42501';
    end if;
    execute format('set local app.tenant_id = %L', tenant);
    select array_agg(distinct p.account_id) from public.people p where p.tenant_id = tenant and p.account_id is not null into theirs;
    gone := platform.erase_tenant(tenant);
    -- People are seen in their shop's context only, so each other shop is asked.
    for other in select id from platform.tenants loop
        exit when coalesce(cardinality(theirs), 0) = 0;
        execute format('set local app.tenant_id = %L', other);
        select array_agg(a) from unnest(theirs) a
        where  not exists (select from public.people p where p.tenant_id = other and p.account_id = a) into theirs;
    end loop;
    for tab in
        select distinct c.oid::regclass as name
        from   pg_class c
        join   pg_attribute a on a.attrelid = c.oid and a.attname = 'account_id' and not a.attisdropped
        where  c.relkind = 'r' and c.relnamespace = 'platform'::regnamespace
    loop
        execute format('delete from %s where account_id = any ($1)', tab.name) using theirs;
    end loop;
    delete from platform.accounts where id = any (theirs);
    insert into platform.gone_slugs (slug, at) values (shop.slug, at);
    return gone;
end $$;
-- +goose StatementEnd
alter function platform.set_standing(uuid, text, timestamptz) owner to souk_owner;
alter function platform.remove_closed(uuid, timestamptz, timestamptz) owner to souk_owner;
revoke all on function platform.set_standing(uuid, text, timestamptz), platform.remove_closed(uuid, timestamptz, timestamptz) from public;
grant execute on function platform.set_standing(uuid, text, timestamptz), platform.remove_closed(uuid, timestamptz, timestamptz) to souk_platform;
