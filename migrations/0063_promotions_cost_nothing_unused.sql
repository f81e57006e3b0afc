-- +goose Up
-- What every sale would pay for promotions that it does not have.
drop index sale_lines_deals;
alter table sale_lines drop constraint sale_lines_deals_check;

-- Whether any promotion runs, kept with what every sale reads anyway: a shop without
-- promotions is spared looking for them.
alter table company add column promotes boolean not null default false;
-- +goose StatementBegin
create function platform.keep_promotes() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    shop uuid := coalesce(new.tenant_id, old.tenant_id);
    runs boolean := exists (select from public.promotions where tenant_id = shop and active);
begin
    update public.company set promotes = runs where tenant_id = shop and promotes <> runs;
    return null;
end $$;
-- +goose StatementEnd
alter function platform.keep_promotes() owner to souk_owner;
revoke all on function platform.keep_promotes() from public;
create trigger keep_promotes after insert or update of active or delete on promotions
    for each row execute function platform.keep_promotes();
-- The program's own doing, and none that a shop's trail has to tell of.
alter table company disable trigger user;
update company c set promotes = true
where  exists (select from promotions p where p.tenant_id = c.tenant_id and p.active);
alter table company enable trigger user;
