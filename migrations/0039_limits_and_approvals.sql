-- +goose Up
-- How far a role goes by itself, where the shop has said so: by action, in
-- hundredths of a percent or in minor units; null is without limit.
alter table roles add column limits jsonb not null default '{}' check (jsonb_typeof(limits) = 'object');

-- What somebody wanted to do beyond that, exactly, and who said yes or no to it. A
-- request that nobody answered in time stays open here and counts as expired.
create table approvals (
    tenant_id   uuid        not null,
    id          uuid        not null,
    store_id    uuid        not null,
    register_id uuid,
    device_id   uuid,
    action      text        not null,
    asked       jsonb       not null,
    -- Names what was asked by its content.
    asked_hash  text        not null,
    reason      text        not null default '',
    way         text        not null check (way in ('pin', 'request')),
    state       text        not null check (state in ('open', 'approved', 'refused', 'withdrawn')),
    asked_by    uuid        not null,
    asked_at    timestamptz not null,
    expires_at  timestamptz not null,
    decided_by  uuid,
    decided_at  timestamptz,
    answer      text        not null default '',
    -- What it was used for: a sale, a movement of cash, a correction of stock.
    used_for    uuid,
    used_at     timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, store_id) references stores (tenant_id, id),
    foreign key (tenant_id, register_id) references registers (tenant_id, id),
    constraint approvals_not_own check (decided_by <> asked_by),
    constraint approvals_decided check ((state in ('approved', 'refused')) = (decided_by is not null and decided_at is not null)),
    constraint approvals_used check (used_at is null or state = 'approved')
);
select platform.tenant_table('approvals', 'select, insert, update');
create index approvals_newest on approvals (tenant_id, asked_at desc, id desc);
create index approvals_open on approvals (tenant_id, expires_at) where state = 'open';
create index approvals_used_for on approvals (tenant_id, used_for) where used_for is not null;
select platform.plan_for_big_tenants('approvals');
select platform.live_table('approvals', 'approvals.list', 'id');

-- Who approved what is sold below its price, line by line.
alter table sale_lines add column approved_by uuid;
