-- +goose Up
-- What a shop has made of its roles. A row without a name is a built-in role that
-- the shop has changed; one with a name is a role of the shop's own, which stands
-- on a built-in one and follows it.
create table roles (
    tenant_id  uuid        not null,
    id         uuid        not null,
    base       text        not null check (base not in ('owner', 'till')),
    name       text        not null default '' check (name = btrim(name)),
    grants     text[]      not null default '{}',
    denials    text[]      not null default '{}',
    version    int         not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    constraint roles_base_of_id unique (tenant_id, id, base),
    constraint roles_one_word check (not grants && denials)
);
select platform.tenant_table('roles', 'select, insert, update, delete');
create unique index roles_base_key on roles (tenant_id, base) where name = '';
create unique index roles_name_key on roles (tenant_id, lower(name)) where name <> '';

-- The base stays in people.role: levels and ownership are read from there.
alter table people add column role_id uuid;
alter table people add constraint people_role_key foreign key (tenant_id, role_id, role) references roles (tenant_id, id, base);
create index people_role on people (tenant_id, role_id) where role_id is not null;

select platform.live_table('roles', 'people.roles', 'id');
