// Package search finds things by the beginnings of their words. It keeps a table
// of words because trigram and full-text indexes cannot be used under row-level
// security; it does not rank and does not forgive typing mistakes. Modules join
// the table in their own list statements, by what Query gives.
package search

import (
	"slices"

	"github.com/google/uuid"

	"souk/server/platform/db"
)

const (
	dropWords db.SQL = `
		delete from search_words
		where  tenant_id = @tenant and kind = @kind and entity_id = @id and word <> all(@words::text[])`

	addWords db.SQL = `
		insert into search_words (tenant_id, kind, word, entity_id)
		select @tenant, @kind, word, @id
		from   unnest(@words::text[]) word
		on     conflict do nothing`

	addManyWords db.SQL = `
		insert into search_words (tenant_id, kind, word, entity_id)
		select @tenant, @kind, word, id
		from   unnest(@words::text[], @ids::uuid[]) as w (word, id)
		on     conflict do nothing`
)

// Index makes these texts the ones by which an entity is found.
func Index(b *db.Batch, kind string, id uuid.UUID, texts ...string) {
	words := Words(texts...)
	if words == nil {
		words = []string{}
	}
	b.Exec(dropWords, db.Args{"kind": kind, "id": id, "words": words})
	b.Exec(addWords, db.Args{"kind": kind, "id": id, "words": words})
}

// Entry is an entity and the texts by which it is found.
type Entry struct {
	ID    uuid.UUID
	Texts []string
}

// IndexMany is Index for entities that have no words yet, in one statement.
func IndexMany(b *db.Batch, kind string, entries []Entry) {
	words, ids := []string{}, []uuid.UUID{}
	for _, entry := range entries {
		for _, word := range Words(entry.Texts...) {
			words, ids = append(words, word), append(ids, entry.ID)
		}
	}
	b.Exec(addManyWords, db.Args{"kind": kind, "words": words, "ids": ids})
}

// Prefixes are the bounds between which words begin as was asked, one pair for
// each word of the question: word >= from[i] and word < to[i]. The table's words
// have collation "C", so that these bounds are found in its index.
type Prefixes struct {
	From []string
	To   []string
}

// Empty is true if nothing was asked that could be found by words.
func (p Prefixes) Empty() bool { return len(p.From) == 0 }

// mostWords bounds the work of one question.
const mostWords = 8

// Query turns what a person typed into the beginnings of words.
func Query(q string) Prefixes {
	words := split(q)
	for i := range words {
		words[i] = short(words[i])
	}
	slices.Sort(words)
	words = slices.Compact(words)
	if len(words) > mostWords {
		words = words[:mostWords]
	}
	p := Prefixes{From: []string{}, To: []string{}}
	for _, word := range words {
		p.From = append(p.From, word)
		p.To = append(p.To, word+"\U0010ffff") // the last code point, which no text contains
	}
	return p
}
