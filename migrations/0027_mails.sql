-- +goose Up
-- Letters to be sent, and those that were. A letter is written in the transaction
-- of what it tells about; who sends it takes it from here.
create table mails (
    tenant_id    uuid        not null,
    id           uuid        not null,
    kind         text        not null check (kind in ('receipt', 'test')),
    -- What it is about: a sale.
    subject_id   uuid,
    -- Whose it is; none of a letter that tells nothing of any store.
    store_id     uuid,
    locale       text        not null,
    from_name    text        not null,
    reply_to     text        not null default '',
    to_address   text        not null,
    subject      text        not null,
    body_text    text        not null,
    body_html    text        not null default '',
    file_name    text        not null default '',
    file_type    text        not null default '',
    file_body    bytea,
    -- 'kept' is a demo shop's letter, which is shown and goes nowhere.
    state        text        not null default 'queued' check (state in ('queued', 'sending', 'sent', 'kept', 'failed')),
    tries        int         not null default 0,
    problem      text        not null default '',
    -- When it is looked at next: a letter whose sender died is due again by this.
    due_at       timestamptz not null,
    written_by   uuid,
    created_at   timestamptz not null,
    sent_at      timestamptz,
    constraint mails_pkey primary key (tenant_id, id),
    foreign key (tenant_id, store_id) references stores (tenant_id, id)
);
select platform.tenant_table('mails', 'select, insert, update');
create index mails_latest on mails (tenant_id, created_at desc, id desc);
create index mails_subject on mails (tenant_id, subject_id, created_at desc) where subject_id is not null;
select platform.live_table('mails', 'mails.list', 'id');

create table mail_settings (
    tenant_id uuid not null primary key,
    from_name text not null default '',
    reply_to  text not null default '',
    version   int  not null default 1
);
select platform.tenant_table('mail_settings', 'select, insert, update');

-- Which shops have letters waiting: outside row-level security, as job_queue is.
create table platform.mail_queue (
    tenant_id uuid        not null references platform.tenants (id),
    mail_id   uuid        not null,
    due_at    timestamptz not null,
    primary key (tenant_id, mail_id)
);
create index mail_queue_due on platform.mail_queue (due_at);
alter table platform.mail_queue owner to souk_owner;
grant select on platform.mail_queue to souk_platform;

-- +goose StatementBegin
create function platform.track_mail() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if new.state in ('queued', 'sending') then
        insert into platform.mail_queue (tenant_id, mail_id, due_at) values (new.tenant_id, new.id, new.due_at)
        on conflict (tenant_id, mail_id) do update set due_at = excluded.due_at;
    else
        delete from platform.mail_queue q where q.tenant_id = new.tenant_id and q.mail_id = new.id;
    end if;
    return null;
end $$;
-- +goose StatementEnd
alter function platform.track_mail() owner to souk_owner;
create trigger track_mail after insert or update of state, due_at on mails
    for each row execute function platform.track_mail();
