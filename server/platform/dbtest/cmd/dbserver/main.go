// Command dbserver gives tests their PostgreSQL: "run" wraps a command in a
// private server, "start", "stop" and "url" handle the shared one that lives
// between test runs. It is never used for a shop's data.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"souk/server/platform/dbtest"
)

const usage = `dbserver run COMMAND [ARG...]  a private server for one command, its URL in ` + dbtest.DatabaseURL + `
dbserver start                 start the shared server, print its URL
dbserver url                   the same
dbserver stop                  stop it and remove its data`

func main() {
	slog.SetLogLoggerLevel(slog.LevelWarn)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := dispatch(ctx, os.Args[1:]); err != nil {
		exited := new(exec.ExitError)
		if errors.As(err, &exited) {
			os.Exit(max(1, exited.ExitCode()))
		}
		fmt.Fprintln(os.Stderr, "dbserver:", err)
		os.Exit(1)
	}
}

func dispatch(ctx context.Context, args []string) error {
	verb := ""
	if len(args) > 0 {
		verb = args[0]
	}
	switch {
	case verb == "run" && len(args) > 1:
		return run(ctx, args[1:])
	case verb == "start" || verb == "url":
		address, err := dbtest.ServerURL(ctx)
		if err != nil {
			return err
		}
		_, err = os.Stdout.WriteString(address + "\n")
		return err
	case verb == "stop":
		return dbtest.StopServer(ctx)
	default:
		return errors.New("usage:\n" + usage)
	}
}

// run hands the command's exit code on. A Ctrl-C reaches the command by itself;
// here it is only kept from ending this program before the server is stopped.
func run(ctx context.Context, command []string) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = os.Environ()
	stop := func(context.Context) error { return nil }
	if os.Getenv(dbtest.DatabaseURL) == "" {
		address, stopServer, err := dbtest.PrivateServer(ctx)
		if err != nil {
			return err
		}
		cmd.Env, stop = append(cmd.Env, dbtest.DatabaseURL+"="+address), stopServer
	}
	err := cmd.Start()
	if err == nil {
		go func() {
			for sig := range signals {
				if sig == syscall.SIGTERM {
					_ = cmd.Process.Signal(sig)
				}
			}
		}()
		err = cmd.Wait()
	}
	stopCtx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return errors.Join(err, stop(stopCtx))
}
