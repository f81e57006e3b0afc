-- +goose Up
-- The stores that a person is limited to. Nobody in here works in all of them, and
-- an owner always does.
create table person_stores (
    tenant_id uuid not null,
    person_id uuid not null,
    store_id  uuid not null,
    primary key (tenant_id, person_id, store_id),
    foreign key (tenant_id, person_id) references people (tenant_id, id),
    foreign key (tenant_id, store_id) references stores (tenant_id, id)
);
select platform.tenant_table('person_stores', 'select, insert, delete');
create index person_stores_store on person_stores (tenant_id, store_id);
-- Who may do what where is the people's list: tokens are resolved again at once,
-- and tills fetch their people anew.
select platform.live_table('person_stores', 'people.list', 'person_id');

-- What was made under a limit is shown under that limit; null is under none.
alter table jobs add column stores uuid[];
alter table files add column stores uuid[];

alter table stores
    add column active boolean not null default true,
    add column phone  text    not null default '';
