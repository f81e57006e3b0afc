-- +goose Up
-- Plans are made once for all tenants, so the planner knows a tenant's size only
-- as the average over all of them. Where most shops are small it then thinks that
-- reading all of a shop's prices is as cheap as looking one up, which costs the one
-- big shop a hundred times as much. So it is told that there are few tenants, each
-- of them big: the plan for a big shop is as good for a small one, never the other
-- way round. A column that divides a tenant's rows into few groups is told how many
-- there are within one tenant, since no query asks for it without the tenant.
-- +goose StatementBegin
create function platform.plan_for_big_tenants(tab regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    few record;
begin
    execute format('alter table %s alter column tenant_id set (n_distinct = 20)', tab);
    for few in
        select attname from pg_attribute
        where attrelid = tab and attnum > 0 and not attisdropped
        and   attname in ('store_id', 'location_id', 'register_id', 'price_list_id', 'method_id', 'series')
        and   not exists (
                  select from pg_index where indrelid = tab and indisunique and indnkeyatts = 2
                  and   attnum = any(indkey) and indpred is null)
    loop
        execute format('alter table %s alter column %I set (n_distinct = 2)', tab, few.attname);
    end loop;
end $$;

-- +goose StatementEnd
select platform.plan_for_big_tenants(c.oid::regclass)
from   pg_class c
where  c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relrowsecurity;

-- +goose StatementBegin
-- tenant_table puts a table under the tenant rules: forced row-level security
-- with the one canonical policy, a foreign key to the tenant unless a parent
-- row already ties it to one, exactly the rights that are named, and plans that
-- suit a big tenant.
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
end $$;
-- +goose StatementEnd
