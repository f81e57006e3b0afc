-- +goose Up
create table customers (
    tenant_id  uuid        not null,
    id         uuid        not null,
    name       text        not null,
    -- As items.sort_name.
    sort_name  text        not null collate "C"
               generated always as (lower(regexp_replace(normalize(name, NFKD), '[\u0300-\u036f]', '', 'g'))) stored,
    email      text        not null default '',
    phone      text        not null default '',
    address    text        not null default '',
    tax_number text        not null default '',
    notes      text        not null default '',
    active     boolean     not null default true,
    version    int         not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id)
);
select platform.tenant_table('customers', 'select, insert, update');
create index customers_name on customers (tenant_id, sort_name, id);
create index customers_updated on customers (tenant_id, updated_at, id);
select platform.live_table('customers', 'parties.customers', 'id');
