package selftest

import (
	"fmt"
	"io"
	"time"
)

// The states of a group and of a whole run.
const (
	Waiting = "waiting"
	Running = "running"
	Passed  = "passed"
	Failed  = "failed"
	// Broken is a run that could not be carried through, which proves nothing.
	Broken    = "broken"
	Cancelled = "cancelled"
)

// Result is what was tried, how often, and what came of it. It never holds anything
// of a shop's rows: only names of tables and routes.
type Result struct {
	State      string        `json:"state" enum:"waiting,running,passed,failed,broken,cancelled"`
	StartedAt  time.Time     `json:"started_at"`
	FinishedAt *time.Time    `json:"finished_at,omitempty"`
	Version    string        `json:"version"`
	Commit     string        `json:"commit"`
	PostgreSQL string        `json:"postgresql"`
	Shop       string        `json:"shop" doc:"The address of the shop that was to be protected; empty if none"`
	Tables     int           `json:"tables"`
	Routes     int           `json:"routes"`
	Cases      int           `json:"cases" doc:"How many attacks were run"`
	Found      int           `json:"found" doc:"How many of them got through"`
	Groups     []AttackGroup `json:"groups" nullable:"false"`
	Breaches   []Breach      `json:"findings" nullable:"false"`
	Problem    string        `json:"problem" doc:"Why the run is broken"`
}

// AttackGroup is one kind of attack.
type AttackGroup struct {
	Key    string `json:"key"`
	Layer  string `json:"layer" enum:"program,rows,login,proof"`
	State  string `json:"state" enum:"waiting,running,passed,failed,broken"`
	Cases  int    `json:"cases"`
	Found  int    `json:"found"`
	Millis int64  `json:"millis"`
}

// Breach is an attack that got through.
type Breach struct {
	Group string `json:"group"`
	Code  string `json:"code"`
	Case  string `json:"case" doc:"What was attacked and how"`
	Got   string `json:"got" doc:"What came back, without any content"`
	How   string `json:"how" doc:"How to see it again"`
}

// mostFindings are kept in a report; all are counted.
const mostFindings = 60

// The layers of protection, and what shows that the test itself is sound.
const (
	layerProgram = "program" // the program asks for one shop's rows only
	layerRows    = "rows"    // the database gives one shop's rows only
	layerLogin   = "login"   // the server's log-in has no right of its own
	layerProof   = "proof"
)

// Done is how many groups are over.
func (r Result) Done() (done int64) {
	for _, g := range r.Groups {
		if g.State != Waiting && g.State != Running {
			done++
		}
	}
	return done
}

// finish ends the report and gives its state.
func (r *Result) finish(at time.Time) {
	r.FinishedAt = &at
	r.State = Passed
	for _, g := range r.Groups {
		switch {
		case g.State == Failed:
			r.State = Failed
		case g.State != Passed && r.State == Passed:
			r.State = Broken
		}
	}
	if r.Problem != "" && r.State == Passed {
		r.State = Broken
	}
}

// Say writes a report for a terminal.
func Say(r Result, out io.Writer) {
	for _, g := range r.Groups {
		fmt.Fprintf(out, "%-8s %-12s %6d cases, %d got through  %s\n", g.State, g.Key, g.Cases, g.Found, english["group_"+g.Key])
	}
	for _, b := range r.Breaches {
		fmt.Fprintf(out, "\n%s: %s\n  %s\n  came back: %s\n", b.Group, english[b.Code], b.Case, b.Got)
		if b.How != "" {
			fmt.Fprintf(out, "  again: %s\n", b.How)
		}
	}
	if r.Problem != "" {
		fmt.Fprintf(out, "\n%s: %s\n", english["problem"], r.Problem)
	}
	fmt.Fprintf(out, "\n%d attacks on %d tables and %d routes. %s\n", r.Cases, r.Tables, r.Routes, english[r.State])
	if r.State == Failed {
		fmt.Fprintln(out, english["advice"])
	}
}
