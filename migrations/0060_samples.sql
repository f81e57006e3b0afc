-- +goose Up
-- What was put into an empty shop to try it with, and is to be taken out again. No
-- foreign keys: they would count as a use of the item and keep it from being removed.
create table samples (
    tenant_id uuid not null,
    kind      text not null check (kind in ('item', 'category')),
    id        uuid not null,
    constraint samples_pkey primary key (tenant_id, kind, id)
);
select platform.tenant_table('samples', 'select, insert, delete');
