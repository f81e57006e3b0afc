package money

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Currency is an ISO 4217 currency. Digits is how many decimals its minor unit
// has; CashStep is the smallest amount that exists as coin or note, in minor
// units, and 1 where every amount can be paid in cash.
type Currency struct {
	Code     string `json:"code"`
	Digits   int    `json:"digits"`
	CashStep Amount `json:"cash_step_minor"`
}

// Lookup finds a currency by its ISO 4217 code, in capitals.
func Lookup(code string) (Currency, bool) {
	c, ok := currencies[code]
	return c, ok
}

// Format writes an amount in major units with all its decimals, "1234.50",
// without grouping or symbol.
func (c Currency) Format(a Amount) string {
	digits := strconv.FormatUint(a.magnitude(), 10)
	if missing := c.Digits + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	sign := ""
	if a < 0 {
		sign = "-"
	}
	if c.Digits == 0 {
		return sign + digits
	}
	point := len(digits) - c.Digits
	return sign + digits[:point] + "." + digits[point:]
}

// Parse reads what Format writes. Fewer decimals are accepted ("12" and "12.5"
// are 12.00 and 12.50), more are not: it fails on anything but digits, one
// point and a leading minus, on more decimals than the currency has, and on
// amounts that do not fit.
func (c Currency) Parse(text string) (Amount, error) {
	unsigned, negative := strings.CutPrefix(text, "-")
	whole, fraction, pointed := strings.Cut(unsigned, ".")
	if !allDigits(whole) || (pointed && !allDigits(fraction)) {
		return 0, fmt.Errorf("money: %q is not an amount like %s", text, c.Format(Amount(1234*pow10(c.Digits))))
	}
	if len(fraction) > c.Digits {
		return 0, fmt.Errorf("money: %q has %d decimals, %s has %d", text, len(fraction), c.Code, c.Digits)
	}
	minor, err := strconv.ParseUint(whole+fraction+strings.Repeat("0", c.Digits-len(fraction)), 10, 64)
	if err != nil || minor > math.MaxInt64 {
		return 0, fmt.Errorf("money: %q: %w", text, ErrOverflow)
	}
	if negative {
		return -Amount(minor), nil
	}
	return Amount(minor), nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// RoundCash rounds to the nearest amount that can be paid in cash, half away
// from zero. Amounts too close to the limit to be rounded up are rounded down.
func (c Currency) RoundCash(a Amount) Amount {
	if c.CashStep <= 1 {
		return a
	}
	step := c.CashStep
	down := a - a%step
	if rest := (a % step).Abs(); rest < step-rest {
		return down
	}
	up, err := down.Add(Amount(a.Sign()) * step)
	if err != nil {
		return down
	}
	return up
}
