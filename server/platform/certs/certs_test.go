package certs_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/server/platform/certs"
)

func fail(t *testing.T) func(error) {
	return func(err error) { t.Error(err) }
}

// serve speaks real TLS and gives its address.
func serve(t *testing.T, source certs.Source) string {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", source.Config)
	require.NoError(t, err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }), ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

func shown(t *testing.T, address string) *x509.Certificate {
	t.Helper()
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // looks at the certificate itself
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	return conn.ConnectionState().PeerCertificates[0]
}

func TestOwnCertificateIsTrustedThroughItsAuthority(t *testing.T) {
	dir := t.TempDir()
	source, err := certs.Self(dir, func() []string { return []string{"127.0.0.1", "till.example", "*.till.example"} }, fail(t))
	require.NoError(t, err)
	address := serve(t, source)
	authority, err := os.ReadFile(filepath.Join(dir, certs.AuthorityFile))
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(authority))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}} //nolint:gosec // the least version is the default's
	defer client.CloseIdleConnections()
	answer, err := client.Get("https://" + address)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.NoError(t, shown(t, address).VerifyHostname("corner.till.example"))
	require.Error(t, shown(t, address).VerifyHostname("other.example"))
	for _, key := range []string{"server.key", "souk-ca.key"} {
		info, err := os.Stat(filepath.Join(dir, key))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), key)
	}
}

func TestOwnCertificateIsMadeAnewForTheSameKey(t *testing.T) {
	dir := t.TempDir()
	names := []string{"127.0.0.1", "192.168.1.20"}
	source, err := certs.Self(dir, func() []string { return names }, fail(t))
	require.NoError(t, err)
	address := serve(t, source)
	first := shown(t, address)
	require.Equal(t, source.Key, certs.KeyOf(first))

	names = []string{"10.0.0.7", "127.0.0.1"}
	require.Eventually(t, func() bool { return shown(t, address).VerifyHostname("10.0.0.7") == nil }, time.Minute, 100*time.Millisecond)
	second := shown(t, address)
	require.NotEqual(t, first.SerialNumber, second.SerialNumber)
	require.Equal(t, certs.KeyOf(first), certs.KeyOf(second))
	require.Error(t, second.VerifyHostname("192.168.1.20"))

	again, err := certs.Self(dir, func() []string { return names }, fail(t))
	require.NoError(t, err)
	require.Equal(t, source.Key, again.Key, "a restart keeps the key")
	require.Equal(t, second.SerialNumber, shown(t, serve(t, again)).SerialNumber, "and the certificate, while it will do")
}

func TestADamagedKeyIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "server.key"), []byte("spoilt"), 0o600))
	_, err := certs.Self(dir, func() []string { return nil }, fail(t))
	require.ErrorContains(t, err, "Restore it from a backup")
	kept, err := os.ReadFile(filepath.Join(dir, "server.key"))
	require.NoError(t, err)
	require.Equal(t, "spoilt", string(kept))
}

func TestFilesAreReadAgainWhenTheyChange(t *testing.T) {
	from := func() string {
		dir := t.TempDir()
		_, err := certs.Self(dir, func() []string { return []string{"127.0.0.1"} }, fail(t))
		require.NoError(t, err)
		return dir
	}
	put := func(from, to string) {
		for _, name := range []string{"server.key", "server.pem"} {
			content, err := os.ReadFile(filepath.Join(from, name))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(to, name), content, 0o600))
		}
	}
	one, two, served := from(), from(), t.TempDir()
	put(one, served)
	reported := make(chan error, 100)
	source, err := certs.Files(filepath.Join(served, "server.pem"), filepath.Join(served, "server.key"), func(err error) { reported <- err })
	require.NoError(t, err)
	require.Nil(t, source.Key)
	address := serve(t, source)
	first := shown(t, address)

	require.NoError(t, os.WriteFile(filepath.Join(served, "server.pem"), []byte("half written"), 0o600))
	require.Eventually(t, func() bool {
		return bytes.Equal(first.Raw, shown(t, address).Raw) && len(reported) > 0
	}, time.Minute, 100*time.Millisecond, "the former certificate is served on, and someone is told")

	put(two, served)
	require.Eventually(t, func() bool { return !bytes.Equal(first.Raw, shown(t, address).Raw) }, time.Minute, 100*time.Millisecond)
	_, err = certs.Files(filepath.Join(served, "nothing.pem"), filepath.Join(served, "server.key"), fail(t))
	require.ErrorContains(t, err, "nothing.pem")
}
