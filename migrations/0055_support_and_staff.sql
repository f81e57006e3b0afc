-- +goose Up
-- A shop lets the platform's support in: for some hours, for a reason, as far as it
-- says. What has been granted can be ended and never widened.
create table support_grants (
    tenant_id  uuid        not null,
    id         uuid        not null,
    granted_by uuid        not null,
    reason     text        not null check (length(reason) between 1 and 500),
    role       text        not null check (role not in ('owner', 'till')),
    -- Nothing can be changed, whatever the role allows.
    view_only  boolean     not null,
    created_at timestamptz not null,
    ends_at    timestamptz not null,
    revoked_at timestamptz,
    revoked_by uuid,
    primary key (tenant_id, id),
    constraint support_grants_short check (ends_at > created_at and ends_at <= created_at + interval '24 hours'),
    foreign key (tenant_id, granted_by) references people (tenant_id, id),
    foreign key (tenant_id, revoked_by) references people (tenant_id, id)
);
select platform.tenant_table('support_grants', 'select, insert');
grant update (revoked_at, revoked_by) on support_grants to app_user;
select platform.audit_table('support_grants');
select platform.live_table('support_grants', 'support.grants', 'id');
create index support_grants_recent on support_grants (tenant_id, created_at desc, id desc);

-- Who comes by a grant is a person of the shop, never active and in no list, so that
-- the audit names them; support_of says who of the platform's staff it is.
alter table people add column support_of uuid,
    add constraint people_support_check check (support_of is null or not active and account_id is null and pin_hash = ''),
    add constraint people_support_key unique (tenant_id, support_of);

-- A session by a grant ends with it.
alter table sessions add column support_grant_id uuid,
    add constraint sessions_support_grant_fkey foreign key (tenant_id, support_grant_id) references support_grants (tenant_id, id);
create index sessions_support_grant on sessions (tenant_id, support_grant_id) where support_grant_id is not null;

-- What support looked at. Through its audit it stands in the shop's trail, where
-- reading leaves nothing otherwise.
create table support_looks (
    tenant_id uuid        not null,
    id        uuid        not null,
    grant_id  uuid        not null,
    person_id uuid        not null,
    at        timestamptz not null,
    address   text        not null check (length(address) <= 500),
    primary key (tenant_id, id),
    foreign key (tenant_id, grant_id) references support_grants (tenant_id, id),
    foreign key (tenant_id, person_id) references people (tenant_id, id)
);
select platform.tenant_table('support_looks', 'select, insert');
create index support_looks_grant on support_looks (tenant_id, grant_id, at desc);

-- Those who look after the platform, with accounts of their own: no shop's account
-- is one of these, and none of these opens a shop.
create table platform.staff (
    id            uuid        primary key,
    email         text        not null unique,
    name          text        not null,
    password_hash text        not null,
    -- Of the app that shows codes, encrypted under the installation's key.
    code_secret   bytea,
    confirmed_at  timestamptz,
    last_step     bigint      not null default 0,
    wrong         int         not null default 0,
    wait_till     timestamptz,
    created_at    timestamptz not null,
    disabled_at   timestamptz
);
alter table platform.staff owner to souk_owner;
grant select, insert, update on platform.staff to souk_platform;

create table platform.staff_sessions (
    token_hash bytea       primary key check (length(token_hash) = 32),
    staff_id   uuid        not null references platform.staff (id),
    -- A password was right and the code is still to come: good for nothing else.
    half       boolean     not null,
    wrong      int         not null default 0,
    agent      text        not null default '',
    address    text        not null default '',
    created_at timestamptz not null,
    proven_at  timestamptz not null,
    seen_at    timestamptz not null,
    expires_at timestamptz not null
);
create index staff_sessions_staff on platform.staff_sessions (staff_id);
alter table platform.staff_sessions owner to souk_owner;
grant select, insert, update, delete on platform.staff_sessions to souk_platform;

-- What they did. It names a shop by its address, since it outlives the shop.
create table platform.staff_log (
    id       uuid        primary key,
    at       timestamptz not null,
    staff_id uuid        not null references platform.staff (id),
    shop_id  uuid,
    shop     text        not null default '',
    action   text        not null,
    reason   text        not null default '',
    detail   jsonb       not null default '{}'
);
create index staff_log_shop on platform.staff_log (shop_id, at desc);
create index staff_log_at on platform.staff_log (at desc);
alter table platform.staff_log owner to souk_owner;
grant select, insert on platform.staff_log to souk_platform;
