//go:build unix

package till_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"souk/desktop/device"
	"souk/desktop/till"
	"souk/desktop/till/headless"
	"souk/shared/limits"
	"souk/shared/wire"
)

// TestMain lets the test binary be a till too, one that ends itself with SIGKILL
// when it comes to a named step for the n-th time.
func TestMain(m *testing.M) {
	if dir := os.Getenv("TILL_TEST_DATA"); dir != "" {
		if err := beTill(dir, os.Getenv("TILL_TEST_KILL_AT")); err != nil {
			_, _ = fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func beTill(dir, killAt string) error {
	if os.Getenv("TILL_TEST_WEAK") != "" {
		till.WeakenJournal()
	}
	name, count, _ := strings.Cut(killAt, ":")
	left, _ := strconv.Atoi(count)
	till.SetStep(func(step string) {
		if step != name {
			return
		}
		if left--; left == 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	})
	secrets, err := device.OpenFile(dir)
	if err != nil {
		return err
	}
	engine, err := till.Open(context.Background(), till.Config{Dir: dir, Secrets: secrets})
	if err != nil {
		return err
	}
	err = headless.Run(engine, os.Stdin, os.Stdout)
	if closed := engine.Close(); err == nil {
		err = closed
	}
	return err
}

// process is a till in a process of its own.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func startTill(t *testing.T, dir, killAt string) *process {
	self, err := os.Executable()
	require.NoError(t, err)
	p := &process{cmd: exec.CommandContext(t.Context(), self)}
	p.cmd.Env = append(os.Environ(), "TILL_TEST_DATA="+dir, "TILL_TEST_KILL_AT="+killAt)
	p.cmd.Stderr = os.Stderr
	p.in, err = p.cmd.StdinPipe()
	require.NoError(t, err)
	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	p.out = bufio.NewScanner(out)
	p.out.Buffer(nil, 16<<20)
	require.NoError(t, p.cmd.Start())
	return p
}

// do sends a command; it is false if the process died before it answered.
func (p *process) do(t *testing.T, name string, args ...any) (json.RawMessage, bool) {
	c := headless.Command{Do: name, Args: []json.RawMessage{}}
	for _, arg := range args {
		raw, err := json.Marshal(arg)
		require.NoError(t, err)
		c.Args = append(c.Args, raw)
	}
	text, err := json.Marshal(c)
	require.NoError(t, err)
	if _, err := p.in.Write(append(text, '\n')); err != nil {
		return nil, false
	}
	if !p.out.Scan() {
		return nil, false
	}
	var answer headless.Answer
	require.NoError(t, json.Unmarshal(p.out.Bytes(), &answer))
	require.Nil(t, answer.Error, name)
	return answer.Value, true
}

// end lets the process finish by itself, and reports whether it was killed.
func (p *process) end() (killed bool) {
	_ = p.in.Close()
	return p.cmd.Wait() != nil
}

// killPoints are the steps between which a till can die.
var killPoints = []string{
	"cart.priced", "cart.step_kept", "cart.written", "cart.committed", "hold.written", "recall.cleared",
	"complete.return_written", "complete.begun", "complete.priced", "complete.tx_begun", "complete.numbered", "complete.sale_written",
	"complete.journalled", "complete.cart_dropped", "complete.committed", "print.rendered", "complete.spooled",
	"customer.begun", "customer.journalled", "customer.committed", "mail.begun", "mail.journalled", "mail.committed", "cash.begun", "cash.written", "cash.committed", "print.done", "print.kept", "upload.ready", "upload.answered", "upload.marked",
}

type scriptLine struct {
	do    string
	args  []any
	after string
}

// script is what the cashier does, and how many lines are on the cart, how many
// carts are held, how many sales are made and customers met after each step.
var script = []scriptLine{
	{"SignIn", []any{cashier, "1234"}, "0 lines, 0 held, 0 sales, 0 in, 0 met"},
	{"AddCustomer", []any{till.MetCustomer{Name: "Grace Hopper", Phone: "555 0100"}}, "0 lines, 0 held, 0 sales, 0 in, 1 met"},
	{"MoveCash", []any{wire.CashAsked{Kind: wire.CashIn, Reason: wire.ReasonChange, Amount: 700}}, "0 lines, 0 held, 0 sales, 700 in, 1 met"},
	{"Scan", []any{milkCode}, "1 lines, 0 held, 0 sales, 700 in, 1 met"},
	{"Scan", []any{breadCode}, "2 lines, 0 held, 0 sales, 700 in, 1 met"},
	{"Complete", []any{[]wire.TenderIn{{MethodID: cash, Amount: 500}}}, "0 lines, 0 held, 1 sales, 700 in, 1 met"},
	{"MailReceipt", nil, "0 lines, 0 held, 1 sales, 700 in, 1 met"},
	{"Scan", []any{milkCode}, "1 lines, 0 held, 1 sales, 700 in, 1 met"},
	{"Hold", []any{"later"}, "0 lines, 1 held, 1 sales, 700 in, 1 met"},
	{"Scan", []any{breadCode}, "1 lines, 1 held, 1 sales, 700 in, 1 met"},
	{"Complete", []any{[]wire.TenderIn{{MethodID: cash, Amount: 500}}}, "0 lines, 1 held, 2 sales, 700 in, 1 met"},
	{"Recall", nil, "1 lines, 0 held, 2 sales, 700 in, 1 met"},
	{"Complete", []any{[]wire.TenderIn{{MethodID: card, Amount: 129}}}, "0 lines, 0 held, 3 sales, 700 in, 1 met"},
	{"SignIn", []any{manager, "1234"}, "0 lines, 0 held, 3 sales, 700 in, 1 met"},
	{"TakeBack", nil, "1 lines, 0 held, 3 sales, 700 in, 1 met"},
	{"Complete", []any{[]wire.TenderIn{{MethodID: cash, Amount: -129}}}, "0 lines, 0 held, 4 sales, 700 in, 1 met"},
}

var receiptNo = regexp.MustCompile(`1A-\d{6}`)

func TestX5KilledAtAnyStepASaleIsWholeOrAbsent(t *testing.T) {
	deaths := killAtEachPoint(t, func(*shop) {})
	require.Greater(t, deaths, 2*len(killPoints), "the kills have to happen")
}

// killAtEachPoint plays the script with a death at each point, the first, the second
// and the third time that it comes there, and answers how many there were.
func killAtEachPoint(t *testing.T, trouble func(*shop)) (deaths int) {
	for _, point := range killPoints {
		for nth := 1; nth <= 3; nth++ {
			t.Run(fmt.Sprintf("%s:%d", point, nth), func(t *testing.T) {
				f := selling(t, cashier)
				require.NoError(t, f.Close())
				trouble(f.shop)
				answered, killed := playUntilDeath(t, f.dir, fmt.Sprintf("%s:%d", point, nth))
				if killed {
					deaths++
				}
				f.shop.setFault(nil)
				requireWhole(t, f, answered, killed)
			})
		}
	}
	return deaths
}

// playUntilDeath plays the script and answers how many steps were answered.
func playUntilDeath(t *testing.T, dir, killAt string) (answered int, killed bool) {
	p := startTill(t, dir, killAt)
	for _, line := range script {
		args := line.args
		if line.do == "Recall" {
			value, alive := p.do(t, "Held")
			if !alive {
				return answered, p.end()
			}
			var held []wire.HeldCart
			require.NoError(t, json.Unmarshal(value, &held))
			args = []any{held[0].ID}
		}
		if line.do == "MailReceipt" {
			value, alive := p.do(t, "Recent", 1)
			if !alive {
				return answered, p.end()
			}
			var recent []wire.RecentSale
			require.NoError(t, json.Unmarshal(value, &recent))
			args = []any{recent[0].ID, "grace@example.org", "en"}
		}
		if line.do == "TakeBack" {
			value, alive := p.do(t, "FindReceipt", "1A-000001")
			if !alive {
				return answered, p.end()
			}
			var found wire.Returnable
			require.NoError(t, json.Unmarshal(value, &found))
			args = []any{back(found, "1", true)}
		}
		if _, alive := p.do(t, line.do, args...); !alive {
			return answered, p.end()
		}
		answered++
	}
	// Uploads and the printer have their steps in the background.
	for range 50 {
		value, alive := p.do(t, "State")
		if !alive {
			return answered, p.end()
		}
		var state wire.RegisterState
		require.NoError(t, json.Unmarshal(value, &state))
		if state.Link.Waiting == 0 && state.Link.Online {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	return answered, p.end()
}

func requireWhole(t *testing.T, f *fixture, answered int, killed bool) {
	f.open()
	if answered > 0 {
		person := cashier
		if answered > len(script)-3 {
			person = manager
		}
		f.signIn(person)
		state := f.State()
		recent, err := f.Recent(100)
		require.NoError(t, err)
		x := shiftNow(t, f)
		now := fmt.Sprintf("%d lines, %d held, %d sales, %d in, %d met", len(state.Cart.Lines), state.HeldCount, len(recent), x.CashIn, len(f.customers("grace")))
		allowed := []string{script[answered-1].after}
		if killed && answered < len(script) {
			allowed = append(allowed, script[answered].after) // done, but not said
		}
		require.Contains(t, allowed, now)
	} else {
		f.signIn(cashier)
	}
	requirePrintedIsPresent(t, f)

	_, err := f.ClearCart()
	require.NoError(t, err)
	f.scan(milkCode)
	f.pay()
	f.drained()
	recent, err := f.Recent(100)
	require.NoError(t, err)
	sales := f.shop.sales()
	require.Len(t, sales, len(recent), "each sale arrived exactly once")
	x := shiftNow(t, f)
	require.Equal(t, int(x.CashIn/700), f.shop.count(func(s *shop) int { return s.kinds(wire.EntryCashMoved) }), "cash that moved arrived exactly once")
	require.Len(t, f.customers("grace"), f.shop.count(func(s *shop) int { return s.kinds(wire.EntryCustomerMet) }), "a customer who was met arrived exactly once")
	require.LessOrEqual(t, f.shop.count(func(s *shop) int { return s.kinds(wire.EntryReceiptMailed) }), 1, "a letter was asked for once")
	if answered > slices.IndexFunc(script, func(line scriptLine) bool { return line.do == "MailReceipt" }) {
		require.Equal(t, 1, f.shop.count(func(s *shop) int { return s.kinds(wire.EntryReceiptMailed) }), "what was answered arrived")
	}
	ids := map[uuid.UUID]bool{}
	for i, sale := range sales {
		require.Equal(t, int64(i+1), sale.Number, "no gap")
		ids[sale.ID] = true
	}
	for _, sale := range recent {
		require.True(t, ids[sale.ID])
	}
}

func shiftNow(t *testing.T, f *fixture) wire.ZReport {
	if f.State().Person.ID != manager {
		_, err := f.Approve(manager, "1234", limits.Right(wire.MayReadX), "")
		require.NoError(t, err)
	}
	x, err := f.XReport()
	require.NoError(t, err)
	return x
}

func requirePrintedIsPresent(t *testing.T, f *fixture) {
	paper, err := os.ReadFile(f.paper)
	if os.IsNotExist(err) {
		return
	}
	require.NoError(t, err)
	recent, err := f.Recent(100)
	require.NoError(t, err)
	known := map[string]bool{}
	for _, sale := range recent {
		known[sale.ReceiptNo] = true
	}
	for _, no := range receiptNo.FindAllString(string(paper), -1) {
		require.True(t, known[no], "%s was printed but is not there", no)
	}
}

func TestHeadlessSaysWhatItCannotDo(t *testing.T) {
	f := newTill(t)
	out := &strings.Builder{}
	require.NoError(t, headless.Run(f.Engine, strings.NewReader(`{"id":1,"do":"Close","args":[]}
{"id":2,"do":"Scan","args":[]}
nonsense
{"id":4,"do":"Lock","args":[]}
`), out))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 4)
	require.Contains(t, lines[0], "no command")
	require.Contains(t, lines[1], "takes 1 arguments")
	require.Contains(t, lines[2], "read the command")
	require.Contains(t, lines[3], `"phase":"locked"`)
	require.NoFileExists(t, filepath.Join(f.dir, "catalogue.db.damaged"))
}
