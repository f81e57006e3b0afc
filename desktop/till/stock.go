package till

import (
	"context"
	"time"

	"github.com/google/uuid"

	"souk/shared/wire"
)

// stockLimit is how long somebody who asks for a price waits to hear of other stores.
const stockLimit = 4 * time.Second

// StockOf tells where an item stands now and what it costs here. Only the server
// knows of other stores: what this till knows by itself is in its own copy, and is
// not given out as an answer to this. The sale on the cart does not wait for it.
//
// Fails with till.offline where the server does not answer within seconds, with
// till.not_paired, and as the server does.
func (e *Engine) StockOf(item uuid.UUID) (wire.ItemStock, error) {
	var found wire.ItemStock
	s, ok := e.paired()
	if !ok {
		return found, errNotPaired
	}
	if !e.online() {
		return found, errOffline
	}
	ctx, cancel := context.WithTimeout(e.ctx, stockLimit)
	defer cancel()
	err := s.get(ctx, "/api/sync/items/"+item.String()+"/stock", &found)
	return found, err
}
