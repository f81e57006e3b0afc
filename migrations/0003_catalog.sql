-- +goose Up
create table units (
    tenant_id uuid     not null,
    code      text     not null,
    name      text     not null,
    decimals  smallint not null check (decimals between 0 and 3),
    primary key (tenant_id, code)
);
select platform.tenant_table('units', 'select, insert, update');

create table tax_codes (
    tenant_id uuid not null,
    id        uuid not null,
    code      text not null,
    name      text not null,
    primary key (tenant_id, id),
    constraint tax_codes_code_key unique (tenant_id, code)
);
select platform.tenant_table('tax_codes', 'select, insert, update');

-- A rate holds from its day until the next one of the same code begins. Rates are
-- never changed: a refund must find the one its sale was made under.
create table tax_rates (
    tenant_id   uuid         not null,
    tax_code_id uuid         not null,
    valid_from  date         not null,
    rate        numeric(7,4) not null check (rate >= 0 and rate < 1000),
    primary key (tenant_id, tax_code_id, valid_from),
    foreign key (tenant_id, tax_code_id) references tax_codes (tenant_id, id)
);
select platform.tenant_table('tax_rates', 'select, insert');

create table categories (
    tenant_id uuid not null,
    id        uuid not null,
    parent_id uuid,
    name      text not null,
    position  int  not null default 0,
    active    boolean not null default true,
    primary key (tenant_id, id),
    constraint categories_name_key unique nulls not distinct (tenant_id, parent_id, name),
    foreign key (tenant_id, parent_id) references categories (tenant_id, id)
);
select platform.tenant_table('categories', 'select, insert, update');

create table items (
    tenant_id   uuid        not null,
    id          uuid        not null,
    sku         text        not null collate "C",
    name        text        not null,
    -- What lists are sorted by: small letters without accents, in the bytes' order,
    -- which is the same on every server and can be compared under row-level security.
    sort_name   text        not null collate "C"
                generated always as (lower(regexp_replace(normalize(name, NFKD), '[\u0300-\u036f]', '', 'g'))) stored,
    category_id uuid,
    unit        text        not null,
    -- 'each' is counted, 'weight' is weighed at the till, 'open' has its price typed in.
    sold_by     text        not null default 'each' check (sold_by in ('each', 'weight', 'open')),
    plu         text,
    tax_code_id uuid        not null,
    track_stock boolean     not null default true,
    min_stock   numeric(16,4) not null default 0 check (min_stock >= 0),
    -- What one unit last cost, for the first sale of an item that has no stock yet.
    cost_minor  bigint      not null default 0 check (cost_minor >= 0),
    description text        not null default '',
    favourite   boolean     not null default false,
    active      boolean     not null default true,
    version     int         not null default 1,
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    primary key (tenant_id, id),
    constraint items_sku_key unique (tenant_id, sku),
    constraint items_plu_key unique (tenant_id, plu),
    foreign key (tenant_id, category_id) references categories (tenant_id, id),
    foreign key (tenant_id, unit) references units (tenant_id, code),
    foreign key (tenant_id, tax_code_id) references tax_codes (tenant_id, id)
);
select platform.tenant_table('items', 'select, insert, update');
create index items_name on items (tenant_id, sort_name, id);
create index items_updated on items (tenant_id, updated_at, id);
create index items_category on items (tenant_id, category_id, id);

create table barcodes (
    tenant_id uuid not null,
    code      text not null,
    item_id   uuid not null,
    -- How many units one scan adds: a case of 12 has its own code.
    quantity  numeric(16,4) not null default 1 check (quantity > 0),
    constraint barcodes_pkey primary key (tenant_id, code),
    foreign key (tenant_id, item_id) references items (tenant_id, id)
);
select platform.tenant_table('barcodes', 'select, insert, update, delete');
create index barcodes_item on barcodes (tenant_id, item_id);

create table price_lists (
    tenant_id  uuid    not null,
    id         uuid    not null,
    name       text    not null,
    currency   text    not null,
    is_default boolean not null default false,
    primary key (tenant_id, id),
    constraint price_lists_name_key unique (tenant_id, name)
);
select platform.tenant_table('price_lists', 'select, insert, update');
create unique index price_lists_default on price_lists (tenant_id) where is_default;

create table prices (
    tenant_id     uuid   not null,
    price_list_id uuid   not null,
    item_id       uuid   not null,
    price_minor   bigint not null check (price_minor >= 0),
    primary key (tenant_id, price_list_id, item_id),
    foreign key (tenant_id, price_list_id) references price_lists (tenant_id, id),
    foreign key (tenant_id, item_id) references items (tenant_id, id)
);
select platform.tenant_table('prices', 'select, insert, update');
create index prices_order on prices (tenant_id, price_list_id, price_minor, item_id);
create index prices_item on prices (tenant_id, item_id);

select platform.live_table('items', 'catalog.items', 'id');
select platform.live_table('barcodes', 'catalog.items', 'item_id');
select platform.live_table('prices', 'catalog.items', 'item_id');
select platform.live_table('categories', 'catalog.setup', 'id');
select platform.live_table('tax_codes', 'catalog.setup', 'id');
select platform.live_table('tax_rates', 'catalog.setup', 'tax_code_id');
select platform.live_table('price_lists', 'catalog.setup', 'id');
