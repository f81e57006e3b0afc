package promotion

import (
	"time"

	"github.com/govalues/decimal"
)

// The codes of what is wrong with terms.
const (
	KindUnknown     = "promotions.kind_unknown"
	PercentRange    = "promotions.percent_range"    // above 0, up to 100, at most two decimals
	AmountRange     = "promotions.amount_range"     // above zero
	CountRange      = "promotions.count_range"      // one or more
	BundleParts     = "promotions.bundle_parts"     // two or more units in all
	SpendOff        = "promotions.spend_off"        // a percentage or an amount, not both
	DatesReversed   = "promotions.dates_reversed"   // ends before it begins
	DateUnreadable  = "promotions.date_unreadable"  // not YYYY-MM-DD
	HourUnreadable  = "promotions.hour_unreadable"  // not HH:MM
	HoursIncomplete = "promotions.hours_incomplete" // one of the two, or both the same
	DayUnknown      = "promotions.day_unknown"      // not 0 to 6
)

// Wrong is one thing that is wrong with terms, and where.
type Wrong struct {
	Path string
	Code string
}

var (
	hundred = decimal.MustNew(100, 0)
	// percentScale is how finely a percentage may be said.
	percentScale = 2
)

// Check says what is wrong with terms; terms that are read from elsewhere must
// pass it before they are applied.
func (r Terms) Check() []Wrong {
	var wrong []Wrong
	say := func(bad bool, path, code string) {
		if bad {
			wrong = append(wrong, Wrong{path, code})
		}
	}
	badPercent := !r.Percent.IsPos() || hundred.Less(r.Percent) || r.Percent.MinScale() > percentScale
	switch r.Kind {
	case Percent:
		say(badPercent, "percent", PercentRange)
	case Amount:
		say(r.Amount <= 0, "amount_minor", AmountRange)
	case Price:
		say(r.Amount < 0, "amount_minor", AmountRange)
	case BuyGet:
		say(badPercent, "percent", PercentRange)
		say(r.Buy < 1, "buy", CountRange)
		say(r.Get < 1, "get", CountRange)
	case MultiBuy:
		say(r.Count < 2, "count", CountRange)
		say(r.Amount < 0, "amount_minor", AmountRange)
	case Bundle:
		units := 0
		for _, part := range r.Parts {
			say(part.Count < 1, "parts", CountRange)
			units += part.Count
		}
		say(units < 2, "parts", BundleParts)
		say(r.Amount < 0, "amount_minor", AmountRange)
	case Spend:
		byPercent, byAmount := !r.Percent.IsZero(), r.Amount != 0
		say(byPercent == byAmount, "percent", SpendOff)
		say(byPercent && badPercent, "percent", PercentRange)
		say(r.Amount < 0, "amount_minor", AmountRange)
		say(r.MinSpend < 0, "min_spend_minor", AmountRange)
	default:
		say(true, "kind", KindUnknown)
	}
	r.checkCounts(say)
	r.checkTimes(say)
	return wrong
}

func (r Terms) checkCounts(say func(bool, string, string)) {
	say(r.MaxUses < 0, "max_uses", CountRange)
	say(r.MinQuantity < 0, "min_quantity", CountRange)
}

func (r Terms) checkTimes(say func(bool, string, string)) {
	from, badFrom := readable(time.DateOnly, r.From)
	until, badUntil := readable(time.DateOnly, r.Until)
	say(badFrom, "from", DateUnreadable)
	say(badUntil, "until", DateUnreadable)
	say(!badFrom && !badUntil && r.From != "" && r.Until != "" && until.Before(from), "until", DatesReversed)
	_, badFrom = readable("15:04", r.FromHour)
	_, badUntil = readable("15:04", r.UntilHour)
	say(badFrom, "from_hour", HourUnreadable)
	say(badUntil, "until_hour", HourUnreadable)
	say((r.FromHour == "") != (r.UntilHour == "") || r.FromHour != "" && r.FromHour == r.UntilHour, "until_hour", HoursIncomplete)
	for _, day := range r.Days {
		say(day < 0 || day > 6, "days", DayUnknown)
	}
}

func readable(layout, text string) (time.Time, bool) {
	if text == "" {
		return time.Time{}, false
	}
	at, err := time.Parse(layout, text)
	return at, err != nil || len(text) != len(layout)
}
