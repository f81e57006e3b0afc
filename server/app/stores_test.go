package app

import (
	"regexp"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/platform/db/constants"
	"souk/server/platform/dbtest"
)

// A table is store-bound if a foreign key leads from it to a store, directly or
// over others, or if it keeps the stores under which its rows were made.
const storeBoundTables = `
	with recursive bound as (
		select 'stores'::regclass::oid as oid
		union
		select a.attrelid from pg_attribute a join pg_class c on c.oid = a.attrelid
		where  a.attname = 'stores' and a.atttypid = 'uuid[]'::regtype and c.relnamespace = 'public'::regnamespace and not a.attisdropped
		union
		select k.conrelid from pg_constraint k join bound b on b.oid = k.confrelid where k.contype = 'f')
	select c.relname from bound b join pg_class c on c.oid = b.oid where c.relkind in ('r', 'p') order by 1`

var asksStores = regexp.MustCompile(`@stores\b`)

// TestEveryStatementKeepsToTheCallersStores holds every statement over a table
// whose rows belong to stores to naming @stores, which the transaction binds to
// the stores that its caller is limited to.
func TestEveryStatementKeepsToTheCallersStores(t *testing.T) {
	dbtest.Open(t)
	rows, err := dbtest.Superuser(t, "").Query(t.Context(), storeBoundTables)
	require.NoError(t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Subset(t, tables, []string{"registers", "devices", "shifts", "z_reports", "sales", "sale_lines", "tenders", "stock_moves", "cash_movements", "jobs", "files"})

	reasons, limited := map[string]bool{}, 0
	for _, s := range constants.Statements(loaded(t)) {
		text := comment.ReplaceAllString(string(s.SQL), "")
		table := ""
		for _, m := range used.FindAllStringSubmatch(text, -1) {
			if slices.Contains(tables, m[2]) {
				table = m[2]
			}
		}
		_, excused := overAllStores[s.Name]
		reasons[s.Name] = true
		switch says := asksStores.MatchString(text); {
		case table == "":
			require.False(t, excused, "%s touches no table of stores: take it off the list overAllStores", s.Name)
		case says:
			limited++
			require.False(t, excused, "%s says @stores: take it off the list overAllStores", s.Name)
		case !excused:
			t.Errorf("%s uses %s, whose rows belong to stores, without @stores. Say (@stores::uuid[] is null or x.store_id = any(@stores)) "+
				"for the row that leads to the store, or, where that was looked at before in the same transaction, "+
				"put the statement onto the list overAllStores with the reason", s.Name, table)
		}
	}
	for name, reason := range overAllStores {
		require.True(t, reasons[name], "there is no statement %s: take it off the list overAllStores", name)
		require.Greater(t, len(reason), 20, "%s needs a reason that says who looked at the store", name)
	}
	t.Logf("%d statements over %d tables of stores say @stores, %d are excused", limited, len(tables), len(overAllStores))
	require.Greater(t, limited, 60)
}

// overAllStores are the statements that need no @stores, and why.
var overAllStores = map[string]string{
	"souk/server/access.acceptInvitation":      "whoever was invited is no one yet; the stores are the invitation’s own",
	"souk/server/access.addInvitation":         "inReach has compared the invitation’s stores with the caller’s before",
	"souk/server/access.invitedLately":         "an address is invited once to the whole shop; only whether it is gets out",
	"souk/server/access.lookAtInvitation":      "whoever was invited is no one yet; the stores are the invitation’s own",
	"souk/server/access.renewInvitation":       "within has found the invitation within the limit before",
	"souk/server/access.settleInvitation":      "the post notes what became of a letter; nobody is calling",
	"souk/server/access.withdrawInvitation":    "within has found the invitation within the limit before",
	"souk/server/transfers.anyAway":            "the module is switched off for the whole shop, by who is not limited to stores",
	"souk/server/approvals.insertApproval":     "the register or the store was read within the limit before",
	"souk/server/approvals.readSome":           "how far somebody goes is the whole company’s; who asks is told nothing of the stores",
	"souk/server/approvals.recordApproval":     "the till’s own register was read within the limit before",
	"souk/server/audit.listRows":               "the trail tells of the whole shop; nobody who is limited to stores has the right to it",
	"souk/server/audit.readEntry":              "the trail tells of the whole shop; nobody who is limited to stores has the right to it",
	"souk/server/audit.readLastCheck":          "the trail tells of the whole shop; nobody who is limited to stores has the right to it",
	"souk/server/catalog.dropItemStorePrices":  "an item that nothing has used goes as if it had never been, from all stores",
	"souk/server/catalog.putStorePrices":       "storeThere has looked for the store within the limit before",
	"souk/server/demo.firstTill":               "demo shops are made by the program itself, before anybody is limited",
	"souk/server/imports.openedItems":          "locationThere has looked for the place within the limit before",
	"souk/server/inventory.addToBalances":      "adds to places that readPlace or the register of the sale gave",
	"souk/server/inventory.changeBalances":     "changes what was read and held at places that readPlace or the register of the sale gave",
	"souk/server/inventory.insertMoves":        "moves at places that readPlace or the register of the sale gave",
	"souk/server/inventory.openedAlready":      "readPlace has looked for the place within the limit before",
	"souk/server/inventory.readBalances":       "readPlace looks for the place within the limit in the same round trip",
	"souk/server/mails.claimMail":              "the courier sends every letter of the shop and shows none",
	"souk/server/mails.forgetMails":            "what is old loses its file, whoever wrote it, and nothing of it is shown",
	"souk/server/mails.insertMail":             "the sale, and with it the store, was read within the limit before",
	"souk/server/mails.sender":                 "the quota is the tenant’s; only a count comes out",
	"souk/server/mails.settleMail":             "the courier writes down its own work",
	"souk/server/platform/auth.deviceByToken":  "this is where a till’s store is found out",
	"souk/server/platform/auth.sessionByToken": "this is where a person’s stores are found out",
	"souk/server/platform/dbtest.insertGround": "makes the first store of a shop for tests",
	"souk/server/platform/files.completeFile":  "a file that was begun or found within the limit before",
	"souk/server/platform/files.dropExpired":   "what has expired goes, whoever made it, and nothing of it is shown",
	"souk/server/platform/files.dropFile":      "a file that was begun or found within the limit before",
	"souk/server/platform/files.growFile":      "a file that was begun or found within the limit before",
	"souk/server/platform/files.insertPart":    "a file that was begun or found within the limit before",
	"souk/server/platform/files.readParts":     "readFile has looked for the file within the limit before",
	"souk/server/platform/files.readTotal":     "the quota is the tenant’s; only a sum comes out",
	"souk/server/platform/jobs.activeJobs":     "the runner finds out here under which limit a job was started",
	"souk/server/platform/jobs.advanceJob":     "the runner writes down its own work",
	"souk/server/platform/jobs.claimJob":       "the runner holds the job that activeJobs gave, under the job’s own limit",
	"souk/server/sales.insertLines":            "lines of the document that insertSale inserts before",
	"souk/server/sales.insertMovement":         "the shift or the till’s own register was read within the limit before",
	"souk/server/sales.insertPromotedLines":    "lines of the document that insertSale inserts before",
	"souk/server/sales.insertSale":             "register, shift and place were read within the limit in the same transaction",
	"souk/server/sales.insertTenders":          "tenders of the document that insertSale inserts before",
	"souk/server/sales.insertZ":                "holdShift has held the shift within the limit before",
	"souk/server/sales.readBooked":             "a till’s document that came before is told from another one under its id; nothing of it is shown",
	"souk/server/sales.readMovement":           "a till’s movement that came before is told from another one under its id; nothing of it is shown",
	"souk/server/sales.readNamedTenders":       "readDetail or readLetterhead looks for the sale within the limit in the same round trip",
	"souk/server/sales.readRemaining":          "the sale itself is read within the limit in the same round trip; a till’s upload is compared only",
	"souk/server/sales.readSaleNo":             "a till’s finished refund names its sale, which may be of another store; nothing of it is shown",
	"souk/server/sales.readSaleItems":          "readOriginal looks for the sale within the limit in the same transaction",
	"souk/server/sales.readSeries":             "asks whether a till’s own series is its register’s",
	"souk/server/sales.readTaken":              "a number that is taken is told from a free one; nothing of the document is shown",
	"souk/server/sales.readTenders":            "the sale itself is read within the limit in the same round trip",
	"souk/server/sales.zMovements":             "holdShift or lookAtShift has read the shift within the limit before",
	"souk/server/setup.progress":               "the permission is the whole company’s, which nobody who is limited has",
	"souk/server/sync.holdHead":                "the calling till’s own journal",
	"souk/server/sync.keepException":           "the calling till’s own journal",
	"souk/server/sync.moveHead":                "the calling till’s own journal",
	"souk/server/sync.noteDevice":              "the calling till’s own row",
	"souk/server/sync.readHead":                "the calling till’s own journal",
	"souk/server/tenants.addLocation":          "a place of the store that addStore adds before",
	"souk/server/tenants.addStore":             "the permission is the whole company’s, which nobody who is limited has",
	"souk/server/tills.addCode":                "findTill has looked for the register within the limit before",
	"souk/server/tills.addDevice":              "whoever has the pairing code may; a device has no store before",
	"souk/server/tills.addHead":                "the device that addDevice adds before",
	"souk/server/tills.addShift":               "the register was read within the limit before",
	"souk/server/tills.dropCodes":              "findTill has looked for the register within the limit before",
	"souk/server/tills.nextEpoch":              "whoever has the pairing code may; a device has no store before",
	"souk/server/tills.readShift":              "a till’s shift that came before is told from another one under its id; nothing of it is shown",
	"souk/server/tills.revokeOthers":           "whoever has the pairing code may; a device has no store before",
	"souk/server/tills.useCode":                "whoever has the pairing code may; a device has no store before",
	"souk/server/transfers.cancelTransfer":     "holdTransfer has held the transfer within the limit before",
	"souk/server/transfers.changeTransfer":     "holdTransfer has held the transfer within the limit before",
	"souk/server/transfers.dropLines":          "holdTransfer has held the transfer within the limit before",
	"souk/server/transfers.insertLines":        "lines of the transfer that was inserted or held within the limit before",
	"souk/server/transfers.insertTransfer":     "readPlaces has looked for both places within the limit before",
	"souk/server/transfers.markReceived":       "holdTransfer has held the transfer within the limit before",
	"souk/server/transfers.markSent":           "holdTransfer has held the transfer within the limit before",
	"souk/server/transfers.settleLines":        "holdTransfer has held the transfer within the limit before",
	"souk/server/transfers.valueLines":         "holdTransfer has held the transfer within the limit before",
	"souk/server/users.openSessions":           "find has looked for the person within the limit, or it is the caller",
	"souk/server/users.personByAccount":        "this is where the stores of someone who signs in are found out",
	"souk/server/users.personByID":             "this is where the stores of someone who signs in are found out",
	"souk/server/users.unplacePerson":          "inStores has compared all of the person’s stores with the caller’s before",
}
