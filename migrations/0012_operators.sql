-- +goose Up
-- Who looks after the installation itself. A backup holds every shop, so being a
-- shop's owner is not enough. The right is an account's in one shop and nowhere
-- else: another shop may employ the same account and give it a PIN.
create table platform.operators (
    account_id uuid        not null references platform.accounts (id),
    tenant_id  uuid        not null references platform.tenants (id),
    added_at   timestamptz not null default now(),
    primary key (account_id, tenant_id)
);
alter table platform.operators owner to souk_owner;
grant select, insert, update, delete on platform.operators to souk_platform;

-- What the server last found out about the installation, for operators' screens,
-- and what they want of it.
create table platform.installation (
    only_row         boolean primary key default true check (only_row),
    report           jsonb   not null default '{}',
    backup_wanted_at timestamptz
);
insert into platform.installation default values;
alter table platform.installation owner to souk_owner;
grant select, update on platform.installation to souk_platform;

-- +goose StatementBegin
-- is_operator tells whether whoever acts in this shop looks after the
-- installation. A demo shop's log-ins are known to the world: from the first own
-- shop on they count for nothing.
create function public.is_operator() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (
        select from public.people p
        join   platform.operators o on o.account_id = p.account_id and o.tenant_id = p.tenant_id
        join   platform.accounts a on a.id = o.account_id and a.disabled_at is null
        join   platform.tenants t on t.id = o.tenant_id and t.status = 'active'
        where  p.tenant_id = current_setting('app.tenant_id')::uuid
        and    p.id = nullif(current_setting('app.actor', true), '')::uuid
        and    p.active and p.role = 'owner'
        and    (not t.demo or not exists (select from platform.tenants own where not own.demo and own.status = 'active')))
$$;

create function public.installation_report() returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select report from platform.installation where public.is_operator()
$$;

-- want_backup asks the server for a backup now; false if the asker may not.
create function public.want_backup() returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not public.is_operator() then
        return false;
    end if;
    update platform.installation set backup_wanted_at = now();
    return true;
end $$;

-- appoint_first_operator makes whoever acts, the owner of a shop that is being
-- opened, the operator: of the first own shop, or of the demo supermarket as long
-- as there is no operator at all.
create function public.appoint_first_operator() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := current_setting('app.tenant_id')::uuid;
    shop   platform.tenants;
begin
    select * into shop from platform.tenants where id = tenant;
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
alter function public.is_operator() owner to souk_owner;
alter function public.installation_report() owner to souk_owner;
alter function public.want_backup() owner to souk_owner;
alter function public.appoint_first_operator() owner to souk_owner;
revoke all on function public.is_operator(), public.installation_report(), public.want_backup(), public.appoint_first_operator() from public;
grant execute on function public.is_operator(), public.installation_report(), public.want_backup(), public.appoint_first_operator() to app_user;
