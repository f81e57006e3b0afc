package verify

const entriesBalance = `
	select t.slug as tenant, format('entry of %s %s has %s postings that add up to %s %s', e.source_type, e.source_id,
	       count(p.amount_minor), coalesce(sum(p.amount_minor), 0), e.currency) as what, array[e.id] as ids
	from   journal_entries e
	join   platform.tenants t on t.id = e.tenant_id
	left   join postings p on p.tenant_id = e.tenant_id and p.entry_id = e.id
	group  by t.slug, e.tenant_id, e.id
	having count(p.amount_minor) < 2 or sum(p.amount_minor) <> 0
	limit  @most`

// moneyWords at the end of a column's name mean money. unit_cost is an average
// with more decimals than money has, and no amount that anybody pays.
const moneyColumns = `
	with columns as (
		select c.oid::regclass::text as tab, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
		       coalesce(nullif(y.typelem, 0), y.oid) as base
		from   pg_class c
		join   pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
		join   pg_type y on y.oid = a.atttypid
		where  c.relkind in ('r', 'p') and c.relnamespace in ('public'::regnamespace, 'platform'::regnamespace))
	select '' as tenant, format('column %s.%s is %s', tab, name, type) as what, '{}'::uuid[] as ids
	from   columns
	where  base in ('float4'::regtype, 'float8'::regtype, 'money'::regtype)
	or     name like '%\_minor' and type <> 'bigint'
	or     name ~ '(^|_)(price|amount|total|float|counted|expected|gross|net|due|tendered|cost|paid)$' and name <> 'unit_cost'
	limit  @most`

const salesAddUp = `
	with parts as (
		select s.tenant_id, s.id, l.gross, l.discount, l.net, l.tax, l.total, l.cost, coalesce(p.kept, 0) as kept
		from   sales s
		left   join (
			select tenant_id, sale_id, sum(gross_minor) as gross, sum(discount_minor) as discount, sum(net_minor) as net,
			       sum(tax_minor) as tax, sum(total_minor) as total, sum(cost_minor) as cost
			from   sale_lines
			group  by tenant_id, sale_id) l on l.tenant_id = s.tenant_id and l.sale_id = s.id
		left   join (
			select tenant_id, sale_id, sum(amount_minor) as kept
			from   tenders
			group  by tenant_id, sale_id) p on p.tenant_id = s.tenant_id and p.sale_id = s.id),
	wrong as (
		select s.tenant_id, s.id, s.receipt_no, concat_ws(', ',
		       case when s.gross_minor <> coalesce(p.gross, 0) then format('gross %s but lines %s', s.gross_minor, p.gross) end,
		       case when s.discount_minor <> coalesce(p.discount, 0) then format('discount %s but lines %s', s.discount_minor, p.discount) end,
		       case when s.net_minor <> coalesce(p.net, 0) then format('net %s but lines %s', s.net_minor, p.net) end,
		       case when s.tax_minor <> coalesce(p.tax, 0) then format('tax %s but lines %s', s.tax_minor, p.tax) end,
		       case when s.total_minor <> coalesce(p.total, 0) then format('total %s but lines %s', s.total_minor, p.total) end,
		       case when s.cost_minor <> coalesce(p.cost, 0) then format('cost %s but lines %s', s.cost_minor, p.cost) end,
		       case when s.total_minor <> s.net_minor + s.tax_minor then format('total %s but net and tax %s', s.total_minor, s.net_minor + s.tax_minor) end,
		       case when s.due_minor <> s.total_minor + s.rounding_minor then format('due %s but total and rounding %s', s.due_minor, s.total_minor + s.rounding_minor) end,
		       case when s.due_minor <> p.kept then format('due %s but tenders %s', s.due_minor, p.kept) end) as how
		from   sales s
		join   parts p on p.tenant_id = s.tenant_id and p.id = s.id)
	select t.slug as tenant, format('sale %s: %s', w.receipt_no, w.how) as what, array[w.id] as ids
	from   wrong w
	join   platform.tenants t on t.id = w.tenant_id
	where  w.how <> ''
	limit  @most`
