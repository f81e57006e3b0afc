package till

import "souk/shared/wire"

// SetStep has hook called between any two steps. For the kill tests.
func SetStep(hook func(name string)) { stepHook = hook }

// BenchIndex builds an index as Open does, and answers its search.
func BenchIndex(items []wire.TillItem) func(query string, limit int) int {
	x := buildIndex(items)
	return func(query string, limit int) int { return len(x.search(query, limit)) }
}
