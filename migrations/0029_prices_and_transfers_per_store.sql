-- +goose Up
-- What an item costs in one store where that is not the company's price. A price
-- that is taken back leaves its row, without a price: versions only rise, and a
-- till that follows the changes learns that it has to look again.
create table store_prices (
    tenant_id   uuid        not null,
    store_id    uuid        not null,
    item_id     uuid        not null,
    -- What the change stream names: a till looks up by it whether the change is its store's.
    id          uuid        not null,
    price_minor bigint      check (price_minor >= 0),
    version     int         not null default 1,
    updated_at  timestamptz not null,
    primary key (tenant_id, store_id, item_id),
    constraint store_prices_id_key unique (tenant_id, id),
    foreign key (tenant_id, store_id) references stores (tenant_id, id),
    foreign key (tenant_id, item_id) references items (tenant_id, id)
);
select platform.tenant_table('store_prices', 'select, insert, update, delete');
create index store_prices_item on store_prices (tenant_id, item_id);
select platform.live_table('store_prices', 'catalog.store_prices', 'id');

-- Goods on their way from one place to another. Until they are sent nothing has
-- moved; from then on the document only grows.
alter table locations add constraint locations_store_key unique (tenant_id, store_id, id);
create table stock_transfers (
    tenant_id        uuid        not null,
    id               uuid        not null,
    number           bigint      not null,
    from_store_id    uuid        not null,
    from_location_id uuid        not null,
    to_store_id      uuid        not null,
    to_location_id   uuid        not null,
    state            text        not null default 'draft' check (state in ('draft', 'sent', 'received', 'cancelled')),
    note             text        not null default '',
    version          int         not null default 1,
    created_by       uuid,
    created_at       timestamptz not null,
    updated_at       timestamptz not null,
    sent_by          uuid,
    sent_at          timestamptz,
    received_by      uuid,
    received_at      timestamptz,
    cancelled_by     uuid,
    cancelled_at     timestamptz,
    constraint stock_transfers_pkey primary key (tenant_id, id),
    constraint stock_transfers_number_key unique (tenant_id, number),
    constraint stock_transfers_places check (from_location_id <> to_location_id),
    constraint stock_transfers_steps check (
        (state in ('sent', 'received')) = (sent_at is not null)
        and (state = 'received') = (received_at is not null)
        and (state = 'cancelled') = (cancelled_at is not null)),
    foreign key (tenant_id, from_store_id, from_location_id) references locations (tenant_id, store_id, id),
    foreign key (tenant_id, to_store_id, to_location_id) references locations (tenant_id, store_id, id)
);
select platform.tenant_table('stock_transfers', 'select, insert, update');
create index stock_transfers_latest on stock_transfers (tenant_id, created_at desc, id desc);
create index stock_transfers_away on stock_transfers (tenant_id, id) where state = 'sent';
select platform.live_table('stock_transfers', 'transfers.list', 'id');

-- What is on its way of a line is quantity - received - written off, and is worth
-- sent_minor - received_minor - written_off_minor. More may arrive than was sent:
-- then less than nothing is written off.
create table stock_transfer_lines (
    tenant_id         uuid          not null,
    transfer_id       uuid          not null,
    line_no           int           not null,
    item_id           uuid          not null,
    quantity          numeric(16,4) not null check (quantity > 0),
    sent_minor        bigint,
    received          numeric(16,4) check (received >= 0),
    received_minor    bigint,
    written_off       numeric(16,4),
    written_off_minor bigint,
    reason            text          not null default '',
    primary key (tenant_id, transfer_id, line_no),
    constraint stock_transfer_lines_item_key unique (tenant_id, transfer_id, item_id),
    constraint stock_transfer_lines_whole check (
        (received is null) = (received_minor is null) and (received is null) = (written_off is null)
        and (received is null) = (written_off_minor is null) and (received is null or sent_minor is not null)),
    constraint stock_transfer_lines_reason check (coalesce(written_off, 0) = 0 or reason <> ''),
    foreign key (tenant_id, transfer_id) references stock_transfers (tenant_id, id),
    foreign key (tenant_id, item_id) references items (tenant_id, id)
);
select platform.tenant_table('stock_transfer_lines', 'select, insert, update, delete');
create index stock_transfer_lines_item on stock_transfer_lines (tenant_id, item_id);

-- +goose StatementBegin
-- used_items as before; a store's price is a part of the item, as its price is.
create or replace function public.used_items(items uuid[]) returns setof uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    ref record;
begin
    for ref in
        select c.conrelid::regclass as tab, a.attname as col
        from   pg_constraint c
        join   pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[2]
        where  c.confrelid = 'public.items'::regclass and c.contype = 'f'
        and    c.conrelid not in ('public.prices'::regclass, 'public.barcodes'::regclass, 'public.store_prices'::regclass)
    loop
        return query execute format(
            'select distinct %I from %s where tenant_id = (select current_setting(''app.tenant_id''))::uuid and %1$I = any($1)', ref.col, ref.tab)
            using items;
    end loop;
end $$;
-- +goose StatementEnd
