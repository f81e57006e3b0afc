-- +goose Up
-- A sale writes to both queues and, numbered, to the changes: each of these indexes
-- cost it work that nobody got anything for. The queues are read by tenant in the
-- order of their ids, so that is their key; changes are read by number alone.
alter table platform.change_queue drop constraint change_queue_pkey;
drop index platform.change_queue_tenant;
alter table platform.change_queue add primary key (tenant_id, id);
alter table platform.audit_queue drop constraint audit_queue_pkey;
drop index platform.audit_queue_tenant;
alter table platform.audit_queue add primary key (tenant_id, id);
drop index changes_at;

-- +goose StatementBegin
-- As before, and asks once instead of twice.
create or replace function platform.sale_adds_up() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    net  numeric;
    tax  numeric;
    paid numeric;
begin
    select coalesce(sum(l.net_minor), 0), coalesce(sum(l.tax_minor), 0),
           (select coalesce(sum(t.amount_minor), 0) from public.tenders t where t.tenant_id = new.tenant_id and t.sale_id = new.id)
    into   net, tax, paid
    from   public.sale_lines l
    where  l.tenant_id = new.tenant_id and l.sale_id = new.id;
    if net <> new.net_minor or tax <> new.tax_minor or paid <> new.due_minor then
        raise exception 'sale % does not add up: lines % + %, sale % + %, paid % of %',
            new.id, net, tax, new.net_minor, new.tax_minor, paid, new.due_minor
            using errcode = 'check_violation', constraint = 'sales_parts_add_up';
    end if;
    return null;
end $$;
-- +goose StatementEnd
