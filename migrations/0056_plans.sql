-- +goose Up
-- How much a shop may have. What is null has no limit, and a shop without a plan none at all.
create table platform.plans (
    id          uuid        primary key,
    name        text        not null check (length(name) between 1 and 60),
    people      int         check (people > 0),
    stores      int         check (stores > 0),
    tills       int         check (tills > 0),
    items       int         check (items > 0),
    sales_month int         check (sales_month > 0),
    -- New shops get it.
    for_new     boolean     not null default false,
    version     int         not null default 1,
    created_at  timestamptz not null,
    updated_at  timestamptz not null
);
create unique index plans_name_key on platform.plans (lower(name));
create unique index plans_for_new_key on platform.plans (for_new) where for_new;
alter table platform.plans owner to souk_owner;
grant select, insert, update, delete on platform.plans to souk_platform;

alter table platform.tenants add column plan_id uuid references platform.plans (id);
create index tenants_plan on platform.tenants (plan_id) where plan_id is not null;

-- How much a shop has: counts and sizes, for the platform's staff. Never what it sells or earns.
create table platform.tenant_measures (
    tenant_id   uuid        primary key references platform.tenants (id),
    measured_at timestamptz not null,
    name        text        not null,
    business    text        not null,
    country     text        not null,
    people      int         not null,
    stores      int         not null,
    tills       int         not null,
    items       int         not null,
    sales_month int         not null,
    rows        bigint      not null,
    bytes       bigint      not null,
    active_at   timestamptz
);
alter table platform.tenant_measures owner to souk_owner;
grant select on platform.tenant_measures to souk_platform;

-- +goose StatementBegin
-- plan_uses counts, in the context of a shop, what a plan limits.
create function platform.plan_uses(tenant uuid, kind text, most int, at timestamptz) returns int
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return case kind
        when 'people' then (select count(*) from public.people x where x.tenant_id = tenant and x.active)
        when 'stores' then (select count(*) from public.stores x where x.tenant_id = tenant and x.active)
        when 'tills' then (select count(*) from public.registers x where x.tenant_id = tenant and x.active and x.kind = 'till')
        when 'items' then (select count(*) from (select from public.items x where x.tenant_id = tenant and x.active limit most) n)
        when 'sales_month' then (select count(*) from (
            select from public.sales x
            where  x.tenant_id = tenant and x.kind = 'sale' and x.business_date >= date_trunc('month', at at time zone 'UTC')::date limit most) n)
    end;
end $$;

-- keep_plan refuses what would be more than the shop's plan has. What is there
-- already stays, also when a plan becomes smaller.
create function platform.keep_plan() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    most   int;
begin
    select case tg_argv[0] when 'people' then p.people when 'stores' then p.stores when 'tills' then p.tills when 'items' then p.items end
    into   most
    from   platform.tenants t join platform.plans p on p.id = t.plan_id
    where  t.id = tenant;
    if most is null then
        return null;
    end if;
    if tg_level = 'STATEMENT' and not exists (
        select from fresh f where f.active and (tg_argv[0] <> 'tills' or to_jsonb(f) ->> 'kind' = 'till')) then
        return null;
    end if;
    if platform.plan_uses(tenant, tg_argv[0], most + 1, clock_timestamp()) > most then
        raise exception 'more % than the plan has', tg_argv[0] using errcode = '23514', constraint = 'plan_' || tg_argv[0];
    end if;
    return null;
end $$;

-- plan_takes_sale tells whether one more sale is within the plan.
create function public.plan_takes_sale(at timestamptz) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := current_setting('app.tenant_id')::uuid;
    most   int;
begin
    select p.sales_month into most from platform.tenants t join platform.plans p on p.id = t.plan_id where t.id = tenant;
    return most is null or platform.plan_uses(tenant, 'sales_month', most, at) < most;
end $$;

-- plan_now is the shop's own plan and how much of it is used.
create function public.plan_now(at timestamptz) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := current_setting('app.tenant_id')::uuid;
begin
    return (
        select jsonb_build_object('name', coalesce(p.name, ''), 'limits', jsonb_agg(jsonb_build_object(
                   'kind', k.kind, 'most', k.most, 'used', platform.plan_uses(tenant, k.kind, null, at)) order by k.place))
        from   platform.tenants t
        left   join platform.plans p on p.id = t.plan_id
        cross  join lateral (values (1, 'people', p.people), (2, 'stores', p.stores), (3, 'tills', p.tills), (4, 'items', p.items),
                                    (5, 'sales_month', p.sales_month)) k (place, kind, most)
        where  t.id = tenant
        group  by p.name);
end $$;

-- measure_tenant counts what a shop has. A table's bytes are shared out by rows.
create function platform.measure_tenant(tenant uuid, at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    tab   record;
    many  bigint;
    total bigint := 0;
    size  bigint := 0;
begin
    execute format('set local app.tenant_id = %L', tenant);
    for tab in
        select c.oid::regclass::text as name, greatest(c.reltuples, 0)::numeric as tuples, pg_total_relation_size(c.oid) as bytes
        from   pg_class c
        join   pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
        where  c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    loop
        execute 'select count(*) from ' || tab.name || ' where tenant_id = $1' into many using tenant;
        total := total + many;
        if many > 0 then
            size := size + (tab.bytes * many / greatest(tab.tuples, many))::bigint;
        end if;
    end loop;
    insert into platform.tenant_measures (tenant_id, measured_at, name, business, country, people, stores, tills, items, sales_month, rows, bytes, active_at)
    select tenant, at, c.name, c.business_type, c.country,
           platform.plan_uses(tenant, 'people', null, at), platform.plan_uses(tenant, 'stores', null, at), platform.plan_uses(tenant, 'tills', null, at),
           platform.plan_uses(tenant, 'items', null, at), platform.plan_uses(tenant, 'sales_month', null, at), total, size,
           greatest((select max(s.created_at) from public.sessions s where s.tenant_id = tenant),
                    (select max(d.last_seen_at) from public.devices d where d.tenant_id = tenant),
                    (select max(u.at) from public.audit u where u.tenant_id = tenant))
    from   public.company c
    where  c.tenant_id = tenant
    on conflict (tenant_id) do update
    set    measured_at = excluded.measured_at, name = excluded.name, business = excluded.business, country = excluded.country,
           people = excluded.people, stores = excluded.stores, tills = excluded.tills, items = excluded.items,
           sales_month = excluded.sales_month, rows = excluded.rows, bytes = excluded.bytes, active_at = excluded.active_at;
end $$;
-- +goose StatementEnd
alter function platform.plan_uses(uuid, text, int, timestamptz) owner to souk_owner;
alter function platform.keep_plan() owner to souk_owner;
alter function public.plan_takes_sale(timestamptz) owner to souk_owner;
alter function public.plan_now(timestamptz) owner to souk_owner;
alter function platform.measure_tenant(uuid, timestamptz) owner to souk_owner;
revoke all on function platform.plan_uses(uuid, text, int, timestamptz), platform.keep_plan(), public.plan_takes_sale(timestamptz),
    public.plan_now(timestamptz), platform.measure_tenant(uuid, timestamptz) from public;
grant execute on function public.plan_takes_sale(timestamptz), public.plan_now(timestamptz) to app_user;
grant execute on function platform.measure_tenant(uuid, timestamptz) to souk_platform;

create trigger plan_people after insert on people referencing new table as fresh for each statement execute function platform.keep_plan('people');
create trigger plan_people_again after update of active on people for each row when (new.active and not old.active) execute function platform.keep_plan('people');
create trigger plan_stores after insert on stores referencing new table as fresh for each statement execute function platform.keep_plan('stores');
create trigger plan_stores_again after update of active on stores for each row when (new.active and not old.active) execute function platform.keep_plan('stores');
create trigger plan_tills after insert on registers referencing new table as fresh for each statement execute function platform.keep_plan('tills');
create trigger plan_tills_again after update of active on registers for each row when (new.active and not old.active) execute function platform.keep_plan('tills');
create trigger plan_items after insert on items referencing new table as fresh for each statement execute function platform.keep_plan('items');
create trigger plan_items_again after update of active on items for each row when (new.active and not old.active) execute function platform.keep_plan('items');
