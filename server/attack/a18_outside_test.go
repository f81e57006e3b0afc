package attack_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// outside are the places from which a call may leave the server, and who says where
// it goes. None goes where somebody of a shop says: there are no webhooks, and what
// is read of pictures, workbooks and papers fetches nothing. Whoever adds one that
// does has to check the address when it is dialled (net.Dialer.Control), attack it
// here with private, loopback, link-local and mapped addresses, redirects and names
// that change, and only then put it onto this list.
var outsideCalls = map[string]string{
	"server/app/safety.go":           "asks for a newer version at the address that the server's keeper has set",
	"server/app/selftest.go":         "asks this very server whether it answers",
	"server/doctor/machine.go":       "asks this very server whether it lives",
	"server/platform/certs/certs.go": "gets certificates of the authority that the server's keeper has chosen",
	"server/platform/mail/mail.go":   "hands letters to the mail server that the server's keeper has set",
	"server/selftest/client.go":      "attacks this very server, on this machine",
	"server/selftest/sockets.go":     "attacks this very server, on this machine",
	"server/system/update.go":        "asks for a newer version at the address that the server's keeper has set",
}

// calling are what leaves the server, by package.
var calling = map[string][]string{
	"http": {"Get", "Post", "PostForm", "Head", "Client", "DefaultClient", "Transport", "NewRequest", "NewRequestWithContext"},
	"net":  {"Dial", "DialTimeout", "Dialer", "DialTCP", "DialUDP", "LookupHost", "LookupIP", "LookupAddr", "DefaultResolver"},
	"tls":  {"Dial", "DialWithDialer", "Dialer"}, "websocket": {"Dialer", "DefaultDialer"}, "smtp": {"Dial", "SendMail"}, "gomail": {"NewClient"},
	"autocert": {"Manager"}, "acme": {"Client"},
}

// TestNoCallLeavesTheServerUnknown reads the program for calls to other machines.
func TestNoCallLeavesTheServerUnknown(t *testing.T) {
	const root = "../.."
	found := map[string]bool{}
	err := filepath.WalkDir(filepath.Join(root, "server"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		of := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		if entry.IsDir() && (slices.Contains([]string{"server/bench", "server/attack/holes", "server/platform/dbtest", "server/platform/mail/mailtest"}, of)) {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if pick, is := n.(*ast.SelectorExpr); is {
				if of2, is := pick.X.(*ast.Ident); is && slices.Contains(calling[of2.Name], pick.Sel.Name) {
					found[of] = true
				}
			}
			return true
		})
		return nil
	})
	require.NoError(t, err)
	cases := count(t, "A18", len(found))
	for file := range found {
		if outsideCalls[file] == "" {
			t.Errorf("%s calls another machine: say in outsideCalls of server/attack/a18_outside_test.go who chooses which, and attack it if that may be somebody of a shop", file)
		}
		cases.one()
	}
	for file := range outsideCalls {
		require.True(t, found[file], "%s calls nobody any more: take it off outsideCalls", file)
	}
}
