package limits

import (
	"strconv"

	"souk/shared/fault"
	"souk/shared/wire"
)

// Refuse says that something takes another's approval: it names the action, the
// limit and what is asked, and carries exactly what there is to approve.
func Refuse(asked wire.Asked) error {
	limit := ""
	if asked.Limit != nil {
		limit = strconv.FormatInt(*asked.Limit, 10)
	}
	return fault.Forbidden("approvals.needed",
		fault.At("action", string(asked.Action), ""), fault.At("limit", limit, ""), fault.At("asked", strconv.FormatInt(asked.Amount, 10), "")).
		About(asked).Say("This takes someone else's approval. Ask a manager.")
}
