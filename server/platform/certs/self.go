package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

const (
	authorityLasts = 20 * 365 * 24 * time.Hour
	// Browsers refuse certificates that last longer.
	serverLasts = 397 * 24 * time.Hour
	renewBefore = 30 * 24 * time.Hour
)

// AuthorityFile is the certificate, in dir, that an owner may have his browsers
// trust.
const AuthorityFile = "souk-ca.pem"

// Self makes the server an authority and a certificate of its own, once, and
// keeps both in dir. The certificate is made anew, for the same key, when names
// gives other names than it bears or when it nears its end; so what tills know
// the server by stays.
//
// It fails if dir cannot be written or holds something that is not ours.
func Self(dir string, names func() []string, report func(error)) (Source, error) {
	s := &self{dir: dir, names: names, report: report}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Source{}, err
	}
	var err error
	if s.key, err = keptKey(filepath.Join(dir, "server.key")); err != nil {
		return Source{}, err
	}
	if err := s.look(); err != nil {
		return Source{}, err
	}
	return Source{Config: config(s.get), Key: KeyOf(s.current.Leaf)}, nil
}

type self struct {
	dir    string
	names  func() []string
	report func(error)
	key    *ecdsa.PrivateKey

	mu      sync.Mutex
	looked  time.Time
	current *tls.Certificate
}

func (s *self) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); now.Sub(s.looked) >= lookEvery {
		s.looked = now
		if err := s.look(); err != nil {
			s.report(err)
		}
	}
	return s.current, nil
}

// look takes the kept certificate if it will do, and otherwise makes another.
func (s *self) look() error {
	names := slices.Sorted(slices.Values(s.names()))
	names = slices.Compact(names)
	if s.current == nil {
		if kept, err := readCertificate(filepath.Join(s.dir, "server.pem")); err == nil {
			s.current = s.pair(kept)
		}
	}
	if s.current != nil && s.serves(s.current.Leaf, names) {
		return nil
	}
	made, err := s.issue(names)
	if err != nil {
		return err
	}
	s.current = s.pair(made)
	return nil
}

func (s *self) pair(cert *x509.Certificate) *tls.Certificate {
	return &tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: s.key, Leaf: cert}
}

func (s *self) serves(cert *x509.Certificate, names []string) bool {
	bears := slices.Clone(cert.DNSNames)
	for _, address := range cert.IPAddresses {
		bears = append(bears, address.String())
	}
	slices.Sort(bears)
	return slices.Equal(bears, names) && s.key.PublicKey.Equal(cert.PublicKey) && time.Now().Before(cert.NotAfter.Add(-renewBefore))
}

func (s *self) issue(names []string) (*x509.Certificate, error) {
	authority, authorityKey, err := s.authority()
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "Souk server"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(serverLasts),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		if address := net.ParseIP(name); address != nil {
			template.IPAddresses = append(template.IPAddresses, address)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	return s.sign("server.pem", template, authority, &s.key.PublicKey, authorityKey)
}

// authority is what signs the server's certificates, made when first needed.
func (s *self) authority() (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := keptKey(filepath.Join(s.dir, "souk-ca.key"))
	if err != nil {
		return nil, nil, err
	}
	kept, err := readCertificate(filepath.Join(s.dir, AuthorityFile))
	if err == nil && key.PublicKey.Equal(kept.PublicKey) && time.Now().Before(kept.NotAfter.Add(-serverLasts)) {
		return kept, key, nil
	}
	host, _ := os.Hostname() // only for people's eyes
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "Souk at " + host},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(authorityLasts),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
	}
	made, err := s.sign(AuthorityFile, template, template, &key.PublicKey, key)
	return made, key, err
}

func (s *self) sign(file string, template, parent *x509.Certificate, public *ecdsa.PublicKey, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", file, err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := replace(filepath.Join(s.dir, file), text, 0o644); err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func serial() *big.Int {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails, by its contract
	raw[0] &= 0x7f
	return new(big.Int).SetBytes(raw)
}

func readCertificate(path string) (*x509.Certificate, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s holds no certificate", path)
	}
	return x509.ParseCertificate(block.Bytes)
}

// keptKey reads a key, or makes it if there is none. One that cannot be read is
// not replaced: tills know the server by it.
func keptKey(path string) (*ecdsa.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return newKey(path)
	}
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s holds no key. Restore it from a backup; if it is lost, remove it and pair the tills again", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	ours, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s holds a key of another kind", path)
	}
	return ours, nil
}

func newKey(path string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, replace(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}

// replace writes a file whole or not at all.
func replace(path string, content []byte, mode os.FileMode) error {
	file, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
