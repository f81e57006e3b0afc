package db

import (
	"slices"

	"github.com/google/uuid"
)

// Stores is the part of a tenant that a caller is limited to. The zero value says
// nothing and opens nothing: whoever makes an Identity says AllStores or
// OnlyStores.
type Stores struct {
	said bool
	only []uuid.UUID // nil is no limit
}

// AllStores is no limit.
func AllStores() Stores { return Stores{said: true} }

// OnlyStores limits to these stores; to none if none is named.
func OnlyStores(ids ...uuid.UUID) Stores {
	return Stores{said: true, only: append(make([]uuid.UUID, 0, len(ids)), ids...)}
}

// Limited reports whether there are stores outside the limit, or may be.
func (s Stores) Limited() bool { return !s.said || s.only != nil }

// None reports whether nothing is left.
func (s Stores) None() bool { return !s.said || s.only != nil && len(s.only) == 0 }

// Has reports whether a store is within the limit.
func (s Stores) Has(store uuid.UUID) bool {
	return s.said && (s.only == nil || slices.Contains(s.only, store))
}

// List names the stores, nil without a limit: as @stores and a column of uuid[]
// have it.
func (s Stores) List() []uuid.UUID { return slices.Clone(s.only) }

// Within is what both limits leave.
func (s Stores) Within(other Stores) Stores {
	switch {
	case !s.said || !other.said:
		return Stores{}
	case other.only == nil:
		return s
	case s.only == nil:
		return other
	}
	return OnlyStores(slices.DeleteFunc(s.List(), func(id uuid.UUID) bool { return !other.Has(id) })...)
}
