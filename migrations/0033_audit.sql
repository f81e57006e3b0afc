-- +goose Up
-- Who wrote what. A row is made by a trigger, in the transaction of the write; after
-- the commit it is sealed into the shop's chain: numbered without a gap, its hash
-- made of its own bytes and of the hash before it. What has been sealed cannot be
-- changed, taken out or put in another place without breaking the chain.
create table audit (
    tenant_id uuid        not null,
    seq       bigint      not null check (seq > 0),
    at        timestamptz not null,
    -- The person or, when nobody is signed in, the till; null is the program itself.
    actor     uuid,
    device    uuid,
    approver  uuid,
    -- What was being done: a route, a kind of background work.
    action    text        not null,
    tab       text        not null,
    op        text        not null check (op in ('insert', 'update', 'delete', 'fact')),
    -- The one row that was written; null when there were several.
    entity    text,
    detail    jsonb       not null,
    hash      bytea       not null check (length(hash) = 32),
    primary key (tenant_id, seq)
);
select platform.tenant_table('audit', 'select');
create index audit_at on audit (tenant_id, at desc, seq desc);
create index audit_entity on audit (tenant_id, entity, seq desc) where entity is not null;
create index audit_tab on audit (tenant_id, tab, seq desc);
create index audit_actor on audit (tenant_id, actor, seq desc);

-- Rows on their way into the chain: written with what they tell of, taken away when they are sealed.
create table platform.audit_queue (
    id        bigint generated always as identity primary key,
    tenant_id uuid        not null,
    at        timestamptz not null,
    actor     uuid,
    device    uuid,
    approver  uuid,
    action    text        not null,
    tab       text        not null,
    op        text        not null,
    entity    text,
    detail    jsonb       not null
);
create index audit_queue_tenant on platform.audit_queue (tenant_id, id);
alter table platform.audit_queue owner to souk_owner;
grant select on platform.audit_queue to souk_platform;

-- Where each chain stands.
create table platform.audit_heads (
    tenant_id uuid   primary key references platform.tenants (id),
    seq       bigint not null,
    hash      bytea  not null
);
alter table platform.audit_heads owner to souk_owner;
grant select on platform.audit_heads to souk_platform;

-- The installation's word for where a chain stood at a time, by its Ed25519 key.
-- Tills keep copies of it, so that a chain that is made anew contradicts them.
create table audit_signatures (
    tenant_id  uuid        not null,
    seq        bigint      not null,
    hash       bytea       not null,
    at         timestamptz not null,
    public_key bytea       not null check (length(public_key) = 32),
    signature  bytea       not null check (length(signature) = 64),
    primary key (tenant_id, seq)
);
select platform.tenant_table('audit_signatures', 'select, insert');

-- +goose StatementBegin
-- audit_say gives what the transaction is about, as the program said at its beginning.
create function platform.audit_say(tab text, op text, entity text, detail jsonb) returns void
language sql set search_path = pg_catalog, pg_temp as $$
    insert into platform.audit_queue (tenant_id, at, actor, device, approver, action, tab, op, entity, detail)
    values (current_setting('app.tenant_id')::uuid,
            coalesce(nullif(current_setting('app.at', true), '')::timestamptz, clock_timestamp()),
            nullif(current_setting('app.actor', true), '')::uuid,
            nullif(current_setting('app.device', true), '')::uuid,
            nullif(current_setting('app.approver', true), '')::uuid,
            coalesce(current_setting('app.action', true), ''),
            tab, op, entity, detail)
$$;

-- audit_row is a row as the audit shows it: without the tenant, without what is not
-- there, and with a mark in place of a secret or of bytes.
create function platform.audit_row(whole jsonb, masked text[]) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
    select coalesce(jsonb_object_agg(k, case when k = any(masked) then '"•"'::jsonb else v end), '{}')
    from   jsonb_each(whole) as e(k, v)
    where  k <> 'tenant_id' and v <> 'null' and v <> '""' and v <> '[]'
$$;

-- audit_diff is what differs between two states of a row, one side of it. A change
-- of a secret shows as a mark that it was changed. Columns that tell only when or
-- how far are no change.
create function platform.audit_diff(mine jsonb, other jsonb, masked text[], quiet text[]) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
    select coalesce(jsonb_object_agg(k, case when k = any(masked) then '"•"'::jsonb else v end), '{}')
    from   jsonb_each(mine) as e(k, v)
    where  v is distinct from other -> k and not k = any(quiet)
$$;

create function platform.audit_key(whole jsonb, keys text[]) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
    select string_agg(whole ->> k, ' ' order by o) from unnest(keys) with ordinality as u(k, o)
$$;

-- audit_change writes down one statement. Up to a hundred rows are told one by one;
-- of more only how many they were, the first of them and a digest of all.
-- Arguments: the key's columns, the secret ones, the quiet ones.
create function platform.audit_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    keys   text[] := string_to_array(tg_argv[0], ',');
    masked text[] := string_to_array(tg_argv[1], ',');
    quiet  text[] := string_to_array(tg_argv[2], ',');
    many   bigint;
    told   jsonb;
    digest text;
begin
    if tg_op = 'INSERT' then
        select count(*) into many from fresh;
        if many between 1 and 100 then
            select jsonb_agg(jsonb_build_object('key', platform.audit_key(n.j, keys), 'after', platform.audit_row(n.j, masked)))
            into   told from (select to_jsonb(t) as j from fresh t) n;
        elsif many > 100 then
            select jsonb_agg(platform.audit_key(n.j, keys)) into told from (select to_jsonb(t) as j from fresh t limit 20) n;
            select encode(sha256(convert_to(string_agg(t::text, e'\n'), 'UTF8')), 'hex') into digest from fresh t;
        end if;
    elsif tg_op = 'DELETE' then
        select count(*) into many from stale;
        if many between 1 and 100 then
            select jsonb_agg(jsonb_build_object('key', platform.audit_key(o.j, keys), 'before', platform.audit_row(o.j, masked)))
            into   told from (select to_jsonb(t) as j from stale t) o;
        elsif many > 100 then
            select jsonb_agg(platform.audit_key(o.j, keys)) into told from (select to_jsonb(t) as j from stale t limit 20) o;
            select encode(sha256(convert_to(string_agg(t::text, e'\n'), 'UTF8')), 'hex') into digest from stale t;
        end if;
    else
        select count(*) into many from fresh;
        if many between 1 and 100 then
            select jsonb_agg(jsonb_build_object('key', c.key, 'before', c.before, 'after', c.after)) into told
            from  (select platform.audit_key(n.j, keys) as key,
                          platform.audit_diff(o.j, n.j, masked, quiet) as before,
                          platform.audit_diff(n.j, o.j, masked, quiet) as after
                   from  (select to_jsonb(t) as j from stale t) o
                   join  (select to_jsonb(t) as j from fresh t) n
                   on    platform.audit_key(o.j, keys) = platform.audit_key(n.j, keys)) c
            where c.before <> '{}' or c.after <> '{}';
            many := coalesce(jsonb_array_length(told), 0);
        elsif many > 100 then
            select jsonb_agg(platform.audit_key(n.j, keys)) into told from (select to_jsonb(t) as j from fresh t limit 20) n;
            select encode(sha256(convert_to(string_agg(t::text, e'\n'), 'UTF8')), 'hex') into digest from fresh t;
        end if;
    end if;
    if many = 0 then
        return null;
    end if;
    perform platform.audit_say(tg_table_name, lower(tg_op), case when many = 1 then told -> 0 ->> 'key' end,
        case when digest is null then jsonb_build_object('rows', told)
             else jsonb_build_object('count', many, 'first', told, 'digest', digest) end);
    return null;
end $$;

-- audit_facts writes down rows that nobody may change afterwards. They are not told
-- again: when it is sealed, the row gets a digest of the fact as it stands in its
-- own tables, and souk verify --audit compares them.
-- Arguments: the kinds of source that stand under another fact already.
create function platform.audit_facts() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    case tg_table_name
        when 'sales' then
            perform platform.audit_say('sales', 'fact', f.id::text, jsonb_build_object('kind', f.kind, 'receipt_no', f.receipt_no, 'total_minor', f.total_minor, 'currency', f.currency))
            from fresh f;
        when 'journal_entries' then
            perform platform.audit_say('journal_entries', 'fact', f.id::text, jsonb_build_object('source_type', f.source_type, 'source_id', f.source_id, 'memo', f.memo))
            from fresh f where f.source_type <> all(tg_argv);
        when 'stock_moves' then
            perform platform.audit_say('stock_moves', 'fact', f.source_id::text, jsonb_build_object('source_type', f.source_type, 'at', f.at, 'count', count(*)))
            from fresh f where f.source_type <> all(tg_argv) group by f.source_type, f.source_id, f.at;
    end case;
    return null;
end $$;

-- audit_table has every write to a table written down. still names further columns
-- that are no change by themselves, as progress; hidden such as must not be copied,
-- beside secrets and bytes, which never are.
create function platform.audit_table(tab regclass, still text[] default '{}', hidden text[] default '{}') returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    keys   text;
    masked text;
    quiet  text;
begin
    select string_agg(a.attname, ',' order by k.o) into keys
    from   pg_index i, unnest(i.indkey) with ordinality as k(n, o)
    join   pg_attribute a on a.attrelid = tab and a.attnum = k.n
    where  i.indrelid = tab and i.indisprimary and (a.attname <> 'tenant_id' or cardinality(i.indkey::int2[]) = 1);
    select coalesce(string_agg(a.attname, ','), '') into masked
    from   pg_attribute a
    where  a.attrelid = tab and a.attnum > 0 and not a.attisdropped
    and    (a.atttypid = 'bytea'::regtype or a.attname ~ '(_hash|^pin|secret|password|token|ciphertext)' or a.attname = any(hidden));
    quiet := array_to_string(array['version', 'updated_at', 'last_seen_at', 'last_used_at'] || still, ',');
    execute format('drop trigger if exists audit_insert on %s', tab);
    execute format('drop trigger if exists audit_update on %s', tab);
    execute format('drop trigger if exists audit_delete on %s', tab);
    execute format('create trigger audit_insert after insert on %s referencing new table as fresh'
        ' for each statement execute function platform.audit_change(%L, %L, %L)', tab, keys, masked, quiet);
    execute format('create trigger audit_update after update on %s referencing old table as stale new table as fresh'
        ' for each statement execute function platform.audit_change(%L, %L, %L)', tab, keys, masked, quiet);
    execute format('create trigger audit_delete after delete on %s referencing old table as stale'
        ' for each statement execute function platform.audit_change(%L, %L, %L)', tab, keys, masked, quiet);
end $$;

-- unaudited says why writes to a table are not written down.
create function platform.unaudited(tab regclass, reason text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if length(reason) < 10 then
        raise exception 'say why % is not audited', tab;
    end if;
    execute format('drop trigger if exists audit_insert on %s', tab);
    execute format('drop trigger if exists audit_update on %s', tab);
    execute format('drop trigger if exists audit_delete on %s', tab);
    execute format('comment on table %s is %L', tab, 'unaudited: ' || reason);
end $$;

-- tenant_table as before, with one thing more: what can be written is audited.
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
    if rights ~ '(insert|update|delete)' then
        perform platform.audit_table(tab);
    end if;
end $$;

-- approved_by names who approved what the rest of this transaction does.
create function public.approved_by(person uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    -- Nobody may call set_config; a uuid cannot carry anything else into the statement.
    execute format('set local app.approver = %L', person);
end $$;

-- sale_fact is a sale with all that belongs to it, as bytes that say the same
-- forever: the columns are named, so that a column which is added later changes none.
create function platform.sale_fact(tenant uuid, sale uuid) returns text
language sql stable set search_path = pg_catalog, pg_temp set datestyle = 'ISO, YMD' set timezone = 'UTC' as $$
    select concat_ws(e'\n',
        (select row(s.id, s.kind, s.series, s.number, s.receipt_no, s.original_id, s.store_id, s.location_id, s.register_id, s.shift_id, s.person_id, s.customer_id,
                    s.business_date, s.completed_at, s.received_at, s.currency, s.tax_included, s.gross_minor, s.discount_minor, s.net_minor, s.tax_minor,
                    s.total_minor, s.rounding_minor, s.due_minor, s.cost_minor, s.flags, s.note)::text
         from public.sales s where s.tenant_id = tenant and s.id = sale),
        (select string_agg(row(l.line_no, l.item_id, l.original_line, l.name, l.barcode, l.unit, l.quantity, l.unit_price_minor, l.list_price_minor, l.gross_minor,
                    l.discount_minor, l.discount_reason, l.tax_code, l.tax_rate, l.net_minor, l.tax_minor, l.total_minor, l.cost_minor)::text, e'\n' order by l.line_no)
         from public.sale_lines l where l.tenant_id = tenant and l.sale_id = sale),
        (select string_agg(row(t.line_no, t.method_id, t.amount_minor, t.tendered_minor, t.change_minor, t.reference)::text, e'\n' order by t.line_no)
         from public.tenders t where t.tenant_id = tenant and t.sale_id = sale),
        (select string_agg(row(m.id, m.item_id, m.location_id, m.quantity, m.value_minor, m.source_line)::text, e'\n' order by m.source_line)
         from public.stock_moves m where m.tenant_id = tenant and m.source_type in ('sale', 'refund', 'void') and m.source_id = sale),
        (select string_agg(row(e.id, e.entry_date, e.currency, p.line_no, p.account_id, p.amount_minor)::text, e'\n' order by e.id, p.line_no)
         from public.journal_entries e join public.postings p on p.tenant_id = tenant and p.entry_id = e.id
         where e.tenant_id = tenant and e.source_type in ('sale', 'refund', 'void') and e.source_id = sale))
$$;

create function platform.entry_fact(tenant uuid, entry uuid) returns text
language sql stable set search_path = pg_catalog, pg_temp set datestyle = 'ISO, YMD' set timezone = 'UTC' as $$
    select concat_ws(e'\n',
        (select row(e.id, e.entry_date, e.source_type, e.source_id, e.currency, e.memo, e.person_id, e.posted_at)::text
         from public.journal_entries e where e.tenant_id = tenant and e.id = entry),
        (select string_agg(row(p.line_no, p.account_id, p.amount_minor)::text, e'\n' order by p.line_no)
         from public.postings p where p.tenant_id = tenant and p.entry_id = entry))
$$;

-- Of several moves under one source those count that were made in the same instant:
-- a later correction is a fact of its own.
create function platform.moves_fact(tenant uuid, kind text, source uuid, made_at timestamptz) returns text
language sql stable set search_path = pg_catalog, pg_temp set datestyle = 'ISO, YMD' set timezone = 'UTC' as $$
    select string_agg(row(m.id, m.item_id, m.location_id, m.quantity, m.value_minor, m.source_line, m.reason, m.person_id, m.at)::text, e'\n' order by m.id)
    from   public.stock_moves m
    where  m.tenant_id = tenant and m.source_type = kind and m.source_id = source and m.at = made_at
$$;

-- audit_fact is the fact that a row of the audit stands for; null if it is gone.
create function platform.audit_fact(tenant uuid, tab text, entity text, detail jsonb) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return case tab
        when 'sales' then platform.sale_fact(tenant, entity::uuid)
        when 'journal_entries' then platform.entry_fact(tenant, entity::uuid)
        when 'stock_moves' then platform.moves_fact(tenant, detail ->> 'source_type', entity::uuid, (detail ->> 'at')::timestamptz)
    end;
end $$;

-- audit_bytes is what is hashed of a row: each field as its length in bytes, a colon
-- and its text; what is not there as a single minus. shared/audit makes the same.
create function platform.audit_bytes(tenant uuid, seq bigint, at timestamptz, actor uuid, device uuid, approver uuid, action text, tab text, op text, entity text, detail jsonb) returns bytea
language sql immutable set search_path = pg_catalog, pg_temp as $$
    select convert_to(string_agg(coalesce(octet_length(f) || ':' || f, '-'), '' order by o), 'UTF8')
    from   unnest(array[tenant::text, seq::text, ((extract(epoch from at) * 1000000)::bigint)::text, actor::text, device::text, approver::text,
                        action, tab, op, entity, detail::text]) with ordinality as u(f, o)
$$;

-- seal_audit takes committed rows into the tenant's chain, a thousand at most, and
-- says how many it took. It runs after the commit that made them, as number_changes
-- does and for the same reason.
create function public.seal_audit() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := current_setting('app.tenant_id')::uuid;
    head   platform.audit_heads;
    waits  platform.audit_queue;
    fact   text;
    made   bigint := 0;
begin
    if not exists (select from platform.audit_queue q where q.tenant_id = tenant) then
        return 0;
    end if;
    insert into platform.audit_heads as h (tenant_id, seq, hash) values (tenant, 0, decode(repeat('00', 32), 'hex'))
    on conflict (tenant_id) do update set seq = h.seq
    returning h.* into head;
    for waits in
        with taken as (
            delete from platform.audit_queue q
            where  q.id in (select w.id from platform.audit_queue w where w.tenant_id = tenant order by w.id limit 1000)
            returning q.*
        )
        select * from taken t order by t.id
    loop
        head.seq := head.seq + 1;
        if waits.op = 'fact' then
            fact := platform.audit_fact(tenant, waits.tab, waits.entity, waits.detail);
            waits.detail := waits.detail || jsonb_build_object('digest', encode(sha256(convert_to(fact, 'UTF8')), 'hex'));
        end if;
        head.hash := sha256(head.hash || platform.audit_bytes(tenant, head.seq, waits.at, waits.actor, waits.device, waits.approver,
            waits.action, waits.tab, waits.op, waits.entity, waits.detail));
        insert into public.audit (tenant_id, seq, at, actor, device, approver, action, tab, op, entity, detail, hash)
        values (tenant, head.seq, waits.at, waits.actor, waits.device, waits.approver, waits.action, waits.tab, waits.op, waits.entity, waits.detail, head.hash);
        made := made + 1;
    end loop;
    update platform.audit_heads h set seq = head.seq, hash = head.hash where h.tenant_id = tenant;
    return made;
end $$;
-- +goose StatementEnd
alter function platform.audit_change() owner to souk_owner;
alter function platform.audit_facts() owner to souk_owner;
alter function public.approved_by(uuid) owner to souk_owner;
alter function public.seal_audit() owner to souk_owner;
revoke all on function public.approved_by(uuid), public.seal_audit() from public;
grant execute on function public.approved_by(uuid), public.seal_audit() to app_user;

-- +goose StatementBegin
do $$
declare
    tab regclass;
begin
    for tab in
        select c.oid::regclass from pg_class c
        where  c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'goose_db_version'
        and    (has_table_privilege('app_user', c.oid, 'insert, update, delete') or has_any_column_privilege('app_user', c.oid, 'insert, update'))
        order  by c.relname
    loop
        perform platform.audit_table(tab);
    end loop;
end $$;
-- +goose StatementEnd

select platform.unaudited('operations', 'the record of every request, kept for ever beside this one');
select platform.unaudited('audit_signatures', 'signs the chain itself');
select platform.unaudited('counters', 'a number given out is in what carries it');
select platform.unaudited('search_words', 'made of names and codes, which are audited');
select platform.unaudited('stock_balances', 'the sum of the stock''s moves');
select platform.unaudited('sale_lines', 'part of the sale, whose digest covers them');
select platform.unaudited('tenders', 'part of the sale, whose digest covers them');
select platform.unaudited('postings', 'part of the journal entry, whose digest covers them');
select platform.unaudited('upload_heads', 'how far a till has sent; what it sent is audited');
select platform.unaudited('import_rows', 'rows of a file on their way in; what is made of them is audited');
select platform.unaudited('import_keys', 'rows of a file on their way in; what is made of them is audited');
select platform.unaudited('file_parts', 'the bytes of a file, which is audited');
select platform.unaudited('list_layouts', 'how wide somebody likes a column');

-- How far something is tells nothing of who did what.
select platform.audit_table('jobs', array['place', 'done_count', 'total_count', 'tries', 'run_after']);
select platform.audit_table('devices', array['waiting']);
select platform.audit_table('files', array['size_bytes', 'parts']);
select platform.audit_table('mails', array['tries', 'due_at'], array['body_text', 'body_html']);

select platform.unaudited('sales', 'written down as facts, with a digest');
select platform.unaudited('journal_entries', 'written down as facts, with a digest');
select platform.unaudited('stock_moves', 'written down as facts, with a digest');
create trigger audit_insert after insert on sales referencing new table as fresh
    for each statement execute function platform.audit_facts();
create trigger audit_insert after insert on journal_entries referencing new table as fresh
    for each statement execute function platform.audit_facts('sale', 'refund', 'void');
create trigger audit_insert after insert on stock_moves referencing new table as fresh
    for each statement execute function platform.audit_facts('sale', 'refund', 'void');
comment on table sales is null;
comment on table journal_entries is null;
comment on table stock_moves is null;
