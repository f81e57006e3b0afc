package verify

// A sale that arrives after its shift was closed stays in its shift, flagged
// shift_closed, and out of the Z report, which is never changed. The report is
// therefore the sum of the sales without that flag. Times have no say: what
// decides is which of the two got the shift's lock first.
const shiftsAddUp = `
	with cash as (
		select p.tenant_id, p.sale_id, sum(p.amount_minor) as kept
		from   tenders p
		join   payment_methods m on m.tenant_id = p.tenant_id and m.id = p.method_id and m.kind = 'cash'
		group  by p.tenant_id, p.sale_id),
	moved as (
		select h.tenant_id, h.id, coalesce(sum(c.amount_minor) filter (where c.kind = 'in'), 0) as put_in,
		       coalesce(sum(c.amount_minor) filter (where c.kind = 'out'), 0) as taken_out,
		       coalesce(sum(c.amount_minor) filter (where c.kind = 'drop'), 0) as dropped, count(c.id) filter (where c.kind = 'open') as opened
		from   shifts h
		left   join cash_movements c on c.tenant_id = h.tenant_id and c.shift_id = h.id and not 'shift_closed' = any (c.flags)
		group  by h.tenant_id, h.id),
	counted as (
		select h.tenant_id, h.id, count(s.id) as documents, count(s.id) filter (where s.kind = 'sale') as sales,
		       coalesce(sum(s.total_minor), 0) as total, coalesce(sum(s.tax_minor), 0) as tax,
		       coalesce(sum(s.discount_minor), 0) as discount, coalesce(sum(s.rounding_minor), 0) as rounding,
		       coalesce(sum(s.due_minor), 0) as due, coalesce(sum(c.kept), 0) as cash
		from   shifts h
		left   join sales s on s.tenant_id = h.tenant_id and s.shift_id = h.id and not 'shift_closed' = any (s.flags)
		left   join cash c on c.tenant_id = h.tenant_id and c.sale_id = s.id
		where  h.closed_at is not null
		group  by h.tenant_id, h.id),
	wrong as (
		select h.tenant_id, h.id, h.number, case when z.shift_id is null then 'it is closed without a Z report' else concat_ws(', ',
		       case when z.sales_count <> c.sales then format('%s sales counted, %s there', z.sales_count, c.sales) end,
		       case when z.sales_count + z.refunds_count <> c.documents then format('%s documents counted, %s there', z.sales_count + z.refunds_count, c.documents) end,
		       case when z.total_minor <> c.total then format('total %s, sales %s', z.total_minor, c.total) end,
		       case when z.tax_minor <> c.tax then format('tax %s, sales %s', z.tax_minor, c.tax) end,
		       case when z.discount_minor <> c.discount then format('discount %s, sales %s', z.discount_minor, c.discount) end,
		       case when z.rounding_minor <> c.rounding then format('rounding %s, sales %s', z.rounding_minor, c.rounding) end,
		       case when z.cash_minor <> c.cash then format('cash %s, tenders %s', z.cash_minor, c.cash) end,
		       case when z.cash_in_minor <> v.put_in then format('cash in %s, movements %s', z.cash_in_minor, v.put_in) end,
		       case when z.cash_out_minor <> v.taken_out then format('cash out %s, movements %s', z.cash_out_minor, v.taken_out) end,
		       case when z.drops_minor <> v.dropped then format('dropped %s, movements %s', z.drops_minor, v.dropped) end,
		       case when z.drawer_opened <> v.opened then format('drawer opened %s times, movements %s', z.drawer_opened, v.opened) end,
		       case when z.expected_minor <> h.float_minor + c.cash + v.put_in - v.taken_out - v.dropped
		            then format('expected %s, float and cash %s', z.expected_minor, h.float_minor + c.cash + v.put_in - v.taken_out - v.dropped) end,
		       case when z.counted_minor <> h.counted_minor then format('counted %s, at closing %s', z.counted_minor, h.counted_minor) end,
		       case when z.difference_minor <> z.counted_minor - z.expected_minor then 'the difference is not counted less expected' end,
		       case when (select coalesce(sum((m ->> 'amount_minor')::numeric), 0) from jsonb_array_elements(z.methods) m) <> c.due
		            then format('its methods do not add up to %s', c.due) end,
		       case when (select coalesce(sum((x ->> 'tax_minor')::numeric), 0) from jsonb_array_elements(z.taxes) x) <> c.tax
		            then format('its taxes do not add up to %s', c.tax) end) end as how
		from   shifts h
		join   counted c on c.tenant_id = h.tenant_id and c.id = h.id
		join   moved v on v.tenant_id = h.tenant_id and v.id = h.id
		left   join z_reports z on z.tenant_id = h.tenant_id and z.shift_id = h.id
		union  all
		select h.tenant_id, h.id, h.number, 'it has a Z report but is open'
		from   z_reports z
		join   shifts h on h.tenant_id = z.tenant_id and h.id = z.shift_id and h.closed_at is null
		union  all
		select c.tenant_id, c.shift_id, h.number, format('cash movement of %s is booked as %s', case c.kind when 'in' then c.amount_minor else -c.amount_minor end, coalesce(b.booked, 0))
		from   cash_movements c
		join   shifts h on h.tenant_id = c.tenant_id and h.id = c.shift_id
		left   join (
			select e.tenant_id, e.source_id, sum(p.amount_minor) as booked
			from   journal_entries e
			join   postings p on p.tenant_id = e.tenant_id and p.entry_id = e.id
			join   accounts a on a.tenant_id = p.tenant_id and a.id = p.account_id and a.role = 'cash'
			where  e.source_type = 'cash'
			group  by e.tenant_id, e.source_id) b on b.tenant_id = c.tenant_id and b.source_id = c.id
		where  c.kind <> 'open' and coalesce(b.booked, 0) <> case c.kind when 'in' then c.amount_minor else -c.amount_minor end)
	select t.slug as tenant, format('shift %s: %s', w.number, w.how) as what, array[w.id] as ids
	from   wrong w
	join   platform.tenants t on t.id = w.tenant_id
	where  w.how <> ''
	limit  @most`
