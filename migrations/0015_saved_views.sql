-- +goose Up
-- A list's filters and order under a name: a person's own, or everybody's.
create table saved_views (
    tenant_id  uuid        not null,
    id         uuid        not null,
    person_id  uuid        not null,
    list       text        not null,
    name       text        not null,
    -- The query of the list's address.
    query      text        not null,
    shared     boolean     not null default false,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    constraint saved_views_name_key unique (tenant_id, person_id, list, name),
    foreign key (tenant_id, person_id) references people (tenant_id, id)
);
select platform.tenant_table('saved_views', 'select, insert, update, delete');
create index saved_views_list on saved_views (tenant_id, list, name);
select platform.live_table('saved_views', 'people.views', 'id');

-- Which columns of a list a person wants to see, in which order.
create table list_layouts (
    tenant_id  uuid        not null,
    person_id  uuid        not null,
    list       text        not null,
    columns    text[]      not null,
    dense      boolean     not null default false,
    updated_at timestamptz not null,
    primary key (tenant_id, person_id, list),
    foreign key (tenant_id, person_id) references people (tenant_id, id)
);
select platform.tenant_table('list_layouts', 'select, insert, update');
