-- +goose Up
-- Money put into a drawer or taken out of it beside sales, and each time that a
-- drawer was opened without one. Kept for ever, like the sales.
create table cash_movements (
    tenant_id     uuid        not null,
    id            uuid        not null,
    register_id   uuid        not null,
    shift_id      uuid        not null,
    kind          text        not null check (kind in ('in', 'out', 'drop', 'open')),
    reason        text        not null,
    -- What moved, whichever way: never negative, and nothing for an opening.
    amount_minor  bigint      not null check (amount_minor >= 0 and (kind <> 'open' or amount_minor = 0)),
    note          text        not null default '',
    person_id     uuid        not null,
    -- Who lent the right, where the person has it not.
    approved_by   uuid,
    business_date date        not null,
    at            timestamptz not null,
    received_at   timestamptz not null,
    flags         text[]      not null default '{}',
    primary key (tenant_id, id),
    foreign key (tenant_id, register_id) references registers (tenant_id, id),
    foreign key (tenant_id, shift_id) references shifts (tenant_id, id)
);
select platform.tenant_table('cash_movements', 'select, insert');
create index cash_movements_shift on cash_movements (tenant_id, shift_id);

alter table z_reports
    add column cash_in_minor  bigint not null default 0,
    add column cash_out_minor bigint not null default 0,
    add column drops_minor    bigint not null default 0,
    add column drawer_opened  int    not null default 0;
