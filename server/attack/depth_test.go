//go:build !soak

package attack_test

// everyPayload is whether each text of each body meets every payload. The short
// run lets each text meet some and each payload meet many.
const everyPayload = false
