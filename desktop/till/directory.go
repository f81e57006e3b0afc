package till

import (
	"cmp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"souk/shared/wire"
)

// directory is the customers in memory. They are few beside the items, so a search
// looks at each.
type directory struct {
	cards []card
	ids   map[uuid.UUID]int
}

// card is a customer and what they are found by: " word word " and the digits of
// the phone. One who is gone leaves an empty card behind.
type card struct {
	customer wire.TillCustomer
	text     string
	phone    string
	code     string
}

func newDirectory(customers []wire.TillCustomer) *directory {
	d := &directory{cards: make([]card, 0, len(customers)), ids: make(map[uuid.UUID]int, len(customers))}
	for _, customer := range customers {
		d.put(customer)
	}
	return d
}

// put adds a customer, replaces the one with this id, or forgets one who is not
// active.
func (d *directory) put(customer wire.TillCustomer) {
	at, known := d.ids[customer.ID]
	switch {
	case !customer.Active && known:
		d.cards[at] = card{}
		delete(d.ids, customer.ID)
	case !customer.Active:
	case known:
		d.cards[at] = cardOf(customer)
	default:
		d.ids[customer.ID] = len(d.cards)
		d.cards = append(d.cards, cardOf(customer))
	}
}

func (d *directory) byID(id uuid.UUID) (wire.TillCustomer, bool) {
	at, ok := d.ids[id]
	if !ok {
		return wire.TillCustomer{}, false
	}
	return d.cards[at].customer, true
}

func cardOf(c wire.TillCustomer) card {
	text := " " + strings.Join(slices.Concat(words(c.Name), words(c.Code), words(c.Email), words(c.TaxNumber)), " ") + " "
	return card{customer: c, text: text, phone: digitsOf(c.Phone), code: fold(c.Code)}
}

// question is what somebody typed to find a customer.
type question struct {
	words []string
	code  string
	phone string // the digits, if nothing but a phone number was typed
}

func questionOf(text string) question {
	text = strings.TrimSpace(text)
	q := question{words: words(text), code: fold(text)}
	const enough = 3
	if number := digitsOf(text); len(number) >= enough && strings.Trim(text, "0123456789 +-/.()") == "" {
		// At home people leave out the country and say a nought instead.
		q.phone = strings.TrimLeft(number, "0")
	}
	return q
}

// How well a card fits, best last.
const (
	noFit = iota
	fitsAnyone
	fitsWords
	fitsBeginning // the first word begins the name
	fitsInPhone
	fitsPhoneEnd
	fitsCode
)

func (c *card) fit(q question) int {
	switch {
	case c.customer.ID == uuid.Nil:
		return noFit
	case q.code == "":
		return fitsAnyone
	case c.code == q.code:
		return fitsCode
	case q.phone != "" && strings.HasSuffix(c.phone, q.phone):
		return fitsPhoneEnd
	case q.phone != "" && strings.Contains(c.phone, q.phone):
		return fitsInPhone
	}
	for _, word := range q.words {
		if !strings.Contains(c.text, " "+word) {
			return noFit
		}
	}
	switch {
	case len(q.words) == 0:
		return noFit
	case strings.HasPrefix(c.text, " "+q.words[0]):
		return fitsBeginning
	}
	return fitsWords
}

// search finds customers by the beginnings of the words of name, code, e-mail and
// tax number, and by a stretch of the phone number: best first, then by name.
// Asked for nothing, it gives the first by name.
func (d *directory) search(text string, limit int) []wire.TillCustomer {
	type found struct {
		at, fit int
	}
	q := questionOf(text)
	var best []found
	worse := func(a, b found) int {
		return cmp.Or(b.fit-a.fit, strings.Compare(d.cards[a.at].text, d.cards[b.at].text), a.at-b.at)
	}
	for at := range d.cards {
		f := found{at, d.cards[at].fit(q)}
		if f.fit == noFit || (len(best) == limit && worse(f, best[limit-1]) > 0) {
			continue
		}
		place, _ := slices.BinarySearchFunc(best, f, worse)
		best = slices.Insert(best, place, f)
		best = best[:min(len(best), limit)]
	}
	customers := make([]wire.TillCustomer, len(best))
	for i, f := range best {
		customers[i] = d.cards[f.at].customer
	}
	return customers
}

func digitsOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}
