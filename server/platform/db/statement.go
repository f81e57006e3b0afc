package db

import (
	"fmt"
	"strings"
	"sync"
)

// statement is an SQL constant with its names turned into positions.
type statement struct {
	text  string
	names []string
}

var compiled sync.Map // SQL → *statement; bounded by the number of constants

// rewrite is nil but in the tests that take a layer of protection away.
var rewrite func(SQL) SQL

func compile(sql SQL) *statement {
	if st, ok := compiled.Load(sql); ok {
		return st.(*statement)
	}
	text := sql
	if rewrite != nil {
		text = rewrite(sql)
	}
	st := parse(string(text))
	compiled.Store(sql, st)
	return st
}

// Compile gives a constant's positional form and the names it takes, in order
// of position. The tests that prepare every statement use it.
func Compile(sql SQL) (text string, names []string) {
	st := compile(sql)
	return st.text, st.names
}

// bind puts the arguments in order. Names must match exactly; what the
// transaction binds, the caller may not give.
func (st *statement) bind(args, bound Args) ([]any, error) {
	values := make([]any, len(st.names))
	used := 0
	for i, name := range st.names {
		if name == "tenant" || name == "stores" {
			value, ok := bound[name]
			if !ok {
				return nil, fmt.Errorf("statement needs @%s and this transaction has none: %.80s", name, st.text)
			}
			values[i] = value
			continue
		}
		value, ok := args[name]
		if !ok {
			return nil, fmt.Errorf("argument @%s is missing: %.80s", name, st.text)
		}
		values[i] = value
		used++
	}
	if used != len(args) {
		return nil, fmt.Errorf("%d arguments given, %d used: %.80s", len(args), used, st.text)
	}
	return values, nil
}

// parse replaces each @name outside quotes and comments by its position.
func parse(sql string) *statement {
	st := &statement{}
	position := map[string]int{}
	var out strings.Builder
	for i := 0; i < len(sql); {
		if n := skipped(sql[i:]); n > 0 {
			out.WriteString(sql[i : i+n])
			i += n
			continue
		}
		if sql[i] != '@' || i+1 == len(sql) || !letter(sql[i+1]) {
			out.WriteByte(sql[i])
			i++
			continue
		}
		end := i + 1
		for end < len(sql) && (letter(sql[end]) || sql[end] >= '0' && sql[end] <= '9') {
			end++
		}
		name := sql[i+1 : end]
		if position[name] == 0 {
			st.names = append(st.names, name)
			position[name] = len(st.names)
		}
		fmt.Fprintf(&out, "$%d", position[name])
		i = end
	}
	st.text = out.String()
	return st
}

func letter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' }

// skipped is the length of the quoted text or comment that s begins with, else 0.
func skipped(s string) int {
	for _, pair := range [][2]string{{"'", "'"}, {`"`, `"`}, {"--", "\n"}, {"/*", "*/"}} {
		if !strings.HasPrefix(s, pair[0]) {
			continue
		}
		end := strings.Index(s[len(pair[0]):], pair[1])
		if end < 0 {
			return len(s)
		}
		return len(pair[0]) + end + len(pair[1])
	}
	return 0
}
