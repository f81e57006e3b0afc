// Package attack holds the attack suite: two shops on one database, one of which
// (B) tries everything it can against the other (A). The cases are made from what
// the program says of itself: its routes, its tables as the catalogue has them,
// its topics, its kinds of job, its statements. It is tests only and nothing of it
// is in the program.
//
// Where to look: main_test.go counts and names the groups, oracle_test.go says
// what counts as a leak, ring_test.go and fixture_test.go make the two shops,
// request_test.go fills a route's request from its own description, and aNN_*.go
// are the groups. The tests beside them let two whole shops do what shops do.
//
// What to add with something new: a tenant table needs rows of both shops in
// fixture_test.go (trade), a table of stores in a01_stores_test.go (tradeAt), a
// kind of job or export a line in a15_jobs_test.go. Routes and topics are found by
// themselves; a field that names a row by an unusual name goes into tablesOf.
package attack
