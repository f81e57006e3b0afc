// Package e2e holds the tests that run the whole of Souk as its users do: the
// real server on a real PostgreSQL, the real till window steered by keyboard, and
// tills without a window. It needs a display, and SOUK_BIN and SOUK_TILL to name
// the two programs; "make test-window" sees to both.
package e2e
