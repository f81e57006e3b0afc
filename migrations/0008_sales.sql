-- +goose Up
create table payment_methods (
    tenant_id    uuid    not null,
    id           uuid    not null,
    kind         text    not null check (kind in ('cash', 'card', 'other')),
    name         text    not null,
    account_id   uuid    not null,
    opens_drawer boolean not null default false,
    position     int     not null default 0,
    active       boolean not null default true,
    primary key (tenant_id, id),
    constraint payment_methods_name_key unique (tenant_id, name),
    foreign key (tenant_id, account_id) references accounts (tenant_id, id)
);
select platform.tenant_table('payment_methods', 'select, insert, update');
select platform.live_table('payment_methods', 'payments.methods', 'id');

-- A finished sale, refund or void, for ever. Refunds and voids are documents of
-- their own with negative figures that name the sale they answer.
create table sales (
    tenant_id      uuid        not null,
    id             uuid        not null,
    kind           text        not null check (kind in ('sale', 'refund', 'void')),
    series         text        not null,
    number         bigint      not null check (number > 0),
    receipt_no     text        not null,
    original_id    uuid,
    store_id       uuid        not null,
    location_id    uuid        not null,
    register_id    uuid        not null,
    shift_id       uuid        not null,
    person_id      uuid        not null,
    customer_id    uuid,
    business_date  date        not null,
    -- The till's clock and ours. Order is by series and number, never by either.
    completed_at   timestamptz not null,
    received_at    timestamptz not null,
    currency       text        not null,
    tax_included   boolean     not null,
    gross_minor    bigint      not null,
    discount_minor bigint      not null,
    net_minor      bigint      not null,
    tax_minor      bigint      not null,
    total_minor    bigint      not null,
    rounding_minor bigint      not null,
    due_minor      bigint      not null,
    cost_minor     bigint      not null,
    -- What was odd about it when it was booked; empty for nearly all.
    flags          text[]      not null default '{}',
    note           text        not null default '',
    -- Of what a till sent: the same sale sent twice is told from another one under its id.
    content_hash   bytea,
    primary key (tenant_id, id),
    constraint sales_number_key unique (tenant_id, series, number),
    constraint sales_adds_up check (total_minor = net_minor + tax_minor and due_minor = total_minor + rounding_minor),
    constraint sales_original check ((kind = 'sale') = (original_id is null)),
    foreign key (tenant_id, original_id) references sales (tenant_id, id),
    foreign key (tenant_id, store_id) references stores (tenant_id, id),
    foreign key (tenant_id, register_id) references registers (tenant_id, id),
    foreign key (tenant_id, shift_id) references shifts (tenant_id, id),
    foreign key (tenant_id, customer_id) references customers (tenant_id, id)
);
select platform.tenant_table('sales', 'select, insert');
create index sales_latest on sales (tenant_id, completed_at desc, id desc);
create index sales_receipt on sales (tenant_id, receipt_no text_pattern_ops);
create index sales_shift on sales (tenant_id, shift_id);
create index sales_day on sales (tenant_id, business_date);
create index sales_original_id on sales (tenant_id, original_id) where original_id is not null;
create unique index sales_void_once on sales (tenant_id, original_id) where kind = 'void';

create table sale_lines (
    tenant_id        uuid          not null,
    sale_id          uuid          not null,
    line_no          int           not null,
    -- Null when the till sold something that the server has never heard of.
    item_id          uuid,
    -- The line of the original that a refund or void takes back.
    original_line    int,
    name             text          not null,
    barcode          text          not null default '',
    unit             text          not null,
    quantity         numeric(16,4) not null check (quantity <> 0),
    unit_price_minor bigint        not null,
    list_price_minor bigint        not null,
    gross_minor      bigint        not null,
    discount_minor   bigint        not null,
    discount_reason  text          not null default '',
    tax_code         text          not null,
    tax_rate         numeric(7,4)  not null,
    net_minor        bigint        not null,
    tax_minor        bigint        not null,
    total_minor      bigint        not null,
    cost_minor       bigint        not null,
    primary key (tenant_id, sale_id, line_no),
    foreign key (tenant_id, sale_id) references sales (tenant_id, id),
    foreign key (tenant_id, item_id) references items (tenant_id, id),
    check (total_minor = net_minor + tax_minor)
);
select platform.tenant_table('sale_lines', 'select, insert');
create index sale_lines_item on sale_lines (tenant_id, item_id);

-- What was paid with. amount is what the shop keeps: tendered less change.
create table tenders (
    tenant_id      uuid   not null,
    sale_id        uuid   not null,
    line_no        int    not null,
    method_id      uuid   not null,
    amount_minor   bigint not null,
    tendered_minor bigint not null,
    change_minor   bigint not null,
    reference      text   not null default '',
    primary key (tenant_id, sale_id, line_no),
    foreign key (tenant_id, sale_id) references sales (tenant_id, id),
    foreign key (tenant_id, method_id) references payment_methods (tenant_id, id),
    check (amount_minor = tendered_minor - change_minor)
);
select platform.tenant_table('tenders', 'select, insert');

-- +goose StatementBegin
create function platform.sale_adds_up() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    net  numeric;
    tax  numeric;
    paid numeric;
begin
    select coalesce(sum(net_minor), 0), coalesce(sum(tax_minor), 0) into net, tax
    from public.sale_lines where tenant_id = new.tenant_id and sale_id = new.id;
    select coalesce(sum(amount_minor), 0) into paid
    from public.tenders where tenant_id = new.tenant_id and sale_id = new.id;
    if net <> new.net_minor or tax <> new.tax_minor or paid <> new.due_minor then
        raise exception 'sale % does not add up: lines % + %, sale % + %, paid % of %',
            new.id, net, tax, new.net_minor, new.tax_minor, paid, new.due_minor
            using errcode = 'check_violation', constraint = 'sales_parts_add_up';
    end if;
    return null;
end $$;
-- +goose StatementEnd
alter function platform.sale_adds_up() owner to souk_owner;
create constraint trigger sales_parts_add_up after insert on sales
    deferrable initially deferred for each row execute function platform.sale_adds_up();

select platform.live_table('sales', 'sales.list', 'id');

-- What the server could not apply as it came from a till. The money is counted in
-- amount_minor; nothing here is ever dropped.
create table upload_exceptions (
    tenant_id    uuid        not null,
    id           uuid        not null,
    device_id    uuid        not null,
    entry_no     bigint      not null,
    kind         text        not null,
    code         text        not null,
    detail       text        not null,
    amount_minor bigint      not null default 0,
    body         jsonb       not null,
    received_at  timestamptz not null,
    resolved_at  timestamptz,
    resolved_by  uuid,
    primary key (tenant_id, id),
    foreign key (tenant_id, device_id) references devices (tenant_id, id)
);
select platform.tenant_table('upload_exceptions', 'select, insert, update');
select platform.live_table('upload_exceptions', 'sync.exceptions', 'id');
