package verify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/server/verify"
)

// underWay is a transfer of two apples worth 1,000 that has been sent.
var underWay = []string{
	`insert into stores (tenant_id, id, name, time_zone, created_at, updated_at) values (@tenant, @store2, 'Two', 'UTC', '2026-01-01', '2026-01-01')`,
	`insert into locations (tenant_id, id, store_id, name, sells) values (@tenant, @location2, @store2, 'Floor', true)`,
	`insert into accounts (tenant_id, id, code, name, kind, role) values (@tenant, @transit_account, '1310', 'On its way', 'asset', 'stock_in_transit')`,
	`insert into stock_transfers (tenant_id, id, number, from_store_id, from_location_id, to_store_id, to_location_id, state, created_at, updated_at, sent_at)
	 values (@tenant, @transfer, 1, @store, @location, @store2, @location2, 'sent', '2026-03-02', '2026-03-02', '2026-03-02')`,
	`insert into stock_transfer_lines (tenant_id, transfer_id, line_no, item_id, quantity, sent_minor) values (@tenant, @transfer, 1, @item, 2, 1000)`,
	`insert into stock_moves (tenant_id, id, item_id, location_id, quantity, value_minor, source_type, source_id, source_line, at)
	 values (@tenant, gen_random_uuid(), @item, @location, -2, -1000, 'transfer_out', @transfer, 1, '2026-03-02')`,
	`update stock_balances set on_hand = 2, value_minor = 1000 where tenant_id = @tenant`,
	`insert into journal_entries (tenant_id, id, entry_date, source_type, source_id, currency, posted_at)
	 values (@tenant, @entry3, '2026-03-02', 'transfer_out', @transfer, 'EUR', '2026-03-02')`,
	`insert into postings (tenant_id, entry_id, line_no, account_id, amount_minor)
	 values (@tenant, @entry3, 1, @transit_account, 1000), (@tenant, @entry3, 2, @stock_account, -1000)`,
}

func TestPlantedS2TransferDoesNotAddUp(t *testing.T) {
	for _, c := range []planted{
		{"more was sent than left", "S2", "3.0000 worth 1000 were sent, 2.0000 worth 1000 left", "transfer", []string{
			`update stock_transfer_lines set quantity = 3 where tenant_id = @tenant`}},
		{"it left at another value", "S2", "2.0000 worth 900 were sent, 2.0000 worth 1000 left", "transfer", []string{
			`update stock_transfer_lines set sent_minor = 900 where tenant_id = @tenant`}},
		{"it never left", "S2", "2.0000 worth 1000 were sent, 0 worth 0 left", "transfer", []string{
			`delete from stock_moves where tenant_id = @tenant and source_type = 'transfer_out'`}},
		{"a draft has moved", "S2", "goods moved that were never sent", "transfer", []string{
			`update stock_transfers set state = 'draft', sent_at = null where tenant_id = @tenant`}},
		{"it arrived before it was received", "S2", "goods arrived before they were received", "transfer", []string{
			`update stock_transfer_lines set received = 2, received_minor = 1000, written_off = 0, written_off_minor = 0 where tenant_id = @tenant`}},
		{"it was received and nothing arrived", "S2", "2.0000 were received, 0 arrived", "transfer", []string{
			`update stock_transfers set state = 'received', received_at = '2026-03-03' where tenant_id = @tenant`,
			`update stock_transfer_lines set received = 2, received_minor = 1000, written_off = 0, written_off_minor = 0 where tenant_id = @tenant`}},
		{"a part stays on its way for ever", "S2", "1.0000 are still on their way, 400 of its value is still on its way", "transfer", []string{
			`update stock_transfers set state = 'received', received_at = '2026-03-03' where tenant_id = @tenant`,
			`update stock_transfer_lines set received = 1, received_minor = 600, written_off = 0, written_off_minor = 0 where tenant_id = @tenant`}},
		{"the account says something else", "S2", "stock on its way is worth 1000, its account says 1100", "", []string{
			`update postings set amount_minor = 1100 where tenant_id = @tenant and entry_id = @entry3 and line_no = 1`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			shop := b.shop(t)
			for _, name := range []string{"store2", "location2", "transfer", "transit_account", "entry3"} {
				shop.args[name] = uuid.New()
			}
			b.plant(t, shop, underWay...)
			require.Empty(t, b.broken(t, shop.Slug), "the shop is sound before")
			b.plant(t, shop, c.statements...)
			found := b.broken(t, shop.Slug)
			require.NotEmpty(t, found)
			named := slices.ContainsFunc(found, func(f verify.Finding) bool { return f.Check == c.check && strings.Contains(f.What, c.says) })
			require.True(t, named, "%q is not among %v", c.says, found)
		})
	}
}
