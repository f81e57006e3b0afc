-- +goose Up
-- Work in the background, the files that it reads and leaves, and what it needs to
-- make and take away many items.

-- A file's bytes are in file_parts. The name is what a person called it and is
-- never a path. needs is the permission that a reader must have.
create table files (
    tenant_id    uuid        not null,
    id           uuid        not null,
    name         text        not null,
    content_type text        not null,
    needs        text        not null,
    size_bytes   bigint      not null default 0,
    parts        int         not null default 0,
    complete     boolean     not null default false,
    made_by      uuid,
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    constraint files_pkey primary key (tenant_id, id)
);
select platform.tenant_table('files', 'select, insert, update, delete');
create index files_expiry on files (tenant_id, expires_at);

create table file_parts (
    tenant_id uuid  not null,
    file_id   uuid  not null,
    part      int   not null,
    body      bytea not null,
    primary key (tenant_id, file_id, part),
    foreign key (tenant_id, file_id) references files (tenant_id, id) on delete cascade
);
select platform.tenant_table('file_parts', 'select, insert, delete');

-- One piece of background work. It advances in steps; each step is a transaction
-- that holds this row, does its part and writes down here how far it came.
create table jobs (
    tenant_id    uuid        not null,
    id           uuid        not null,
    kind         text        not null,
    title        text        not null,
    needs        text        not null,
    subject_id   uuid,
    state        text        not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
    cancelling   boolean     not null default false,
    -- Where the next step begins; only the kind of work reads it.
    place        jsonb       not null default '{}',
    done_count   bigint      not null default 0,
    total_count  bigint      not null default 0,
    file_id      uuid,
    problem_code text        not null default '',
    problem      text        not null default '',
    tries        int         not null default 0,
    run_after    timestamptz not null,
    -- Topics of which large changes are told once, when the work ends.
    quiet        text[]      not null default '{}',
    started_by   uuid,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    finished_at  timestamptz,
    constraint jobs_pkey primary key (tenant_id, id)
);
select platform.tenant_table('jobs', 'select, insert, update');
create index jobs_active on jobs (tenant_id, updated_at) where state in ('queued', 'running');
create index jobs_recent on jobs (tenant_id, created_at desc, id desc);
select platform.live_table('jobs', 'jobs.list', 'id');

-- Which shops have work waiting: outside row-level security, so that a server that
-- starts finds what another one left.
create table platform.job_queue (
    tenant_id uuid not null references platform.tenants (id),
    job_id    uuid not null,
    primary key (tenant_id, job_id)
);
alter table platform.job_queue owner to souk_owner;
grant select on platform.job_queue to souk_platform;

-- +goose StatementBegin
create function platform.track_job() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if new.state in ('queued', 'running') then
        insert into platform.job_queue (tenant_id, job_id) values (new.tenant_id, new.id) on conflict do nothing;
        return null;
    end if;
    delete from platform.job_queue q where q.tenant_id = new.tenant_id and q.job_id = new.id;
    -- What was kept quiet while the work went on is told now, once.
    if tg_op = 'UPDATE' and old.state in ('queued', 'running') then
        insert into platform.change_queue (tenant_id, topic, op, actor, at)
        select new.tenant_id, topic, 'reload', new.started_by, clock_timestamp() from unnest(new.quiet) topic;
    end if;
    return null;
end $$;

-- queue_change as before, with one thing more: while work in the background keeps
-- a topic quiet, a statement that touches many rows of it is not announced. The
-- work's end is, as one reload.
create or replace function platform.queue_change() returns trigger
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
    -- Selling touches fewer rows at once and never asks this question.
    if cardinality(ids) > 20 and exists (
        select from public.jobs j
        where  j.tenant_id = current_setting('app.tenant_id')::uuid and j.state in ('queued', 'running') and tg_argv[0] = any(j.quiet))
    then
        return null;
    end if;
    insert into platform.change_queue (tenant_id, topic, op, ids, actor, at)
    values (current_setting('app.tenant_id')::uuid, tg_argv[0],
            case when cardinality(ids) > 100 then 'reload' else lower(tg_op) end,
            case when cardinality(ids) > 100 then null else ids end,
            nullif(current_setting('app.actor', true), '')::uuid, clock_timestamp());
    return null;
end $$;
-- +goose StatementEnd
alter function platform.track_job() owner to souk_owner;
create trigger track_job after insert or update of state on jobs
    for each row execute function platform.track_job();

-- Taking an import back removes items that nothing has used.
grant delete on items, prices, categories to app_user;

-- +goose StatementBegin
-- used_items tells which of these items something refers to that is not part of
-- the item itself, in whatever table: it asks the catalogue, so that a table of a
-- later module counts by itself. Its reads are bound to the tenant by the policy.
create function public.used_items(items uuid[]) returns setof uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    ref record;
begin
    for ref in
        select c.conrelid::regclass as tab, a.attname as col
        from   pg_constraint c
        join   pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[2]
        where  c.confrelid = 'public.items'::regclass and c.contype = 'f'
        and    c.conrelid not in ('public.prices'::regclass, 'public.barcodes'::regclass)
    loop
        return query execute format(
            'select distinct %I from %s where tenant_id = (select current_setting(''app.tenant_id''))::uuid and %1$I = any($1)', ref.col, ref.tab)
            using items;
    end loop;
end $$;

-- refresh_item_plans has the catalogue measured if it is twice what the planner
-- believes. A session keeps its plans, those of foreign key checks too: one that
-- was made while a table had one page reads the whole table for each row, and only
-- a new measurement replaces it. Bulk work asks between writing items and writing
-- what refers to them.
create function public.refresh_item_plans() returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select from pg_class c where c.oid = 'public.items'::regclass
                   and pg_relation_size(c.oid) / current_setting('block_size')::int > 2 * c.relpages + 8) then
        return false;
    end if;
    -- Who cannot have the lock at once need not wait: another one is measuring.
    analyze (skip_locked) public.items, public.prices, public.barcodes, public.search_words;
    return true;
end $$;
-- +goose StatementEnd
alter function public.used_items(uuid[]) owner to souk_owner;
alter function public.refresh_item_plans() owner to souk_owner;
revoke all on function public.used_items(uuid[]), public.refresh_item_plans() from public;
grant execute on function public.used_items(uuid[]), public.refresh_item_plans() to app_user;
