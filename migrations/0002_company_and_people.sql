-- +goose Up
create table company (
    tenant_id          uuid        not null primary key,
    name               text        not null,
    business_type      text        not null check (business_type in ('retail', 'restaurant', 'supermarket', 'auto_service', 'dealership')),
    country            text        not null check (country ~ '^[A-Z]{2}$'),
    currency           text        not null check (currency ~ '^[A-Z]{3}$'),
    locale             text        not null,
    day_ends_hour      smallint    not null default 0 check (day_ends_hour between 0 and 23),
    prices_include_tax boolean     not null,
    modules_on         text[]      not null default '{}',
    version            int         not null default 1,
    created_at         timestamptz not null,
    updated_at         timestamptz not null
);
select platform.tenant_table('company', 'select, insert, update');

create table stores (
    tenant_id      uuid        not null,
    id             uuid        not null,
    name           text        not null,
    address        text        not null default '',
    time_zone      text        not null,
    legal_name     text        not null default '',
    tax_number     text        not null default '',
    logo_png       bytea,
    receipt_header text        not null default '',
    receipt_footer text        not null default '',
    version        int         not null default 1,
    created_at     timestamptz not null,
    updated_at     timestamptz not null,
    primary key (tenant_id, id),
    constraint stores_name_key unique (tenant_id, name)
);
select platform.tenant_table('stores', 'select, insert, update');

-- A place where stock stands.
create table locations (
    tenant_id uuid not null,
    id        uuid not null,
    store_id  uuid not null,
    name      text not null,
    sells     boolean not null default false,
    primary key (tenant_id, id),
    constraint locations_name_key unique (tenant_id, store_id, name),
    foreign key (tenant_id, store_id) references stores (tenant_id, id)
);
select platform.tenant_table('locations', 'select, insert, update');
-- A store sells from one place.
create unique index locations_sells on locations (tenant_id, store_id) where sells;

-- A person's membership in this shop: the role here and the PIN at the till. The
-- log-in itself (e-mail, password) is a platform account.
create table people (
    tenant_id  uuid        not null,
    id         uuid        not null,
    account_id uuid,
    name       text        not null,
    email      text        not null default '',
    role       text        not null,
    pin_hash   text        not null default '',
    active     boolean     not null default true,
    version    int         not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    constraint people_account_key unique (tenant_id, account_id),
    foreign key (account_id) references platform.accounts (id)
);
select platform.tenant_table('people', 'select, insert, update');

create table sessions (
    tenant_id  uuid        not null,
    id         uuid        not null,
    person_id  uuid        not null,
    device_id  uuid,
    token_hash bytea       not null,
    user_agent text        not null default '',
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    primary key (tenant_id, id),
    constraint sessions_token_key unique (tenant_id, token_hash),
    foreign key (tenant_id, person_id) references people (tenant_id, id)
);
select platform.tenant_table('sessions', 'select, insert, update');
create index sessions_person on sessions (tenant_id, person_id);

select platform.live_table('company', 'company.settings', 'tenant_id');
select platform.live_table('stores', 'company.settings', 'id');
select platform.live_table('people', 'people.list', 'id');
-- A revoked session must reach open sockets at once.
select platform.live_table('sessions', 'people.sessions', 'person_id');
