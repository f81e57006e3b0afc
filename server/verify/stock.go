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

// transfersAddUp holds each line against its two moves: what left is what was sent,
// what arrived is what was received, and what is on its way is sent - received -
// written off, of which nothing remains once the transfer has been received. Where
// the receiver's stock stood below zero, a part of the value is cost of sales at
// once, so that the values of arrivals are held against the account, not the moves.
const transfersAddUp = `
	with moved as (
		select l.tenant_id, l.transfer_id, l.line_no, t.number, t.state, l.quantity, l.received, l.written_off, l.sent_minor, l.received_minor,
		       l.written_off_minor, o.quantity as out_quantity, o.value_minor as out_value, i.quantity as in_quantity
		from   stock_transfer_lines l
		join   stock_transfers t on t.tenant_id = l.tenant_id and t.id = l.transfer_id
		left   join stock_moves o on o.tenant_id = l.tenant_id and o.source_type = 'transfer_out' and o.source_id = l.transfer_id and o.source_line = l.line_no
		left   join stock_moves i on i.tenant_id = l.tenant_id and i.source_type = 'transfer_in' and i.source_id = l.transfer_id and i.source_line = l.line_no),
	wrong as (
		select tenant_id, array[transfer_id] as ids, format('transfer %s line %s: ', number, line_no) || concat_ws(', ',
		       case when state in ('draft', 'cancelled') and (out_quantity is not null or in_quantity is not null) then 'goods moved that were never sent' end,
		       case when state in ('sent', 'received') and (coalesce(out_quantity, 0) <> -quantity or coalesce(out_value, 0) <> -coalesce(sent_minor, 0))
		            then format('%s worth %s were sent, %s worth %s left', quantity, sent_minor, coalesce(-out_quantity, 0), coalesce(-out_value, 0)) end,
		       case when state <> 'received' and (received is not null or in_quantity is not null) then 'goods arrived before they were received' end,
		       case when state = 'received' and coalesce(in_quantity, 0) <> coalesce(received, -1)
		            then format('%s were received, %s arrived', received, coalesce(in_quantity, 0)) end,
		       case when state = 'received' and quantity - received - written_off <> 0
		            then format('%s are still on their way', quantity - received - written_off) end,
		       case when state = 'received' and sent_minor - received_minor - written_off_minor <> 0
		            then format('%s of its value is still on its way', sent_minor - received_minor - written_off_minor) end) as how
		from   moved),
	away as (
		select tenant_id, sum(coalesce(sent_minor, 0) - coalesce(received_minor, 0) - coalesce(written_off_minor, 0)) as value
		from   stock_transfer_lines
		group  by tenant_id),
	books as (
		select a.tenant_id, sum(p.amount_minor) as value
		from   accounts a
		join   postings p on p.tenant_id = a.tenant_id and p.account_id = a.id
		where  a.role = 'stock_in_transit'
		group  by a.tenant_id)
	select t.slug as tenant, w.how as what, w.ids
	from   wrong w
	join   platform.tenants t on t.id = w.tenant_id
	where  w.how not like '%: '
	union  all
	select t.slug, format('stock on its way is worth %s, its account says %s', coalesce(w.value, 0), coalesce(b.value, 0)), '{}'::uuid[]
	from   platform.tenants t
	left   join away w on w.tenant_id = t.id
	left   join books b on b.tenant_id = t.id
	where  coalesce(w.value, 0) <> coalesce(b.value, 0)
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
