package app

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"

	"souk/server/platform/auth"
	"souk/server/platform/db"
	"souk/server/platform/jobs"
	"souk/server/platform/live"
	"souk/server/platform/module"
	"souk/server/platform/web"
	"souk/shared/wire"
)

// registry is what the list of modules comes to once it is read.
type registry struct {
	modules   []module.Module
	grants    auth.Grants
	faults    map[string]string
	sentences map[string]string
	reacts    map[reflect.Type][]module.Reaction
	byKey     map[string]module.Module
	groups    map[string]auth.Group
}

// read panics on what is a mistake in the program: a permission or a fault that
// is declared twice, a route or a topic that needs one nobody declared.
func read(modules []module.Module) *registry {
	r := &registry{
		modules: modules, grants: auth.Grants{}, faults: map[string]string{}, sentences: map[string]string{},
		reacts: map[reflect.Type][]module.Reaction{}, byKey: map[string]module.Module{}, groups: map[string]auth.Group{},
	}
	declared := map[wire.Permission]bool{web.Anyone: true, web.SignedIn: true}
	for _, m := range modules {
		if _, twice := r.byKey[m.Key]; twice {
			panic("two modules are called " + m.Key)
		}
		r.byKey[m.Key] = m
		for _, grant := range m.Permissions {
			if declared[grant.Permission] {
				panic(fmt.Sprintf("permission %s is declared twice", grant.Permission))
			}
			if !m.Always && auth.ModuleOf(grant.Permission) != m.Key {
				panic(fmt.Sprintf("permission %s of %s has to begin with %s and a point: whoever may not use the module has none of its permissions", grant.Permission, m.Key, m.Key))
			}
			declared[grant.Permission] = true
			r.grant(grant)
		}
		for constraint, code := range m.Faults {
			if before := r.faults[constraint]; before != "" && before != code {
				panic(fmt.Sprintf("constraint %s stands for %s and %s", constraint, before, code))
			}
			r.faults[constraint] = code
		}
		maps.Copy(r.sentences, m.Sentences)
		for _, reaction := range m.Reacts {
			r.reacts[reaction.Event] = append(r.reacts[reaction.Event], reaction)
		}
	}
	r.checkNeeds(declared)
	for _, group := range r.catalogue() {
		r.groups[group.Module] = group
	}
	return r
}

func (r *registry) grant(grant module.Grant) {
	roles := grant.Roles
	if grant.Whole {
		roles = append(slices.Clone(roles), auth.WholeCompany)
	}
	for _, role := range roles {
		if r.grants[role] == nil {
			r.grants[role] = map[wire.Permission]bool{}
		}
		r.grants[role][grant.Permission] = true
	}
}

// catalogue is what a shop can give and take, by module.
func (r *registry) catalogue() []auth.Group {
	var all []auth.Group
	for _, m := range r.modules {
		group := auth.Group{Module: m.Key, Title: m.Title, For: m.For, Always: m.Always, Needs: m.Needs}
		for _, grant := range m.Permissions {
			if !grant.Fixed {
				group.Rights = append(group.Rights, auth.Right{Permission: grant.Permission, Allows: grant.Allows})
			}
		}
		all = append(all, group)
	}
	return all
}

func (r *registry) checkNeeds(declared map[wire.Permission]bool) {
	for _, m := range r.modules {
		for _, key := range m.Needs {
			if _, there := r.byKey[key]; !there || key == m.Key {
				panic(fmt.Sprintf("module %s needs module %q, which is not there", m.Key, key))
			}
		}
		for _, route := range m.Routes {
			if !declared[route.Needs] {
				panic(fmt.Sprintf("route %s of %s needs permission %q, which no module declares", route.Name(), m.Key, route.Needs))
			}
		}
		for _, topic := range m.Topics {
			if !declared[topic.Needs] {
				panic(fmt.Sprintf("topic %s of %s needs permission %q, which no module declares", topic.Name, m.Key, topic.Needs))
			}
		}
	}
}

// react carries an event to the modules that asked for it, in the modules' order.
func (r *registry) react(ctx context.Context, tx *db.Tx, event any) error {
	for _, reaction := range r.reacts[reflect.TypeOf(event)] {
		if err := reaction.Run(ctx, tx, event); err != nil {
			return err
		}
	}
	return nil
}

func (r *registry) on(key string, tenant web.Tenant) bool {
	group, known := r.groups[key]
	return !known || group.OnFor(auth.Shop{BusinessType: tenant.Business, ModulesOn: tenant.SwitchedOn, ModulesOff: tenant.SwitchedOff})
}

func (r *registry) routes() []web.Route {
	var all []web.Route
	for _, m := range r.modules {
		for _, route := range m.Routes {
			route.Module = m.Key
			all = append(all, route)
		}
	}
	return all
}

// shows are the permissions that let somebody see something.
func (r *registry) shows() auth.Rights {
	shows := auth.Rights{}
	for _, m := range r.modules {
		shows[auth.Use(m.Key)] = true
		for _, route := range m.Routes {
			if route.Method == http.MethodGet {
				shows[route.Needs] = true
			}
		}
		for _, topic := range m.Topics {
			shows[topic.Needs] = true
		}
	}
	return shows
}

func (r *registry) jobs() []jobs.Kind {
	var all []jobs.Kind
	for _, m := range r.modules {
		all = append(all, m.Jobs...)
	}
	return all
}

func (r *registry) topics() []live.Topic {
	var all []live.Topic
	for _, m := range r.modules {
		for _, topic := range m.Topics {
			topic.Module = m.Key
			all = append(all, topic)
		}
	}
	return all
}
