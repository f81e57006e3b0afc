package ledger

// HasOwnChart tells whether a new shop of that country starts with accounts
// numbered in the country's manner rather than with the general ones.
func HasOwnChart(country string) bool {
	_, own := charts[country]
	return own
}

// ChartSize is how many accounts a new shop of that country starts with.
func ChartSize(country string) int { return len(template(country)) }
