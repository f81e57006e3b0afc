package support

import (
	"context"

	"souk/server/platform/db"
	"souk/server/platform/web"
)

// Plan is what the shop may have and has.
type Plan struct {
	Name   string `json:"name" doc:"Empty without a plan, which has no limits"`
	Limits []Use  `json:"limits" nullable:"false"`
}

// Use is one limit of a plan and how much of it is used.
type Use struct {
	Kind string `json:"kind" enum:"people,stores,tills,items,sales_month"`
	Most *int   `json:"most,omitempty" doc:"Left out where there is no limit"`
	Used int    `json:"used"`
}

const readPlan db.SQL = `
	select plan ->> 'name' as name, plan -> 'limits' as limits from public.plan_now(@now) plan`

// ShowPlan tells what the shop's plan has and how much of it is used.
func ShowPlan(ctx context.Context, tx *db.Tx, _ web.None) (Plan, error) {
	return db.One[Plan](ctx, tx, readPlan, db.Args{"now": tx.Now()})
}
