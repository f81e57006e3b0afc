-- +goose Up
-- What an owner takes away of the shop: every table that the program itself may read
-- and that is the shop's, as the caller, so that the policies decide what there is.
-- What opens a door or proves who somebody is does not leave with a copy, and bytes
-- have no place in a list.
-- +goose StatementBegin
create function public.export_tables() returns table (name text, columns text[])
language sql stable set search_path = pg_catalog, pg_temp as $$
    select c.relname::text, array_agg(a.attname::text order by a.attnum)
    from   pg_class c
    join   pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where  c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and    exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped)
    and    a.attname <> 'tenant_id' and a.attgenerated = '' and a.atttypid <> 'bytea'::regtype
    and    a.attname !~ '(hash|secret|token|password)'
    and    has_column_privilege(c.oid, a.attnum, 'select')
    group  by c.relname
$$;

-- export_page gives rows of one of them behind a key, in the order of the primary key.
create function public.export_page(tab text, columns text[], after text[], max int) returns table (key text[], cells text[])
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    keys   text;
    texts  text;
    behind text;
    wanted text;
begin
    select string_agg(quote_ident(a.attname), ', ' order by k.n), string_agg(quote_ident(a.attname) || '::text', ', ' order by k.n),
           string_agg(format('($1)[%s]::%s', k.n, format_type(a.atttypid, null)), ', ' order by k.n)
    into   keys, texts, behind
    from   pg_constraint p
    cross  join lateral unnest(p.conkey[2:]) with ordinality as k (att, n)
    join   pg_attribute a on a.attrelid = p.conrelid and a.attnum = k.att
    where  p.conrelid = format('public.%I', tab)::regclass and p.contype = 'p';
    select string_agg(quote_ident(c) || '::text', ', ' order by n) into wanted from unnest(columns) with ordinality as u (c, n);
    return query execute format(
        'select array[%s]::text[], array[%s]::text[] from public.%I
         where tenant_id = (select current_setting(''app.tenant_id''))::uuid%s
         order by %s limit %s',
        coalesce(texts, ''), wanted, tab,
        case when after is null or keys is null then '' else format(' and (%s) > (%s)', keys, behind) end,
        coalesce(keys, '1'), max)
    using after;
end $$;
-- +goose StatementEnd
alter function public.export_tables() owner to souk_owner;
alter function public.export_page(text, text[], text[], int) owner to souk_owner;
revoke all on function public.export_tables(), public.export_page(text, text[], text[], int) from public;
grant execute on function public.export_tables(), public.export_page(text, text[], text[], int) to app_user;
