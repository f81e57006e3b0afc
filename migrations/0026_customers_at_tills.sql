-- +goose Up
-- code is the shop's own word for a customer, on a card or in a book; language is
-- what their papers are written in. Both may be empty.
alter table customers
    add column code     text not null default '',
    add column language text not null default '';
create unique index customers_code_key on customers (tenant_id, code) where code <> '';

-- What was said of one line: "no onions", "gift". It is printed below it.
alter table sale_lines add column note text not null default '';

-- What a customer bought last.
create index sales_customer on sales (tenant_id, customer_id, completed_at desc) where customer_id is not null;
