-- +goose Up
create table registers (
    tenant_id    uuid        not null,
    id           uuid        not null,
    store_id     uuid        not null,
    number       int         not null check (number > 0),
    name         text        not null,
    -- 'till' sells through its own journal, 'browser' through the server.
    kind         text        not null check (kind in ('till', 'browser')),
    -- Rises at each pairing: a copy of an old journal cannot number receipts under it.
    series_epoch int         not null default 0,
    active       boolean     not null default true,
    version      int         not null default 1,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    primary key (tenant_id, id),
    constraint registers_number_key unique (tenant_id, number),
    foreign key (tenant_id, store_id) references stores (tenant_id, id)
);
select platform.tenant_table('registers', 'select, insert, update');

create table pairing_codes (
    tenant_id   uuid        not null,
    id          uuid        not null,
    register_id uuid        not null,
    code_hash   bytea       not null,
    created_by  uuid        not null,
    created_at  timestamptz not null,
    expires_at  timestamptz not null,
    used_at     timestamptz,
    primary key (tenant_id, id),
    constraint pairing_codes_hash_key unique (tenant_id, code_hash),
    foreign key (tenant_id, register_id) references registers (tenant_id, id)
);
select platform.tenant_table('pairing_codes', 'select, insert, update');

create table devices (
    tenant_id    uuid        not null,
    id           uuid        not null,
    register_id  uuid        not null,
    name         text        not null,
    token_hash   bytea       not null,
    series       text        not null,
    paired_at    timestamptz not null,
    last_seen_at timestamptz,
    -- What the till last said of itself: sales that wait, and since when.
    waiting      int         not null default 0,
    revoked_at   timestamptz,
    primary key (tenant_id, id),
    constraint devices_token_key unique (tenant_id, token_hash),
    constraint devices_series_key unique (tenant_id, series),
    foreign key (tenant_id, register_id) references registers (tenant_id, id)
);
select platform.tenant_table('devices', 'select, insert, update');
create index devices_register on devices (tenant_id, register_id);

-- How far a device's journal has been taken. Beside devices, not in it: that
-- table announces each write, and this one is written with every sale.
create table upload_heads (
    tenant_id uuid   not null,
    device_id uuid   not null,
    last_no   bigint not null,
    primary key (tenant_id, device_id),
    foreign key (tenant_id, device_id) references devices (tenant_id, id)
) with (fillfactor = 70);
select platform.tenant_table('upload_heads', 'select, insert, update');

create table shifts (
    tenant_id      uuid        not null,
    id             uuid        not null,
    register_id    uuid        not null,
    store_id       uuid        not null,
    number         int         not null,
    business_date  date        not null,
    opened_by      uuid        not null,
    opened_at      timestamptz not null,
    float_minor    bigint      not null check (float_minor >= 0),
    -- Opened at a till, which knows better than we whether its last one is closed.
    uploaded       boolean     not null default false,
    closed_by      uuid,
    closed_at      timestamptz,
    -- Counted blind: the cashier says what is in the drawer before seeing what should be.
    counted_minor  bigint,
    primary key (tenant_id, id),
    constraint shifts_number_key unique (tenant_id, register_id, number),
    constraint shifts_closed_whole check ((closed_at is null) = (closed_by is null) and (closed_at is null) = (counted_minor is null)),
    foreign key (tenant_id, register_id) references registers (tenant_id, id),
    foreign key (tenant_id, store_id) references stores (tenant_id, id)
);
select platform.tenant_table('shifts', 'select, insert, update');
-- One open shift a register, where we open them. A till's upload is never refused
-- because an older closing got lost: both stay open, the younger with a flag.
create unique index shifts_open on shifts (tenant_id, register_id) where closed_at is null and not uploaded;
create index shifts_register on shifts (tenant_id, register_id, opened_at desc);
create index shifts_latest on shifts (tenant_id, opened_at desc, id desc);
create index shifts_date on shifts (tenant_id, business_date, id);

-- The Z report as it was at closing; never changed. A sale that arrives later is
-- in its own shift all the same, with a flag.
create table z_reports (
    tenant_id      uuid        not null,
    shift_id       uuid        not null,
    register_id    uuid        not null,
    sales_count    int         not null,
    refunds_count  int         not null,
    total_minor    bigint      not null,
    tax_minor      bigint      not null,
    discount_minor bigint      not null,
    rounding_minor bigint      not null,
    cash_minor     bigint      not null,
    expected_minor bigint      not null,
    counted_minor  bigint      not null,
    difference_minor bigint    not null,
    methods        jsonb       not null,
    taxes          jsonb       not null,
    made_at        timestamptz not null,
    primary key (tenant_id, shift_id),
    foreign key (tenant_id, shift_id) references shifts (tenant_id, id),
    check (difference_minor = counted_minor - expected_minor)
);
select platform.tenant_table('z_reports', 'select, insert');

select platform.live_table('registers', 'tills.registers', 'id');
select platform.live_table('devices', 'tills.registers', 'register_id');
select platform.live_table('shifts', 'tills.shifts', 'id');
