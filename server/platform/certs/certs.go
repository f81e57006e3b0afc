// Package certs finds the certificate that the server speaks TLS with: one from
// files that somebody else renews, one from a public authority, or one of the
// server's own making whose key tills know. It opens no port.
package certs

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/acme/autocert"
)

// Source gives the certificate for a connection. Key is the SHA-256 of its public
// key where tills are to know the server by it, and nil where the system's roots do.
type Source struct {
	Config *tls.Config
	Key    []byte
	// Challenges answers a public authority on the plain port; nil if it needs none.
	Challenges *autocert.Manager
}

func config(get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: get, NextProtos: []string{"http/1.1"}}
}

// lookEvery is how often a certificate's source is looked at for a newer one, at
// a handshake, so that nothing runs where nobody connects.
const lookEvery = 2 * time.Second

// Files serves a certificate and key in PEM. When the files change, the next
// connections get what they hold now; if that cannot be read, the former
// certificate stays and report is told.
//
// It fails if the files cannot be read now.
func Files(certFile, keyFile string, report func(error)) (Source, error) {
	f := &files{cert: certFile, key: keyFile, report: report}
	if err := f.load(); err != nil {
		return Source{}, err
	}
	return Source{Config: config(f.get)}, nil
}

type files struct {
	cert, key string
	report    func(error)

	mu     sync.Mutex
	looked time.Time
	stamp  string
	loaded *tls.Certificate
}

func (f *files) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := time.Now(); now.Sub(f.looked) >= lookEvery {
		f.looked = now
		if err := f.renew(); err != nil {
			f.report(err)
		}
	}
	return f.loaded, nil
}

func (f *files) renew() error {
	stamp, err := f.stampNow()
	if err != nil || stamp == f.stamp {
		return err
	}
	return f.load()
}

// stampNow changes when either file does.
func (f *files) stampNow() (string, error) {
	stamp := ""
	for _, path := range []string{f.cert, f.key} {
		info, err := os.Stat(path)
		if err != nil {
			return "", err
		}
		stamp += fmt.Sprintf("%d %d ", info.Size(), info.ModTime().UnixNano())
	}
	return stamp, nil
}

func (f *files) load() error {
	stamp, err := f.stampNow()
	if err != nil {
		return fmt.Errorf("the certificate: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return fmt.Errorf("the certificate in %s with the key in %s: %w", f.cert, f.key, err)
	}
	f.loaded, f.stamp = &pair, stamp
	return nil
}

// Public gets certificates from Let's Encrypt as names are asked for, and keeps
// them in dir. allowed says which names are ours: nobody may make the server ask
// for others'.
func Public(dir string, allowed autocert.HostPolicy) Source {
	manager := &autocert.Manager{Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(dir), HostPolicy: allowed}
	cfg := manager.TLSConfig()
	cfg.MinVersion = tls.VersionTLS12
	cfg.NextProtos = []string{"http/1.1", "acme-tls/1"}
	return Source{Config: cfg, Challenges: manager}
}

// KeyOf is the SHA-256 of a certificate's public key, by which a till knows a
// server whose certificate no authority vouches for.
func KeyOf(cert *x509.Certificate) []byte {
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return sum[:]
}
