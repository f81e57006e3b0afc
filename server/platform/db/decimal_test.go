package db_test

import (
	"testing"

	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"souk/server/platform/db"
	"souk/server/platform/dbtest"
)

// A decimal that went to the database and back is the same, digit for digit, and
// the database's own text of it says so too.
func TestDecimalsOnTheWire(t *testing.T) {
	ctx, tx, _ := dbtest.Tx(t)
	const there db.SQL = `select @tenant::uuid::text as tenant, @number::numeric::text as text, @number::numeric as number, (@list::numeric[])[2] as second, null::numeric as missing`
	type answer struct {
		Tenant, Text   string
		Number, Second decimal.Decimal
		Missing        *decimal.Decimal
	}
	check := func(t require.TestingT, d decimal.Decimal) {
		got, err := db.One[answer](ctx, tx, there, db.Args{"number": d, "list": []decimal.Decimal{decimal.One, d}})
		require.NoError(t, err)
		require.Equal(t, d.String(), got.Text)
		require.Equal(t, d, got.Number)
		require.Equal(t, d, got.Second)
		require.Nil(t, got.Missing)
	}
	for _, text := range []string{
		"0", "0.00", "1", "-1", "10000", "9999", "0.0001", "0.00001", "-0.05", "12345678.9", "1e18", "9223372036854775807", "9223372036854775808",
		"9999999999999999999", "-9999999999999999999", "0.9999999999999999999", "1234567890.123456789", "1000000000000000000", "100000000.0000", "0.0000000000000000001",
	} {
		check(t, decimal.MustParse(text))
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, decimal.MustNew(rapid.Int64().Draw(t, "coef"), rapid.IntRange(0, decimal.MaxScale).Draw(t, "scale")))
	})
}

// What the database can hold and a decimal cannot is rounded or refused, never wrong.
func TestNumbersTooWideForADecimal(t *testing.T) {
	ctx, tx, _ := dbtest.Tx(t)
	const read db.SQL = `select @text::numeric as number from company where tenant_id = @tenant union all select @text::numeric limit 1`
	for text, want := range map[string]string{
		"1234567890123456789.55":     "1234567890123456790",
		"-0.12345678901234567890123": "-0.1234567890123456789",
		"1.000000000000000000000000": "1.000000000000000000",
		"100.0":                      "100.0",
	} {
		got, err := db.One[decimal.Decimal](ctx, tx, read, db.Args{"text": text})
		require.NoError(t, err, text)
		require.Equal(t, want, got.String())
	}
	for _, text := range []string{"NaN", "Infinity", "-Infinity", "123456789012345678901234567890"} {
		_, err := db.One[decimal.Decimal](ctx, tx, read, db.Args{"text": text})
		require.Error(t, err, text)
	}
}
