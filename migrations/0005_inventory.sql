-- +goose Up
-- What stands where, and what it is worth: the sum of the moves, kept beside them
-- in the same transaction. unit_cost is the moving average.
create table stock_balances (
    tenant_id   uuid          not null,
    item_id     uuid          not null,
    location_id uuid          not null,
    on_hand     numeric(16,4) not null default 0,
    value_minor bigint        not null default 0,
    unit_cost   numeric(20,6) not null default 0,
    primary key (tenant_id, item_id, location_id),
    constraint stock_balances_empty check (on_hand <> 0 or value_minor = 0),
    foreign key (tenant_id, item_id) references items (tenant_id, id),
    foreign key (tenant_id, location_id) references locations (tenant_id, id)
) with (fillfactor = 80);
select platform.tenant_table('stock_balances', 'select, insert, update');
select platform.live_table('stock_balances', 'inventory.stock', 'item_id');

-- Every movement of stock, for ever. A correction is another movement.
create table stock_moves (
    tenant_id   uuid          not null,
    id          uuid          not null,
    item_id     uuid          not null,
    location_id uuid          not null,
    -- Signed: what came in is positive. value_minor is what the stock account moved by.
    quantity    numeric(16,4) not null,
    value_minor bigint        not null,
    -- opening, sale, refund, void, adjustment
    source_type text          not null,
    source_id   uuid          not null,
    source_line int           not null,
    reason      text          not null default '',
    person_id   uuid,
    at          timestamptz   not null,
    primary key (tenant_id, id),
    constraint stock_moves_source_key unique (tenant_id, source_type, source_id, source_line),
    -- The balance ties it to its item and place, and is locked by the same
    -- transaction: items and places that every sale shares are not locked again.
    foreign key (tenant_id, item_id, location_id) references stock_balances (tenant_id, item_id, location_id)
);
select platform.tenant_table('stock_moves', 'select, insert');
create index stock_moves_item on stock_moves (tenant_id, item_id, location_id, at desc, id desc);
