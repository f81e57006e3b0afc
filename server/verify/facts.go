package verify

// A finished sale that could not be booked waits in the exception inbox with its
// number: that number is not lost.
const numbersAreWhole = `
	with numbers as (
		select tenant_id, series, number, id
		from   sales
		union  all
		select x.tenant_id, x.body ->> 'series', (x.body ->> 'number')::bigint, x.id
		from   upload_exceptions x
		where  x.kind = 'sale_finished' and x.body ->> 'number' ~ '^[0-9]{1,18}$' and x.body ? 'series'
		and    not exists (select from sales s where s.tenant_id = x.tenant_id and s.series = x.body ->> 'series'
		                   and s.number = (x.body ->> 'number')::bigint)),
	series as (
		select tenant_id, series, min(number) as first, max(number) as last, count(*) as many, count(distinct number) as different
		from   numbers
		group  by tenant_id, series),
	twice as (
		select tenant_id, series, number, array_agg(id order by id) as ids
		from   sales
		group  by tenant_id, series, number
		having count(*) > 1)
	select t.slug as tenant, format('series %s runs from %s to %s but has %s numbers', s.series, s.first, s.last, s.different) as what, '{}'::uuid[] as ids
	from   series s
	join   platform.tenants t on t.id = s.tenant_id
	where  s.first <> 1 or s.last - s.first + 1 <> s.different
	union  all
	select t.slug, format('number %s of series %s is there %s times', w.number, w.series, cardinality(w.ids)), w.ids
	from   twice w
	join   platform.tenants t on t.id = w.tenant_id
	limit  @most`

// Whether an item had stock when it was sold is known for items that nobody has
// changed since; of the others only what the moves themselves say is looked at.
const salesAreBookedOnce = `
	with wrong as (
		select s.tenant_id, format('sale %s has %s journal entries', s.receipt_no, count(e.id)) as how, array[s.id] as ids
		from   sales s
		left   join journal_entries e on e.tenant_id = s.tenant_id and e.source_id = s.id and e.source_type = s.kind
		group  by s.tenant_id, s.id
		having count(e.id) <> 1 and (count(e.id) > 1 or s.due_minor <> 0 or s.net_minor <> 0 or s.tax_minor <> 0 or s.cost_minor <> 0)
		union  all
		select e.tenant_id, format('an entry is of %s that is not there', e.source_type), array[e.id, e.source_id]
		from   journal_entries e
		where  e.source_type in ('sale', 'refund', 'void')
		and    not exists (select from sales s where s.tenant_id = e.tenant_id and s.id = e.source_id and s.kind = e.source_type)
		union  all
		select s.tenant_id, format('line %s of sale %s has moved %s times, by %s', l.line_no, s.receipt_no, count(m.id), sum(m.quantity)), array[s.id, l.item_id]
		from   sales s
		join   sale_lines l on l.tenant_id = s.tenant_id and l.sale_id = s.id
		join   items i on i.tenant_id = l.tenant_id and i.id = l.item_id
		left   join stock_moves m on m.tenant_id = s.tenant_id and m.source_type = s.kind and m.source_id = s.id and m.source_line = l.line_no
		group  by s.tenant_id, s.id, l.tenant_id, l.sale_id, l.line_no, i.tenant_id, i.id
		having count(m.id) > 1
		or     count(m.id) = 1 and (sum(m.quantity) <> -l.quantity or sum(m.value_minor) <> -l.cost_minor
		                            or bool_or(m.item_id <> l.item_id or m.location_id <> s.location_id))
		or     count(m.id) = 0 and (l.cost_minor <> 0 or i.track_stock and not l.not_restocked and i.updated_at <= s.received_at)
		union  all
		select m.tenant_id, format('a move is of a line of %s that is not there', m.source_type), array[m.id, m.source_id]
		from   stock_moves m
		where  m.source_type in ('sale', 'refund', 'void')
		and    not exists (select from sale_lines l join sales s on s.tenant_id = l.tenant_id and s.id = l.sale_id and s.kind = m.source_type
		                   where l.tenant_id = m.tenant_id and l.sale_id = m.source_id and l.line_no = m.source_line)
		union  all
		select o.tenant_id, format('operation is there %s times', count(*)), array[o.id]
		from   operations o
		group  by o.tenant_id, o.id
		having count(*) > 1)
	select t.slug as tenant, w.how as what, w.ids
	from   wrong w
	join   platform.tenants t on t.id = w.tenant_id
	limit  @most`

// Old changes may be gone; from the oldest kept one to the head none may be missing.
// A change waits for its number for a moment, or while no server runs; but not
// while later ones get theirs.
const changesAreWhole = `
	with kept as (
		select tenant_id, min(seq) as first, max(seq) as last, count(distinct seq) as many
		from   changes
		group  by tenant_id),
	wrong as (
		select k.tenant_id, case when h.tenant_id is null then 'there are changes but no head'
		       else format('changes %s to %s are %s, and the head is %s', k.first, k.last, k.many, h.seq) end as how
		from   kept k
		left   join platform.change_heads h on h.tenant_id = k.tenant_id
		where  h.tenant_id is null or k.last <> h.seq or k.last - k.first + 1 <> k.many
		union  all
		select q.tenant_id, format('%s changes of %s were left without a number', count(*), q.topic)
		from   platform.change_queue q
		where  q.at < (select max(c.at) from changes c where c.tenant_id = q.tenant_id) - interval '5 minutes'
		group  by q.tenant_id, q.topic)
	select t.slug as tenant, w.how as what, '{}'::uuid[] as ids
	from   wrong w
	join   platform.tenants t on t.id = w.tenant_id
	limit  @most`
