-- +goose Up
-- Managers look through what moved in drawers, the newest first, and see it come.
create index cash_movements_latest on cash_movements (tenant_id, at desc, id desc);
select platform.live_table('cash_movements', 'sales.cash', 'id');
