-- +goose Up
-- How the store wants its receipts, as shared/receipt reads it: what is not said
-- is as every receipt is. Header, footer and logo have columns of their own.
alter table stores add column receipt_design jsonb not null default '{}' check (jsonb_typeof(receipt_design) = 'object');
