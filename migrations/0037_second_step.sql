-- +goose Up
-- When whoever is signed in has last shown who they are; empty is when the session began.
alter table sessions add column proven_at timestamptz;

-- The roles that may not come in by password alone.
alter table company add column second_step_roles text[] not null default '{}';

-- Codes of an app. The secret is encrypted under the installation's key.
create table platform.account_codes (
    account_id   uuid        primary key references platform.accounts (id),
    secret       bytea       not null,
    created_at   timestamptz not null,
    confirmed_at timestamptz,
    -- The step of the last code that was taken: none is good twice.
    last_step    bigint      not null default 0,
    wrong        int         not null default 0,
    wait_till    timestamptz
);
alter table platform.account_codes owner to souk_owner;
grant select, insert, update, delete on platform.account_codes to souk_platform;

create table platform.recovery_codes (
    account_id uuid        not null references platform.accounts (id),
    code_hash  bytea       not null,
    created_at timestamptz not null,
    used_at    timestamptz,
    primary key (account_id, code_hash)
);
alter table platform.recovery_codes owner to souk_owner;
grant select, insert, update, delete on platform.recovery_codes to souk_platform;

create table platform.passkeys (
    id            uuid        primary key,
    account_id    uuid        not null references platform.accounts (id),
    -- The domain that the browser bound it to.
    domain        text        not null,
    credential_id bytea       not null constraint passkeys_credential_key unique,
    credential    jsonb       not null,
    name          text        not null,
    created_at    timestamptz not null,
    last_used_at  timestamptz
);
create index passkeys_account on platform.passkeys (account_id, created_at);
alter table platform.passkeys owner to souk_owner;
grant select, insert, update, delete on platform.passkeys to souk_platform;

-- What a browser was asked to sign: good once, for whoever it was made for.
create table platform.passkey_challenges (
    id         uuid        primary key,
    tenant_id  uuid        not null references platform.tenants (id),
    purpose    text        not null check (purpose in ('add', 'enter', 'prove')),
    account_id uuid        references platform.accounts (id),
    session_id uuid,
    data       jsonb       not null,
    expires_at timestamptz not null
);
create index passkey_challenges_expire on platform.passkey_challenges (expires_at);
alter table platform.passkey_challenges owner to souk_owner;
grant select, insert, delete on platform.passkey_challenges to souk_platform;

-- Someone whose password was right and who has a second step before them. It is no
-- session: nothing is read or written with it.
create table platform.half_sessions (
    token_hash bytea       primary key,
    tenant_id  uuid        not null references platform.tenants (id),
    account_id uuid        not null references platform.accounts (id),
    person_id  uuid        not null,
    kind       text        not null check (kind in ('prove', 'enrol')),
    wrong      int         not null default 0,
    expires_at timestamptz not null
);
create index half_sessions_expire on platform.half_sessions (expires_at);
alter table platform.half_sessions owner to souk_owner;
grant select, insert, update, delete on platform.half_sessions to souk_platform;
