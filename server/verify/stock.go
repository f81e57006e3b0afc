package verify

const stockIsItsMoves = `
	with moved as (
		select tenant_id, item_id, location_id, sum(quantity) as quantity, sum(value_minor) as value
		from   stock_moves
		group  by tenant_id, item_id, location_id)
	select t.slug as tenant, format('item stands at %s worth %s, but its moves come to %s worth %s',
	       coalesce(b.on_hand, 0), coalesce(b.value_minor, 0), coalesce(m.quantity, 0), coalesce(m.value, 0)) as what,
	       array[coalesce(b.item_id, m.item_id), coalesce(b.location_id, m.location_id)] as ids
	from   stock_balances b
	full   join moved m on m.tenant_id = b.tenant_id and m.item_id = b.item_id and m.location_id = b.location_id
	join   platform.tenants t on t.id = coalesce(b.tenant_id, m.tenant_id)
	where  coalesce(b.on_hand, 0) <> coalesce(m.quantity, 0) or coalesce(b.value_minor, 0) <> coalesce(m.value, 0)
	limit  @most`

const stockIsInTheBooks = `
	with shelves as (
		select tenant_id, sum(value_minor) as value
		from   stock_balances
		group  by tenant_id),
	books as (
		select a.tenant_id, sum(p.amount_minor) as value
		from   accounts a
		join   postings p on p.tenant_id = a.tenant_id and p.account_id = a.id
		where  a.role = 'inventory'
		group  by a.tenant_id)
	select t.slug as tenant, format('stock is worth %s, the inventory account says %s', coalesce(s.value, 0), coalesce(b.value, 0)) as what,
	       '{}'::uuid[] as ids
	from   platform.tenants t
	left   join shelves s on s.tenant_id = t.id
	left   join books b on b.tenant_id = t.id
	where  coalesce(s.value, 0) <> coalesce(b.value, 0)
	limit  @most`
