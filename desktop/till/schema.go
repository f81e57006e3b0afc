package till

// journalName is the journal's file in the till's folder.
const journalName = "journal.db"

// journalSchema is the file that may never be lost: what has happened here and
// is about to. Nothing in it is deleted before the server has it, and the
// journal, the sales and the counters are never deleted at all.
const journalSchema = `
create table if not exists meta (
	key   text primary key,
	value text not null
) strict;

create table if not exists journal (
	device_id text not null,
	no        integer not null,
	id        text not null unique,
	kind      text not null,
	person_id text not null,
	at        text not null,
	body      text not null,
	hash      text not null,
	acked_at  text,
	outcome   text not null default '',
	code      text not null default '',
	primary key (device_id, no)
) strict;
create index if not exists journal_unsent on journal (device_id, no) where acked_at is null;
create index if not exists journal_kind on journal (kind) where kind = 'item_created';
create index if not exists journal_customers on journal (kind) where kind = 'customer_met';
create index if not exists journal_exceptions on journal (outcome) where outcome = 'exception';

create table if not exists counters (
	series text primary key,
	next   integer not null
) strict;

create table if not exists sales (
	id           text primary key,
	shift_id     text not null,
	kind         text not null,
	receipt_no   text not null unique,
	completed_at text not null,
	total_minor  integer not null,
	printed      integer not null default 0,
	problem      text not null default '',
	receipt      text not null,
	methods      text not null
) strict;
create index if not exists sales_shift on sales (shift_id);

create table if not exists returns (
	id          text primary key,
	original_id text not null
) strict;
create index if not exists returns_original on returns (original_id);

create table if not exists cash_moves (
	id           text primary key,
	shift_id     text not null,
	kind         text not null,
	amount_minor integer not null
) strict;
create index if not exists cash_moves_shift on cash_moves (shift_id);

create table if not exists shifts (
	id          text primary key,
	number      integer not null,
	opened_by   text not null,
	opened_at   text not null,
	float_minor integer not null,
	closed_at   text,
	report      text not null default ''
) strict;
create unique index if not exists shifts_one_open on shifts ((closed_at is null)) where closed_at is null;

create table if not exists carts (
	person_id text primary key,
	body      text not null
) strict;

create table if not exists cart_steps (
	person_id text not null,
	n         integer not null,
	body      text not null,
	primary key (person_id, n)
) strict;

create table if not exists held (
	id      text primary key,
	name    text not null,
	held_at text not null,
	held_by text not null,
	body    text not null
) strict;

-- Signed heads of the shop's audit trail: the newest of each day, and what did not
-- fit any more when the till looked.
create table if not exists audit_heads (
	seq   integer not null,
	day   text not null,
	body  text not null,
	doubt text not null default ''
) strict;
create index if not exists audit_heads_newest on audit_heads (seq) where doubt = '';

create table if not exists pin_tries (
	person_id text primary key,
	wrong     integer not null,
	wait_till text not null
) strict;
`

// catalogueSchema is the copy of what the server knows. It can be fetched again
// whenever it is lost. Items and customers carry the generation they came with: a
// new copy is written beside the one in use, and one row in meta changes from one
// to the other.
const catalogueSchema = `
create table if not exists meta (
	key   text primary key,
	value text not null
) strict;

create table if not exists items (
	generation integer not null,
	id         text not null,
	body       text not null,
	primary key (generation, id)
) strict, without rowid;

-- Named by their content, and so of no generation.
create table if not exists pictures (
	id           text primary key,
	content_type text not null,
	body         blob not null
) strict;

create table if not exists customers (
	generation integer not null,
	id         text not null,
	body       text not null,
	primary key (generation, id)
) strict, without rowid;
`
