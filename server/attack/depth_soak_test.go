//go:build soak

package attack_test

const everyPayload = true
