-- +goose Up
-- The rules every table lives under: who owns it, who may read it, which
-- tenant a row belongs to, and how a change to it is announced.

create schema platform authorization souk_owner;
revoke all on schema platform from public;
revoke create on schema public from public;
grant usage on schema public to public;
grant usage on schema platform to souk_platform;

-- PostgreSQL gives EXECUTE on new functions to PUBLIC; ours are granted one by one.
alter default privileges revoke execute on functions from public;

-- One row: the life of this database. It changes after a restore, so that no
-- client keeps a future which the database no longer has.
create table platform.epoch (
    only_row boolean primary key default true check (only_row),
    id       uuid not null default gen_random_uuid()
);
insert into platform.epoch default values;

-- A client's cursor names the life of the database that it belongs to.
create function public.database_epoch() returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select id from platform.epoch $$;
alter function public.database_epoch() owner to souk_owner;
revoke all on function public.database_epoch() from public;
grant execute on function public.database_epoch() to app_user;

-- The tenant directory: which sub-domain is whose, and where it lives.
create table platform.tenants (
    id         uuid primary key,
    slug       text not null constraint tenants_slug_key unique check (slug ~ '^[a-z0-9]([a-z0-9-]{1,38}[a-z0-9])$'),
    status     text not null default 'active' check (status in ('opening', 'active', 'suspended', 'abandoned')),
    -- A demo shop's log-ins are known to the world: it is there in demo mode only.
    demo       boolean not null default false,
    created_at timestamptz not null default now()
);

-- A person's log-in, the same in every shop the person works in.
create table platform.accounts (
    id            uuid primary key,
    email         text not null constraint accounts_email_key unique check (email = lower(email)),
    password_hash text not null,
    name          text not null,
    created_at    timestamptz not null default now(),
    disabled_at   timestamptz
);

-- Every use of the platform pool, which no tenant policy guards, leaves its reason.
create table platform.access_log (
    id     bigint generated always as identity primary key,
    at     timestamptz not null default now(),
    reason text not null
);

grant select, insert, update on platform.tenants, platform.accounts to souk_platform;
grant select on platform.epoch to souk_platform;
grant insert, select on platform.access_log to souk_platform;

-- +goose StatementBegin
-- tenant_table puts a table under the tenant rules: forced row-level security
-- with the one canonical policy, a foreign key to the tenant unless a parent
-- row already ties it to one, and exactly the rights that are named.
create function platform.tenant_table(tab regclass, rights text) returns void
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
end $$;
-- +goose StatementEnd

-- What changed, per tenant, without a gap; a change is there before any that builds on it.
create table changes (
    tenant_id uuid        not null,
    seq       bigint      not null,
    topic     text        not null,
    entity_id uuid,
    op        text        not null check (op in ('insert', 'update', 'delete', 'reload')),
    actor     uuid,
    at        timestamptz not null,
    primary key (tenant_id, seq)
);
select platform.tenant_table('changes', 'select');
create index changes_at on changes (tenant_id, at);

-- The last number given out, a row per tenant. Outside row-level security: the
-- sweep reads all of them to find what a crash left unannounced.
create table platform.change_heads (
    tenant_id uuid primary key references platform.tenants (id),
    seq       bigint not null default 0
);
alter table platform.change_heads owner to souk_owner;
grant select on platform.change_heads to souk_platform;

-- What was changed and has no number yet: written by the transaction that makes
-- the change, taken away when the change is numbered.
create table platform.change_queue (
    id        bigint generated always as identity primary key,
    tenant_id uuid        not null,
    topic     text        not null,
    op        text        not null,
    ids       uuid[],
    actor     uuid,
    at        timestamptz not null
);
create index change_queue_tenant on platform.change_queue (tenant_id, id);
alter table platform.change_queue owner to souk_owner;
grant select on platform.change_queue to souk_platform;

-- +goose StatementBegin
-- queue_change notes which rows a statement touched. More than 100 rows become
-- one "reload": a client that must fetch a hundred rows does better to ask again.
create function platform.queue_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    ids uuid[];
begin
    -- One static statement a column: a dynamic one would be planned at every write.
    case tg_argv[1]
        when 'id' then select array_agg(distinct t.id) from touched t into ids;
        when 'item_id' then select array_agg(distinct t.item_id) from touched t into ids;
        when 'tenant_id' then select array_agg(distinct t.tenant_id) from touched t into ids;
        when 'tax_code_id' then select array_agg(distinct t.tax_code_id) from touched t into ids;
        when 'person_id' then select array_agg(distinct t.person_id) from touched t into ids;
        when 'register_id' then select array_agg(distinct t.register_id) from touched t into ids;
    end case;
    if ids is null then
        return null;
    end if;
    insert into platform.change_queue (tenant_id, topic, op, ids, actor, at)
    values (current_setting('app.tenant_id')::uuid, tg_argv[0],
            case when cardinality(ids) > 100 then 'reload' else lower(tg_op) end,
            case when cardinality(ids) > 100 then null else ids end,
            nullif(current_setting('app.actor', true), '')::uuid, clock_timestamp());
    return null;
end $$;

-- number_changes gives the tenant's committed changes their numbers and says how
-- many there were. It runs after the commit that made them, never within it: the
-- head row stays locked until a commit has reached the disk, and so numbering
-- inside a sale would let a shop sell no faster than one sale a disk flush.
-- What is numbered is what is committed and seen from here, so nobody who has
-- read up to a number can find an older change appear beneath it.
create function public.number_changes() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := current_setting('app.tenant_id')::uuid;
    head   bigint;
    made   bigint;
begin
    if not exists (select from platform.change_queue q where q.tenant_id = tenant) then
        return 0;
    end if;
    insert into platform.change_heads as h (tenant_id) values (tenant)
    on conflict (tenant_id) do update set seq = h.seq
    returning h.seq into head;
    -- A statement of its own, after the lock: it sees what another numberer has taken.
    with taken as (
        delete from platform.change_queue q where q.tenant_id = tenant returning q.id, q.topic, q.op, q.ids, q.actor, q.at
    )
    insert into public.changes (tenant_id, seq, topic, entity_id, op, actor, at)
    select tenant, head + row_number() over (order by t.id, e.entity), t.topic, e.entity, t.op, t.actor, t.at
    from taken t, lateral unnest(coalesce(t.ids, array[null::uuid])) as e(entity);
    get diagnostics made = row_count;
    update platform.change_heads h set seq = head + made where h.tenant_id = tenant;
    return made;
end $$;

-- live_table makes every write to a table an event of a topic. entity names the
-- column whose value the event carries.
create function platform.live_table(tab regclass, topic text, entity text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    execute format('create trigger live_insert after insert on %s referencing new table as touched'
        ' for each statement execute function platform.queue_change(%L, %L)', tab, topic, entity);
    execute format('create trigger live_update after update on %s referencing new table as touched'
        ' for each statement execute function platform.queue_change(%L, %L)', tab, topic, entity);
    execute format('create trigger live_delete after delete on %s referencing old table as touched'
        ' for each statement execute function platform.queue_change(%L, %L)', tab, topic, entity);
end $$;
-- +goose StatementEnd
alter function platform.queue_change() owner to souk_owner;
alter function public.number_changes() owner to souk_owner;
revoke all on function public.number_changes() from public;
grant execute on function public.number_changes() to app_user;

-- Every write's answer, kept for ever: the same operation asked again gets the
-- same bytes and changes nothing.
create table operations (
    tenant_id    uuid        not null,
    id           uuid        not null,
    actor        uuid,
    route        text        not null,
    request_hash bytea       not null,
    status       int         not null,
    response     bytea       not null,
    at           timestamptz not null,
    constraint operations_pkey primary key (tenant_id, id)
);
select platform.tenant_table('operations', 'select, insert');

-- Numbers without a gap: one row a series, taken in the transaction that uses it.
create table counters (
    tenant_id uuid   not null,
    series    text   not null,
    last      bigint not null,
    primary key (tenant_id, series)
);
select platform.tenant_table('counters', 'select, insert, update');

-- Words of names and codes, for search by equality and prefix: trigram and
-- full-text operators are not leakproof and lose their index under row-level security.
create table search_words (
    tenant_id uuid not null,
    kind      text not null,
    word      text not null collate "C",
    entity_id uuid not null,
    primary key (tenant_id, kind, word, entity_id)
);
select platform.tenant_table('search_words', 'select, insert, delete');
create index search_words_entity on search_words (tenant_id, kind, entity_id);
