package wire

import (
	"time"

	"github.com/google/uuid"
	"github.com/govalues/decimal"

	"souk/shared/money"
)

// ItemStock is what an item costs where it is asked, and where it stands, at one
// moment.
type ItemStock struct {
	ItemID     uuid.UUID    `json:"item_id" db:"item_id"`
	Price      money.Amount `json:"price_minor" db:"price"`
	TrackStock bool         `json:"track_stock" db:"track_stock"`
	At         time.Time    `json:"at" db:"-"`
	Places     []PlaceStock `json:"places" nullable:"false" db:"-"`
}

// PlaceStock is what stands of an item at one place, and what is on its way there.
type PlaceStock struct {
	StoreID    uuid.UUID       `json:"store_id" db:"store_id"`
	Store      string          `json:"store" db:"store"`
	LocationID uuid.UUID       `json:"location_id" db:"location_id"`
	Location   string          `json:"location" db:"location"`
	Sells      bool            `json:"sells" db:"sells" doc:"The store sells from here"`
	Here       bool            `json:"here" db:"here" doc:"In the store of the register that asks"`
	OnHand     decimal.Decimal `json:"on_hand" db:"on_hand"`
	Coming     decimal.Decimal `json:"coming" db:"coming" doc:"Sent to here and not received yet"`
	Value      *money.Amount   `json:"value_minor,omitempty" db:"value"`
}
