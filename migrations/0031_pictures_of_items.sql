-- +goose Up
-- What items look like, named by their content: the same picture is kept once,
-- and what was fetched under an id never changes. Both sizes were drawn by this
-- program from what was uploaded; of the upload itself nothing is kept.
create table pictures (
    tenant_id    uuid        not null,
    id           uuid        not null,
    content_type text        not null check (content_type in ('image/jpeg', 'image/png')),
    width        int         not null check (width > 0),
    height       int         not null check (height > 0),
    small        bytea       not null,
    large        bytea       not null,
    -- When it was last uploaded: one that no item has is kept for a while.
    created_at   timestamptz not null,
    primary key (tenant_id, id)
);
select platform.tenant_table('pictures', 'select, insert, update, delete');

alter table items add column picture_id uuid;
alter table items add constraint items_picture_fkey foreign key (tenant_id, picture_id) references pictures (tenant_id, id);
create index items_picture on items (tenant_id, picture_id) where picture_id is not null;
