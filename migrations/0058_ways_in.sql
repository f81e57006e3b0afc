-- +goose Up
-- Which accounts work in which shops, for what asks about an account and not about a
-- shop: going from one shop to another, and ending all sessions with a new password.
-- It follows people by a trigger and is written by nothing else.
create table platform.memberships (
    tenant_id  uuid    not null references platform.tenants (id),
    person_id  uuid    not null,
    account_id uuid    not null references platform.accounts (id),
    active     boolean not null,
    primary key (tenant_id, person_id)
);
create index memberships_account on platform.memberships (account_id);
alter table platform.memberships owner to souk_owner;
grant select on platform.memberships to souk_platform;

-- +goose StatementBegin
create function platform.keep_membership() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'DELETE' or new.account_id is null then
        delete from platform.memberships where tenant_id = old.tenant_id and person_id = old.id;
        return null;
    end if;
    insert into platform.memberships (tenant_id, person_id, account_id, active)
    values (new.tenant_id, new.id, new.account_id, new.active)
    on conflict (tenant_id, person_id) do update set account_id = excluded.account_id, active = excluded.active;
    return null;
end $$;
-- +goose StatementEnd
alter function platform.keep_membership() owner to souk_owner;
revoke all on function platform.keep_membership() from public;
create trigger keep_membership after insert on people
    for each row when (new.account_id is not null) execute function platform.keep_membership();
create trigger keep_membership_changed after update of account_id, active or delete on people
    for each row execute function platform.keep_membership();
insert into platform.memberships (tenant_id, person_id, account_id, active)
select tenant_id, id, account_id, active from people where account_id is not null;

-- Someone who is asked to work here, and has not come yet. The person that comes of
-- it has the invitation's id.
create table invitations (
    tenant_id    uuid        not null,
    id           uuid        not null,
    email        text        not null check (email = lower(email)),
    name         text        not null,
    role         text        not null,
    role_id      uuid,
    -- Works in these only; empty is all.
    stores       uuid[]      not null default '{}',
    locale       text        not null,
    invited_by   uuid        not null,
    created_at   timestamptz not null,
    sent_at      timestamptz not null,
    expires_at   timestamptz not null,
    accepted_at  timestamptz,
    withdrawn_at timestamptz,
    -- What became of the letter, and what the mail server said.
    letter       text        not null default 'queued' check (letter in ('queued', 'sent', 'kept', 'failed', 'none')),
    problem      text        not null default '',
    primary key (tenant_id, id),
    foreign key (tenant_id, invited_by) references people (tenant_id, id)
);
select platform.tenant_table('invitations', 'select, insert, update');
create unique index invitations_open on invitations (tenant_id, email) where accepted_at is null and withdrawn_at is null;
create index invitations_by on invitations (tenant_id, invited_by);
select platform.live_table('invitations', 'people.invitations', 'id');

-- Letters to the owner of an account. They carry a way in, so no shop reads them:
-- what they say is made when they are sent, and kept only where a demo keeps letters
-- instead of sending them.
create table platform.account_letters (
    id            uuid        primary key,
    tenant_id     uuid        references platform.tenants (id),
    kind          text        not null check (kind in ('invitation', 'password')),
    invitation_id uuid,
    to_address    text        not null,
    locale        text        not null,
    state         text        not null default 'queued' check (state in ('queued', 'sending', 'sent', 'kept', 'failed', 'void')),
    tries         int         not null default 0,
    problem       text        not null default '',
    due_at        timestamptz not null,
    created_at    timestamptz not null,
    subject       text        not null default '',
    body_text     text        not null default ''
);
create index account_letters_due on platform.account_letters (due_at) where state in ('queued', 'sending');
create index account_letters_to on platform.account_letters (to_address, created_at);
create index account_letters_shop on platform.account_letters (tenant_id, created_at);
alter table platform.account_letters owner to souk_owner;
grant select, insert, update, delete on platform.account_letters to souk_platform;

-- +goose StatementBegin
-- post_invitation has the letter of an invitation sent when this transaction has
-- committed.
create function public.post_invitation(invitation uuid, letter_id uuid, at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into platform.account_letters (id, tenant_id, kind, invitation_id, to_address, locale, due_at, created_at)
    select letter_id, i.tenant_id, 'invitation', i.id, i.email, i.locale, at, at
    from   public.invitations i
    where  i.tenant_id = current_setting('app.tenant_id')::uuid and i.id = invitation;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- post_password_letter notes that somebody at this shop's address has forgotten the
-- password of an account. Whether there is one is looked at when the letter is sent,
-- so that asking takes the same time for all; and no address gets more than three an
-- hour, wherever they are asked for.
create function public.post_password_letter(address text, letter_id uuid, language text, at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into platform.account_letters (id, tenant_id, kind, to_address, locale, due_at, created_at)
    select letter_id, current_setting('app.tenant_id')::uuid, 'password', address, language, at, at
    where  (select count(*) from platform.account_letters l
            where l.to_address = address and l.kind = 'password' and l.created_at > at - interval '1 hour') < 3;
end $$;
-- +goose StatementEnd
alter function public.post_invitation(uuid, uuid, timestamptz) owner to souk_owner;
alter function public.post_password_letter(text, uuid, text, timestamptz) owner to souk_owner;
revoke all on function public.post_invitation(uuid, uuid, timestamptz), public.post_password_letter(text, uuid, text, timestamptz) from public;
grant execute on function public.post_invitation(uuid, uuid, timestamptz), public.post_password_letter(text, uuid, text, timestamptz) to app_user;

-- What a letter's link carries, good once and for what it was made for.
create table platform.account_tickets (
    token_hash    bytea       primary key,
    tenant_id     uuid        not null references platform.tenants (id),
    kind          text        not null check (kind in ('invitation', 'password')),
    email         text        not null,
    account_id    uuid        references platform.accounts (id),
    invitation_id uuid,
    created_at    timestamptz not null,
    expires_at    timestamptz not null,
    used_at       timestamptz
);
create index account_tickets_account on platform.account_tickets (account_id) where account_id is not null;
create index account_tickets_expire on platform.account_tickets (expires_at);
create index account_tickets_shop on platform.account_tickets (tenant_id);
alter table platform.account_tickets owner to souk_owner;
grant select, insert, update, delete on platform.account_tickets to souk_platform;
