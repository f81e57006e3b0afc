package app

import (
	"context"
	"fmt"
	"maps"
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
}

// read panics on what is a mistake in the program: a permission or a fault that
// is declared twice, a route or a topic that needs one nobody declared.
func read(modules []module.Module) *registry {
	r := &registry{
		modules: modules, grants: auth.Grants{}, faults: map[string]string{}, sentences: map[string]string{},
		reacts: map[reflect.Type][]module.Reaction{}, byKey: map[string]module.Module{},
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
		group := auth.Group{Module: m.Key, Title: m.Title, For: m.For}
		for _, grant := range m.Permissions {
			if !grant.Fixed {
				group.Rights = append(group.Rights, auth.Right{Permission: grant.Permission, Allows: grant.Allows})
			}
		}
		if len(group.Rights) > 0 {
			all = append(all, group)
		}
	}
	return all
}

func (r *registry) checkNeeds(declared map[wire.Permission]bool) {
	for _, m := range r.modules {
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
	m, known := r.byKey[key]
	return !known || m.OnFor(tenant.Business, tenant.SwitchedOn)
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
		all = append(all, m.Topics...)
	}
	return all
}
