-- +goose Up
-- Modules that the owner has switched off, beside those that he has switched on.
alter table company add column modules_off text[] not null default '{}';
-- Whose words the shop uses for its goods, guests and bills; empty is those of its
-- own kind of business.
alter table company add column words text not null default ''
    check (words in ('', 'retail', 'restaurant', 'supermarket', 'auto_service', 'dealership'));
