package till

// stepHook is called between any two steps of what must be all or nothing. It
// is nil but in the kill tests, which end the process in it.
var stepHook func(name string)

func step(name string) {
	if stepHook != nil {
		stepHook(name)
	}
}
