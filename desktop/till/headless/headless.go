// Package headless drives a till by lines of JSON: one command on each line in,
// one answer on each line out. The commands are the engine's methods. It is for
// tests and scripts; it adds nothing to the engine.
package headless

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"reflect"

	"souk/desktop/till"
	"souk/shared/fault"
)

// Command is a line in: the method's name and its arguments as JSON.
type Command struct {
	ID   int               `json:"id"`
	Do   string            `json:"do"`
	Args []json.RawMessage `json:"args"`
}

// Answer is a line out: the method's result, or what went wrong.
type Answer struct {
	ID    int             `json:"id"`
	Value json.RawMessage `json:"value,omitempty"`
	Error *fault.Error    `json:"error,omitempty"`
}

const longestLine = 16 << 20

// Run obeys commands until in ends. It fails only if in or out do.
func Run(e *till.Engine, in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestLine)
	encoder := json.NewEncoder(out)
	for lines.Scan() {
		var c Command
		answer := Answer{}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			answer.Error = asFault(fmt.Errorf("read the command: %w", err))
		} else {
			answer = obey(e, c)
		}
		if err := encoder.Encode(answer); err != nil {
			return err
		}
	}
	return lines.Err()
}

func obey(e *till.Engine, c Command) Answer {
	answer := Answer{ID: c.ID}
	value, err := call(reflect.ValueOf(e).MethodByName(c.Do), c)
	if err != nil {
		answer.Error = asFault(err)
		return answer
	}
	if answer.Value, err = json.Marshal(value); err != nil {
		answer.Error = asFault(err)
	}
	return answer
}

func call(method reflect.Value, c Command) (any, error) {
	if !method.IsValid() || c.Do == "Close" {
		return nil, fmt.Errorf("there is no command %q", c.Do)
	}
	kind := method.Type()
	if kind.NumIn() != len(c.Args) {
		return nil, fmt.Errorf("%s takes %d arguments, not %d", c.Do, kind.NumIn(), len(c.Args))
	}
	args := make([]reflect.Value, len(c.Args))
	for i, raw := range c.Args {
		arg := reflect.New(kind.In(i))
		if err := json.Unmarshal(raw, arg.Interface()); err != nil {
			return nil, fmt.Errorf("argument %d of %s: %w", i+1, c.Do, err)
		}
		args[i] = arg.Elem()
	}
	var value any
	var err error
	for _, result := range method.Call(args) {
		if failed, ok := result.Interface().(error); ok {
			err = failed
		} else if result.Type() != reflect.TypeFor[error]() {
			value = result.Interface()
		}
	}
	return value, err
}

func asFault(err error) *fault.Error {
	if f := fault.Of(err); f != nil {
		return f
	}
	return fault.Internal("till.internal").Say(err.Error())
}
