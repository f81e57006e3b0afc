-- +goose Up
create table accounts (
    tenant_id uuid    not null,
    id        uuid    not null,
    code      text    not null,
    name      text    not null,
    kind      text    not null check (kind in ('asset', 'liability', 'equity', 'income', 'expense')),
    -- What the program itself posts to; null for the shop's own accounts.
    role      text,
    active    boolean not null default true,
    primary key (tenant_id, id),
    constraint accounts_code_key unique (tenant_id, code),
    constraint accounts_role_key unique (tenant_id, role)
);
select platform.tenant_table('accounts', 'select, insert, update');

create table journal_entries (
    tenant_id   uuid        not null,
    id          uuid        not null,
    entry_date  date        not null,
    source_type text        not null,
    source_id   uuid        not null,
    currency    text        not null,
    memo        text        not null default '',
    person_id   uuid,
    posted_at   timestamptz not null,
    -- The transaction that made the entry: its postings must come from the same one.
    made_in     xid8        not null default pg_current_xact_id(),
    primary key (tenant_id, id),
    constraint journal_entries_source_key unique (tenant_id, source_type, source_id)
);
select platform.tenant_table('journal_entries', 'select, insert');
create index journal_entries_date on journal_entries (tenant_id, entry_date, id);

-- Debits are positive, credits negative.
create table postings (
    tenant_id    uuid   not null,
    entry_id     uuid   not null,
    line_no      int    not null,
    account_id   uuid   not null,
    amount_minor bigint not null check (amount_minor <> 0),
    primary key (tenant_id, entry_id, line_no),
    foreign key (tenant_id, entry_id) references journal_entries (tenant_id, id),
    foreign key (tenant_id, account_id) references accounts (tenant_id, id)
);
select platform.tenant_table('postings', 'select, insert');
create index postings_account on postings (tenant_id, account_id);

-- +goose StatementBegin
create function platform.entry_balances() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    off  numeric;
    many bigint;
begin
    select sum(amount_minor), count(*) into off, many from public.postings
    where tenant_id = new.tenant_id and entry_id = new.id;
    if many < 2 or off <> 0 then
        raise exception 'journal entry % does not balance: % over % postings', new.id, off, many
            using errcode = 'check_violation', constraint = 'journal_entries_balance';
    end if;
    return null;
end $$;

-- Without this, a later transaction could add postings to a balanced entry.
create function platform.posting_is_of_this_transaction() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from added a join public.journal_entries e
               on e.tenant_id = a.tenant_id and e.id = a.entry_id
               where e.made_in <> pg_current_xact_id()) then
        raise exception 'a posted journal entry is closed: reverse it instead'
            using errcode = 'check_violation', constraint = 'postings_entry_open';
    end if;
    return null;
end $$;
-- +goose StatementEnd
alter function platform.entry_balances() owner to souk_owner;
alter function platform.posting_is_of_this_transaction() owner to souk_owner;

create constraint trigger journal_entries_balance after insert on journal_entries
    deferrable initially deferred for each row execute function platform.entry_balances();
create trigger postings_entry_open after insert on postings referencing new table as added
    for each statement execute function platform.posting_is_of_this_transaction();
