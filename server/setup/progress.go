package setup

import (
	"context"

	"souk/server/platform/db"
	"souk/server/platform/web"
)

// Progress is how far a shop has come, read from what is really there.
type Progress struct {
	Items           int  `json:"items" doc:"Counted up to 1000"`
	Samples         int  `json:"samples" doc:"Items among them that are there to be tried only"`
	Stocked         bool `json:"stocked" doc:"Some item has stock"`
	People          int  `json:"people" doc:"Who can sign in at a till"`
	ReceiptNamed    bool `json:"receipt_named" doc:"The receipt says who sells"`
	Tills           int  `json:"tills" doc:"Tills, paired or not"`
	TillPaired      bool `json:"till_paired"`
	ShiftOpened     bool `json:"shift_opened" doc:"Ever"`
	Sold            bool `json:"sold"`
	BrowserRegister bool `json:"browser_register" doc:"There is a register for the browser"`
}

const progress db.SQL = `
	select (select count(*) from (select from items i where i.tenant_id = @tenant and i.active limit 1000) n) as items,
	       (select count(*) from samples m where m.tenant_id = @tenant and m.kind = 'item') as samples,
	       exists (select from stock_balances l where l.tenant_id = @tenant) as stocked,
	       (select count(*) from people p where p.tenant_id = @tenant and p.active and p.pin_hash <> '') as people,
	       exists (select from stores s where s.tenant_id = @tenant and (s.legal_name <> '' or s.receipt_header <> '')) as receipt_named,
	       (select count(*) from registers r where r.tenant_id = @tenant and r.kind = 'till' and r.active) as tills,
	       exists (select from devices d where d.tenant_id = @tenant and d.revoked_at is null) as till_paired,
	       exists (select from shifts h where h.tenant_id = @tenant) as shift_opened,
	       exists (select from sales x where x.tenant_id = @tenant) as sold,
	       exists (select from registers b where b.tenant_id = @tenant and b.kind = 'browser' and b.active) as browser_register`

// ShowProgress tells how far the shop has come.
func ShowProgress(ctx context.Context, tx *db.Tx, _ web.None) (Progress, error) {
	return db.One[Progress](ctx, tx, progress, db.Args{})
}
