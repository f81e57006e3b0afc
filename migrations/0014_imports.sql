-- +goose Up
-- A file of items on its way into the catalogue: read, mapped, tried, run, taken
-- back. Its rows stay until the import can no longer be undone.
create table imports (
    tenant_id   uuid        not null,
    id          uuid        not null,
    file_id     uuid        not null,
    name        text        not null,
    state       text        not null check (state in
                ('reading', 'mapping', 'checking', 'checked', 'running', 'done', 'stopped', 'undoing', 'undone', 'failed')),
    job_id      uuid,
    signature   text        not null default '',
    columns     jsonb       not null default '[]',
    plan        jsonb       not null default '{}',
    row_count   int         not null default 0,
    problem     text        not null default '',
    reject_id   uuid,
    -- What the import made beside items, for taking it back.
    categories  uuid[]      not null default '{}',
    openings    uuid[]      not null default '{}',
    undone      jsonb       not null default '{}',
    person_id   uuid,
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    finished_at timestamptz,
    constraint imports_pkey primary key (tenant_id, id)
);
select platform.tenant_table('imports', 'select, insert, update');
create index imports_recent on imports (tenant_id, created_at desc, id desc);
select platform.live_table('imports', 'imports.list', 'id');

create table import_rows (
    tenant_id uuid  not null,
    import_id uuid  not null,
    row_no    int   not null,
    cells     jsonb not null,
    -- '' until it was tried; bad, skip, new, change; made and changed once it was run.
    verdict   text  not null default '',
    errors    jsonb not null default '[]',
    item_id   uuid,
    -- What a changed item was, and what it became.
    before    jsonb,
    after     jsonb,
    primary key (tenant_id, import_id, row_no),
    foreign key (tenant_id, import_id) references imports (tenant_id, id)
);
select platform.tenant_table('import_rows', 'select, insert, update, delete');
create index import_rows_verdict on import_rows (tenant_id, import_id, verdict, row_no);

-- Which row of a file was the first to name a number or an item.
create table import_keys (
    tenant_id uuid not null,
    import_id uuid not null,
    kind      text not null,
    key       text not null collate "C",
    row_no    int  not null,
    primary key (tenant_id, import_id, kind, key),
    foreign key (tenant_id, import_id) references imports (tenant_id, id)
);
select platform.tenant_table('import_keys', 'select, insert, delete');

-- How files with these headings were mapped last time.
create table import_plans (
    tenant_id  uuid        not null,
    signature  text        not null,
    plan       jsonb       not null,
    updated_at timestamptz not null,
    primary key (tenant_id, signature)
);
select platform.tenant_table('import_plans', 'select, insert, update');
