-- +goose Up
-- What a shop takes off its prices, for what and when. The terms are what package
-- promotion makes of them; a till has all that run in its setup.
create table promotions (
    tenant_id  uuid not null,
    id         uuid not null,
    name       text not null constraint promotions_name_check check (length(name) between 1 and 100),
    terms      jsonb not null constraint promotions_terms_check check (jsonb_typeof(terms) = 'object'),
    active     boolean not null default false,
    version    integer not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint promotions_pkey primary key (tenant_id, id)
);
select platform.tenant_table('promotions', 'select, insert, update, delete');
create index promotions_running on promotions (tenant_id) where active;

-- What promotions took off a line, part of its discount: [{promotion_id, name, amount_minor}].
alter table sale_lines add column deals jsonb
    constraint sale_lines_deals_check check (deals is null or jsonb_typeof(deals) = 'array');
create index sale_lines_deals on sale_lines (tenant_id, sale_id) where deals is not null;
select platform.live_table('promotions', 'promotions.list', 'id');
