-- +goose Up
-- +goose StatementBegin
-- prune_changes drops the tenant's changes that are older than thirty days,
-- and says how many. Whoever was away for longer asks for everything again.
-- From the oldest kept one on all are there, and the newest is always kept: it
-- says where the stream stands.
create function public.prune_changes() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := current_setting('app.tenant_id')::uuid;
    first  bigint;
    gone   bigint;
begin
    select coalesce(min(c.seq) filter (where c.at >= now() - interval '30 days'), max(c.seq))
    into first from public.changes c where c.tenant_id = tenant;
    delete from public.changes c where c.tenant_id = tenant and c.seq < first;
    get diagnostics gone = row_count;
    return gone;
end $$;
-- +goose StatementEnd
alter function public.prune_changes() owner to souk_owner;
revoke all on function public.prune_changes() from public;
grant execute on function public.prune_changes() to app_user;
