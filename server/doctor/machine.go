package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"souk/server/backup"
	"souk/server/platform/mail"
)

const (
	gib = 1 << 30

	littleSpace, noSpace = 5 * gib, 1 * gib
	oldBackup            = 26 * time.Hour // a day, and the time a backup takes
	veryOldBackup        = 4 * 24 * time.Hour
	certificateSoon      = 14 * 24 * time.Hour
)

func dataFolder(_ context.Context, in Installation, _ *pgx.Conn) Finding {
	stat, err := os.Stat(in.DataDir)
	if err != nil {
		return Finding{Level: Error, Says: fmt.Sprintf("The data folder cannot be read: %v.", err), Do: "Set SOUK_DATA to the folder of this installation, and run as the user who owns it."}
	}
	if stat.Mode().Perm()&0o022 != 0 {
		return Finding{Level: Error, Says: fmt.Sprintf("Other users of this machine may write to %s.", in.DataDir), Do: "Take that away: chmod go-w " + in.DataDir}
	}
	probe, err := os.CreateTemp(in.DataDir, ".doctor-")
	if err != nil {
		return Finding{Level: Error, Says: fmt.Sprintf("Nothing can be written to %s.", in.DataDir), Do: "Run as the user who owns the folder, and see that the disk is not full or read-only."}
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return unread(err)
	}
	return ok("Data is in %s.", in.DataDir)
}

func diskSpace(_ context.Context, in Installation, _ *pgx.Conn) Finding {
	free, err := FreeBytes(in.DataDir)
	if err != nil {
		return unread(err)
	}
	says := fmt.Sprintf("%.1f GB are free where the data is.", float64(free)/1e9)
	do := "Make room: the database stops when the disk is full."
	switch {
	case free < noSpace:
		return Finding{Level: Error, Says: says, Do: do}
	case free < littleSpace:
		return Finding{Level: Warning, Says: says, Do: do}
	}
	return ok("%s", says)
}

func secretsFile(_ context.Context, in Installation, _ *pgx.Conn) Finding {
	stat, err := os.Stat(in.SecretsFile)
	if errors.Is(err, os.ErrNotExist) {
		if in.Embedded {
			return Finding{Level: Warning, Says: "The passwords of the database are not there yet.", Do: "Start the server once; it makes them."}
		}
		return Finding{Level: Error, Says: "The passwords of the database are missing: " + in.SecretsFile + ".", Do: "Put the file back, or run souk migrate with an administrator's address, which makes new ones."}
	}
	if err != nil {
		return unread(err)
	}
	if stat.Mode().Perm()&0o077 != 0 {
		return Finding{Level: Error, Says: "Other users of this machine may read the passwords of the database.", Do: "Take that away: chmod 600 " + in.SecretsFile}
	}
	return ok("The passwords of the database are kept safe.")
}

func timeZone(_ context.Context, in Installation, _ *pgx.Conn) Finding {
	now := in.Now()
	if now.Year() < 2024 {
		return Finding{Level: Error, Says: "This machine believes that it is " + now.Format("2 January 2006") + ".", Do: "Set the machine's clock, and let it follow a time server."}
	}
	return ok("This machine's time is %s.", now.Local().Format("2006-01-02 15:04 MST"))
}

func mailServer(ctx context.Context, in Installation, _ *pgx.Conn) Finding {
	if !in.SMTP.Set() {
		return ok("No mail server is set up (SOUK_SMTP_HOST): receipts are printed, not sent.")
	}
	if err := mail.Reach(ctx, in.SMTP); err != nil {
		return Finding{
			Level: Warning, Says: fmt.Sprintf("No e-mail goes out: %v.", err),
			Do: "See that SOUK_SMTP_HOST, _PORT, _TLS, _USER and _PASSWORD are right and that this machine may reach it. Letters wait for up to three days.",
		}
	}
	return ok("The mail server %s takes letters.", in.SMTP.Host)
}

func port(ctx context.Context, in Installation, _ *pgx.Conn) Finding {
	if in.Address == "" {
		return ok("The server answers.")
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", in.Address)
	if err != nil && answers(ctx, in.Address) {
		return ok("The server answers at %s.", in.Address)
	}
	if err != nil {
		return Finding{Level: Error, Says: fmt.Sprintf("Another program has %s.", in.Address), Do: "Stop that program, or choose another SOUK_ADDR."}
	}
	if err := listener.Close(); err != nil {
		return unread(err)
	}
	return ok("%s is free; no server answers there now.", in.Address)
}

// answers tells whether a Souk is there, with TLS or without. Who it is does not
// matter here: nothing is told to it.
func answers(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // only asked whether it lives
	defer client.CloseIdleConnections()
	for _, scheme := range []string{"http", "https"} {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+address+"/healthz", http.NoBody)
		if err != nil {
			return false
		}
		answer, err := client.Do(request)
		if err != nil {
			continue
		}
		body, _ := io.ReadAll(io.LimitReader(answer.Body, 16))
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusOK && string(body) == "ok\n" {
			return true
		}
	}
	return false
}

func certificate(_ context.Context, in Installation, _ *pgx.Conn) Finding {
	if len(in.Certificates) == 0 {
		return ok("No TLS certificate is set here.")
	}
	for _, file := range in.Certificates {
		raw, err := os.ReadFile(file)
		if err != nil {
			return Finding{Level: Error, Says: fmt.Sprintf("The TLS certificate cannot be read: %v.", err), Do: "See that SOUK_TLS names the right files."}
		}
		block, _ := pem.Decode(raw)
		if block == nil {
			return Finding{Level: Error, Says: file + " is no TLS certificate.", Do: "See that SOUK_TLS names the certificate first and its key second."}
		}
		parsed, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return Finding{Level: Error, Says: fmt.Sprintf("%s is no TLS certificate: %v.", file, err), Do: "See that SOUK_TLS names the certificate first and its key second."}
		}
		left, day := parsed.NotAfter.Sub(in.Now()), parsed.NotAfter.Format("2 January 2006")
		if left <= 0 {
			return Finding{Level: Error, Says: "The TLS certificate ended on " + day + ".", Do: "Renew it and start the server again."}
		}
		if left < certificateSoon {
			return Finding{Level: Warning, Says: "The TLS certificate ends on " + day + ".", Do: "Renew it before that day."}
		}
	}
	return ok("The TLS certificate is good.")
}

func lastBackup(_ context.Context, in Installation, _ *pgx.Conn) Finding {
	if !in.Embedded {
		return ok("The database is not Souk's own. Its owner backs it up, with pg_dump or with point-in-time recovery.")
	}
	list, err := backup.List(in.BackupDir)
	if err != nil {
		return unread(err)
	}
	now := "Make one now: souk backup " + filepath.Clean(in.BackupDir)
	if len(list) == 0 {
		return Finding{Level: Warning, Says: "There is no backup in " + in.BackupDir + ".", Do: now}
	}
	newest := list[0]
	age := in.Now().Sub(newest.Manifest.TakenAt)
	says := fmt.Sprintf("The last backup is of %s", newest.Manifest.TakenAt.Local().Format("2 January 2006, 15:04"))
	switch {
	case newest.Check != nil && !newest.Check.Good:
		return Finding{Level: Error, Says: says + " and cannot be restored: " + newest.Check.Problem + ".", Do: now + ". If that fails too, the disk may be failing: copy an older backup to another machine."}
	case age > veryOldBackup:
		return Finding{Level: Error, Says: says + ".", Do: now}
	case age > oldBackup:
		return Finding{Level: Warning, Says: says + ".", Do: now}
	case newest.Check == nil:
		return Finding{Level: Warning, Says: says + " and has not been tried yet.", Do: "Nothing: the server tries it by restoring it, in a moment."}
	}
	return ok("%s; restoring it was tried and works.", says)
}
