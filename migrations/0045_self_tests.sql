-- +goose Up
-- The self-tests that a shop has had run, each with its report: names of tables and
-- routes and counts, never anything of a shop's rows.
create table self_tests (
    tenant_id   uuid        not null,
    id          uuid        not null,
    started_by  uuid,
    state       text        not null check (state in ('waiting', 'running', 'passed', 'failed', 'broken', 'cancelled')),
    report      jsonb       not null default '{}',
    started_at  timestamptz not null,
    finished_at timestamptz,
    constraint self_tests_pkey primary key (tenant_id, id)
);
select platform.tenant_table('self_tests', 'select, insert, update');
select platform.plan_for_big_tenants('self_tests');
create index self_tests_recent on self_tests (tenant_id, started_at desc, id desc);
-- One at a time.
create unique index self_tests_running on self_tests (tenant_id) where state in ('waiting', 'running');
select platform.live_table('self_tests', 'selftest.runs', 'id');
