package auth

import (
	"maps"
	"slices"
	"strings"

	"souk/server/platform/db"
	"souk/shared/wire"
)

// Group is a module as a shop gives and takes it: its permissions, the kinds of
// business that start with it, and the modules that it cannot do without.
type Group struct {
	Module string
	Title  string
	For    []wire.BusinessType // none means every shop
	Always bool                // neither switched off nor closed to a role
	Needs  []string
	Rights []Right
}

// Shop is what decides which modules are on: the kind of business, and what the
// owner has switched on and off.
type Shop struct {
	BusinessType wire.BusinessType
	ModulesOn    []string
	ModulesOff   []string
}

// Standard reports whether a kind of business starts with the module.
func (g Group) Standard(business wire.BusinessType) bool {
	return len(g.For) == 0 || slices.Contains(g.For, business)
}

// OnFor reports whether the module is on for a shop.
func (g Group) OnFor(shop Shop) bool {
	if g.Always {
		return true
	}
	return !slices.Contains(shop.ModulesOff, g.Module) && (g.Standard(shop.BusinessType) || slices.Contains(shop.ModulesOn, g.Module))
}

const use = "use"

// Use is the permission to use a module at all. Whoever has it not has none of the
// module's others either, and the module is not there for him.
func Use(module string) wire.Permission { return wire.Permission(module + "." + use) }

// ModuleOf is the part of a permission before its point: the key of its module,
// for every module that can be closed.
func ModuleOf(permission wire.Permission) string {
	key, _, _ := strings.Cut(string(permission), ".")
	return key
}

// opened is the rights without those in modules that they do not let one into.
func (g Grants) opened(rights Rights) Rights {
	maps.DeleteFunc(rights, func(permission wire.Permission, _ bool) bool {
		needs := Use(ModuleOf(permission))
		return g[wire.Owner][needs] && !rights[needs]
	})
	return rights
}

// closed are modules that are not there, for a shop or for one of its people.
type closed map[string]bool

// without is the rights without those in closed modules.
func (c closed) without(rights Rights) Rights {
	if len(c) == 0 {
		return rights
	}
	left := maps.Clone(rights)
	maps.DeleteFunc(left, func(permission wire.Permission, _ bool) bool { return c[ModuleOf(permission)] })
	return left
}

// closedIn lists the modules that are off for a shop.
func closedIn(catalogue []Group, shop Shop) closed {
	found := closed{}
	for _, group := range catalogue {
		if !group.OnFor(shop) {
			found[group.Module] = true
		}
	}
	return found
}

// and adds the modules that rights do not let one into.
func (c closed) and(g Grants, catalogue []Group, rights Rights) closed {
	for _, group := range catalogue {
		if needs := Use(group.Module); g[wire.Owner][needs] && !rights[needs] {
			c[group.Module] = true
		}
	}
	return c
}

const readShop db.SQL = `select business_type, modules_on, modules_off from company where tenant_id = @tenant`
