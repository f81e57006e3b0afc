// Package faults holds the tests that take the server and its PostgreSQL away by
// force while registers sell, and then look for every sale. It has no code of its
// own for the program.
package faults
