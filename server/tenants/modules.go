package tenants

import (
	"context"
	"slices"
	"strings"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
	"souk/shared/wire"
)

// ModuleSwitch is a module as the owner switches it.
type ModuleSwitch struct {
	Key      string   `json:"key"`
	Title    string   `json:"title"`
	On       bool     `json:"on"`
	Standard bool     `json:"standard" doc:"Whether this kind of business starts with it"`
	Always   bool     `json:"always" doc:"The others stand on it: it is never off"`
	Needs    []string `json:"needs" nullable:"false" doc:"Modules that have to be on for it and are not"`
	NeededBy []string `json:"needed_by" nullable:"false" doc:"Modules that are on and cannot do without it"`
}

// ModuleSwitches are all modules, and what holds for them.
type ModuleSwitches struct {
	Version      int               `json:"version"`
	BusinessType wire.BusinessType `json:"business_type" enum:"retail,restaurant,supermarket,auto_service,dealership"`
	Words        wire.BusinessType `json:"words" enum:"retail,restaurant,supermarket,auto_service,dealership" doc:"The kind of business whose words the shop uses"`
	Modules      []ModuleSwitch    `json:"modules" nullable:"false"`
}

// ModuleClosing is emitted before a module is switched off. Whoever has something
// underway in it refuses.
type ModuleClosing struct{ Key string }

// ModuleChange switches one module.
type ModuleChange struct {
	Key  string `path:"key" maxLength:"60"`
	Body struct {
		On      bool `json:"on"`
		Version int  `json:"version"`
	}
}

// WordsChange chooses whose words the shop uses.
type WordsChange struct {
	Words   wire.BusinessType `json:"words" enum:",retail,restaurant,supermarket,auto_service,dealership" doc:"Empty for those of the shop's own kind of business"`
	Version int               `json:"version"`
}

const (
	readModules db.SQL = `
		select business_type, modules_on, modules_off, coalesce(nullif(words, ''), business_type) as words, version
		from   company
		where  tenant_id = @tenant`

	holdModules db.SQL = `
		select business_type, modules_on, modules_off, coalesce(nullif(words, ''), business_type) as words, version
		from   company
		where  tenant_id = @tenant
		for    update`

	switchModules db.SQL = `
		update company
		set    modules_on = @on, modules_off = @off, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and version = @version`

	chooseWords db.SQL = `
		update company
		set    words = @words, version = version + 1, updated_at = @now
		where  tenant_id = @tenant and version = @version`
)

type modulesRow struct {
	auth.Shop
	Words   wire.BusinessType
	Version int
}

// ListModules gives the modules in the order of their layers.
func ListModules(ctx context.Context, tx *db.Tx, _ web.None) (ModuleSwitches, error) {
	row, err := db.One[modulesRow](ctx, tx, readModules, db.Args{})
	return row.switches(auth.Catalogue(ctx)), err
}

func (row modulesRow) switches(catalogue []auth.Group) ModuleSwitches {
	out := ModuleSwitches{Version: row.Version, BusinessType: row.BusinessType, Words: row.Words, Modules: []ModuleSwitch{}}
	for _, group := range catalogue {
		out.Modules = append(out.Modules, ModuleSwitch{
			Key: group.Module, Title: group.Title, On: group.OnFor(row.Shop), Standard: group.Standard(row.BusinessType), Always: group.Always,
			Needs: lacking(catalogue, row.Shop, group), NeededBy: neededBy(catalogue, row.Shop, group.Module),
		})
	}
	return out
}

// lacking lists what a module needs and is off.
func lacking(catalogue []auth.Group, shop auth.Shop, of auth.Group) []string {
	found := []string{}
	for _, group := range catalogue {
		if slices.Contains(of.Needs, group.Module) && !group.OnFor(shop) {
			found = append(found, group.Module)
		}
	}
	return found
}

func neededBy(catalogue []auth.Group, shop auth.Shop, key string) []string {
	found := []string{}
	for _, group := range catalogue {
		if slices.Contains(group.Needs, key) && group.OnFor(shop) {
			found = append(found, group.Module)
		}
	}
	return found
}

// SwitchModule switches a module on or off. It holds on the next request, and for
// what open pages watch.
//
// Fails with modules.unknown, modules.always_on, modules.needed, modules.needs,
// tenants.changed_meanwhile, and with what a module refuses for that has something
// underway.
func SwitchModule(ctx context.Context, tx *db.Tx, in ModuleChange) (ModuleSwitches, error) {
	row, err := db.One[modulesRow](ctx, tx, holdModules, db.Args{})
	if err != nil {
		return ModuleSwitches{}, err
	}
	catalogue := auth.Catalogue(ctx)
	at := slices.IndexFunc(catalogue, func(group auth.Group) bool { return group.Module == in.Key })
	if at < 0 {
		return ModuleSwitches{}, fault.NotFound("modules.unknown").Say("There is no such module.")
	}
	group := catalogue[at]
	if err := maySwitch(catalogue, row.Shop, group, in.Body.On); err != nil {
		return ModuleSwitches{}, err
	}
	row.Shop = switched(row.Shop, group, in.Body.On)
	rows, err := tx.Exec(ctx, switchModules, db.Args{"on": row.ModulesOn, "off": row.ModulesOff, "version": in.Body.Version, "now": tx.Now()})
	if err != nil {
		return ModuleSwitches{}, err
	}
	if rows == 0 {
		return ModuleSwitches{}, changedMeanwhile()
	}
	auth.Changed(ctx, tx)
	web.ShopChanged(ctx, tx)
	row.Version = in.Body.Version + 1
	if !in.Body.On {
		err = tx.Batch().Emit(ModuleClosing{Key: in.Key})
	}
	return row.switches(catalogue), err
}

func maySwitch(catalogue []auth.Group, shop auth.Shop, group auth.Group, on bool) error {
	if group.Always && !on {
		return fault.Conflict("modules.always_on").Messagef("%s is what the rest of the program stands on. It stays on.", group.Title)
	}
	if on {
		if needs := lacking(catalogue, shop, group); len(needs) > 0 {
			return fault.Conflict("modules.needs").Messagef("%s needs %s. Switch that on first.", group.Title, titles(catalogue, needs))
		}
		return nil
	}
	if by := neededBy(catalogue, shop, group.Module); len(by) > 0 {
		return fault.Conflict("modules.needed").
			Messagef("%s cannot be switched off: %s cannot do without it. Switch that off first.", group.Title, titles(catalogue, by))
	}
	return nil
}

func titles(catalogue []auth.Group, keys []string) string {
	var all []string
	for _, group := range catalogue {
		if slices.Contains(keys, group.Module) {
			all = append(all, group.Title)
		}
	}
	return strings.Join(all, ", ")
}

func switched(shop auth.Shop, group auth.Group, on bool) auth.Shop {
	without := func(keys []string) []string {
		return slices.DeleteFunc(append([]string{}, keys...), func(key string) bool { return key == group.Module })
	}
	shop.ModulesOn, shop.ModulesOff = without(shop.ModulesOn), without(shop.ModulesOff)
	switch standard := group.Standard(shop.BusinessType); {
	case on && !standard:
		shop.ModulesOn = append(shop.ModulesOn, group.Module)
	case !on && standard:
		shop.ModulesOff = append(shop.ModulesOff, group.Module)
	}
	return shop
}

// ChooseWords sets whose words the shop uses for its goods, guests and bills.
//
// Fails with tenants.changed_meanwhile.
func ChooseWords(ctx context.Context, tx *db.Tx, in WordsChange) (ModuleSwitches, error) {
	rows, err := tx.Exec(ctx, chooseWords, db.Args{"words": in.Words, "version": in.Version, "now": tx.Now()})
	if err != nil {
		return ModuleSwitches{}, err
	}
	if rows == 0 {
		return ModuleSwitches{}, changedMeanwhile()
	}
	web.ShopChanged(ctx, tx)
	return ListModules(ctx, tx, web.None{})
}
