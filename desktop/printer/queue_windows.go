package printer

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"unsafe"
)

// The parts of the Windows spooler that raw printing needs, as in winspool.h.
var (
	spooler      = syscall.NewLazyDLL("winspool.drv")
	openPrinter  = spooler.NewProc("OpenPrinterW")
	closePrinter = spooler.NewProc("ClosePrinter")
	startDoc     = spooler.NewProc("StartDocPrinterW")
	endDoc       = spooler.NewProc("EndDocPrinter")
	startPage    = spooler.NewProc("StartPagePrinter")
	endPage      = spooler.NewProc("EndPagePrinter")
	writePrinter = spooler.NewProc("WritePrinter")
	enumPrinters = spooler.NewProc("EnumPrintersW")
)

// docInfo is DOC_INFO_1.
type docInfo struct {
	name, output, kind *uint16
}

// enqueue hands content to a printer of Windows as it is, past its driver.
func enqueue(ctx context.Context, name string, content []byte) error {
	ended := make(chan error, 1)
	go func() { ended <- write(name, content) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return fmt.Errorf("the printer stopped taking data: %w", ctx.Err())
	}
}

func write(name string, content []byte) (err error) {
	printerName, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return err
	}
	var handle syscall.Handle
	if err := call(openPrinter, uintptr(unsafe.Pointer(printerName)), uintptr(unsafe.Pointer(&handle)), 0); err != nil {
		return fmt.Errorf("there is no printer called %q: %w", name, err)
	}
	defer func() { err = errors.Join(err, call(closePrinter, uintptr(handle))) }()
	title, _ := syscall.UTF16PtrFromString("Receipt")
	raw, _ := syscall.UTF16PtrFromString("RAW")
	doc := docInfo{name: title, kind: raw}
	if err := call(startDoc, uintptr(handle), 1, uintptr(unsafe.Pointer(&doc))); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, call(endDoc, uintptr(handle))) }()
	if err := call(startPage, uintptr(handle)); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, call(endPage, uintptr(handle))) }()
	var taken uint32
	for len(content) > 0 {
		if err := call(writePrinter, uintptr(handle), uintptr(unsafe.Pointer(&content[0])), uintptr(len(content)), uintptr(unsafe.Pointer(&taken))); err != nil {
			return err
		}
		if taken == 0 {
			return errors.New("the printer stopped taking data")
		}
		content = content[taken:]
	}
	return nil
}

// printerInfo is PRINTER_INFO_4.
type printerInfo struct {
	printer, server *uint16
	attributes      uint32
}

func queues(context.Context) []string {
	const local, connected, level = 2, 4, 4
	var needed, count uint32
	_ = call(enumPrinters, local|connected, 0, level, 0, 0, uintptr(unsafe.Pointer(&needed)), uintptr(unsafe.Pointer(&count))) // says how much room it wants
	if needed == 0 {
		return nil
	}
	room := make([]printerInfo, needed/uint32(unsafe.Sizeof(printerInfo{}))+1)
	size := uintptr(len(room)) * unsafe.Sizeof(printerInfo{})
	if call(enumPrinters, local|connected, 0, level, uintptr(unsafe.Pointer(&room[0])), size, uintptr(unsafe.Pointer(&needed)), uintptr(unsafe.Pointer(&count))) != nil {
		return nil
	}
	var names []string
	for _, one := range room[:count] {
		names = append(names, text(one.printer))
	}
	return names
}

func text(from *uint16) string {
	const longest = 1 << 10
	if from == nil {
		return ""
	}
	return syscall.UTF16ToString(unsafe.Slice(from, length(from, longest)))
}

func length(from *uint16, longest int) int {
	for at := range longest {
		if *(*uint16)(unsafe.Add(unsafe.Pointer(from), 2*at)) == 0 {
			return at
		}
	}
	return longest
}

// call answers nil where the procedure answered anything but 0.
func call(proc *syscall.LazyProc, args ...uintptr) error {
	if err := proc.Find(); err != nil {
		return err
	}
	if answer, _, err := proc.Call(args...); answer == 0 {
		return err
	}
	return nil
}
