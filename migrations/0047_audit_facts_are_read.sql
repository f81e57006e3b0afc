-- +goose Up
-- +goose StatementBegin
-- audit_facts_of gives the facts that rows of the audit stand for, as they are now,
-- for whoever checks the chain or takes it away.
create function public.audit_facts_of(first bigint, last bigint) returns table (seq bigint, fact text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select a.seq, coalesce(platform.audit_fact(a.tenant_id, a.tab, a.entity, a.detail), '')
    from   public.audit a
    where  a.tenant_id = current_setting('app.tenant_id')::uuid and a.op = 'fact' and a.seq between first and last
$$;
-- +goose StatementEnd
alter function public.audit_facts_of(bigint, bigint) owner to souk_owner;
revoke all on function public.audit_facts_of(bigint, bigint) from public;
grant execute on function public.audit_facts_of(bigint, bigint) to app_user;
