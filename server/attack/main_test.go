package attack_test

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// groups are what the suite consists of. A group of which no case ran fails it.
var groups = []struct{ key, title string }{
	{"A1", "every route by every caller, with other shops' and dead sessions, and by people of one store"},
	{"A2", "other shops' ids in every parameter, and ids that are none"},
	{"A3", "raw SQL as the application's own role"},
	{"A4", "SQL in every text"},
	{"A5", "every statement with a predicate forgotten, or naming another shop"},
	{"A6", "one connection for everybody, and calls that break off"},
	{"A10", "forged tokens and the cookie"},
	{"A11", "fields that a body has not"},
	{"A12", "what another shop's rows could be told by"},
	{"A13", "files"},
	{"A14", "exports and imports, cells that are formulas"},
	{"A15", "jobs, and statements without a context"},
	{"A16", "what is remembered, of one shop and of another"},
	{"A17", "markup and line breaks in every text that comes to paper or a letter"},
	{"A18", "calls that leave the server"},
	{"A21", "abuse by who may sell"},
	{"A22", "locking others out"},
	{"A23", "the platform's own staff, with and without a grant"},
	{"A7", "sockets"},
	{"A8", "hosts and proxy headers"},
}

// score keeps the cases of each group: how many the registries know of, and how
// many ran.
var score = &scores{known: map[string]int{}, ran: map[string]int{}}

type scores struct {
	sync.Mutex
	known, ran map[string]int
}

// of is how many cases are known of one layer alone.
func (s *scores) of(layer string) (known int) {
	for key, n := range s.known {
		if strings.HasSuffix(key, layer) {
			known += n
		}
	}
	return known
}

// tally counts the cases of one test.
type tally struct {
	group      string
	known, ran int
}

// count begins a test of a group of which so many cases are known. A test that
// passes without having run every one of them fails.
func count(t *testing.T, group string, known int) *tally {
	t.Helper()
	require.True(t, slices.ContainsFunc(groups, func(g struct{ key, title string }) bool { return g.key == group }), "%s is not in the list of groups in main_test.go", group)
	c := &tally{group: group + standing.key, known: known}
	t.Cleanup(func() {
		score.Lock()
		defer score.Unlock()
		score.known[c.group] += c.known
		score.ran[c.group] += c.ran
		if !t.Failed() && c.ran != c.known {
			t.Errorf("%d of %d cases ran: none may be left out", c.ran, c.known)
		}
		if c.known == 0 {
			t.Errorf("no case is known: the registry was not read")
		}
	})
	return c
}

// expect adds cases that are known only when the ones before have run.
func (c *tally) expect(more int) { c.known += more }

// one says that a case has been run and judged.
func (c *tally) one() { c.ran++ }

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if !report(os.Stdout, flag.Lookup("test.run").Value.String() == "") && code == 0 {
		code = 1
	}
	os.Exit(code)
}

// report prints the counts. It is false if a whole run left something out.
func report(to io.Writer, whole bool) bool {
	ran, known, good := 0, 0, true
	for _, l := range append([]layer{{}}, layers...) {
		if l.key != "" && (whole || score.of(l.key) > 0) {
			fmt.Fprintf(to, "  %s:\n", l.title)
		}
		for _, g := range groups {
			key := g.key + l.key
			if score.known[key] == 0 && (!whole || l.key != "") {
				continue
			}
			fmt.Fprintf(to, "  %-4s%6d of %6d cases  %s\n", g.key, score.ran[key], score.known[key], g.title)
			ran, known = ran+score.ran[key], known+score.known[key]
			good = good && score.ran[key] == score.known[key] && (score.known[key] > 0 || !whole)
		}
		good = good && (!whole || l.key == "" || score.of(l.key) > 0)
	}
	fmt.Fprintf(to, "attack suite: %d of %d cases run\n", ran, known)
	return good
}

var skips = regexp.MustCompile(`\.(Skip|SkipNow|Skipf)\(|testing\.Short\(`)

func TestTheSuiteSkipsNothing(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for n, line := range strings.Split(string(source), "\n") {
			if skips.MatchString(line) && !strings.Contains(line, "regexp.MustCompile") {
				t.Errorf("%s:%d leaves cases out (%s): an attack that cannot run here must be made to, or is not one", file, n+1, strings.TrimSpace(line))
			}
		}
	}
}
