-- +goose Up
-- An exchange is a sale in which some lines take back lines of another sale.
alter table sales drop constraint sales_original;
alter table sales add constraint sales_original check (kind = 'sale' or original_id is not null) not valid;
alter table sales add column approved_by uuid;

-- Taken back, but not put on the shelf again.
alter table sale_lines add column not_restocked boolean not null default false;

-- What tills may do by themselves.
alter table company
    add column offline_refunds            text     not null default 'own' check (offline_refunds in ('own', 'limit', 'never')),
    add column offline_refund_limit_minor bigint   not null default 0 check (offline_refund_limit_minor >= 0),
    add column lock_after_minutes         smallint not null default 10 check (lock_after_minutes between 0 and 240);
