package till_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/shared/wire"
)

// ownKey is a server's key and a certificate for it that no authority signed.
func ownKey(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return certified(t, key)
}

func certified(t *testing.T, key *ecdsa.PrivateKey) (tls.Certificate, string) {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	sum := sha256.Sum256(parsed.RawSubjectPublicKeyInfo)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: parsed}, wire.KeyText(sum[:])
}

// front is the shop behind TLS, with a certificate that can be changed.
type front struct {
	*httptest.Server

	mu    sync.Mutex
	cert  tls.Certificate
	named map[string]int // by what the shop header said
}

func (f *front) set(cert tls.Certificate) {
	f.mu.Lock()
	f.cert = cert
	f.mu.Unlock()
	f.CloseClientConnections()
}

func secured(t *testing.T, s *shop, cert tls.Certificate) *front {
	t.Helper()
	f := &front{cert: cert, named: map[string]int{}}
	f.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.named[r.Header.Get(wire.ShopHeader)]++
		f.mu.Unlock()
		if r.URL.Path == "/api/devices" {
			// The shop's own code is shorter than a real one; of a longer one it may be sent no more than the code.
			content, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(strings.NewReader(strings.Replace(string(content), `"GOODCODE22"`, `"GOODCODE"`, 1)))
		}
		s.Config.Handler.ServeHTTP(w, r)
	}))
	f.TLS = &tls.Config{ //nolint:gosec // the least version is the default's
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			f.mu.Lock()
			defer f.mu.Unlock()
			return &tls.Config{Certificates: []tls.Certificate{f.cert}, NextProtos: []string{"http/1.1"}}, nil //nolint:gosec // as above
		},
	}
	f.StartTLS()
	t.Cleanup(f.Close)
	return f
}

func TestATillKnowsItsServerByTheKeyInTheCode(t *testing.T) {
	cert, key := ownKey(t)
	s := openShop(t)
	behind := secured(t, s, cert)
	f := unpaired(t, s)
	_, err := f.Pair(behind.URL+"/city-mart", "GOODCODE22"+key[:wire.KeyLetters], "test till")
	require.NoError(t, err)
	f.await(func(s wire.RegisterState) bool { return s.Phase == wire.PhaseLocked && s.Link.Online })
	behind.mu.Lock()
	require.Zero(t, behind.named[""], "every request names the shop")
	require.NotZero(t, behind.named["city-mart"])
	behind.mu.Unlock()

	renewed, same := certified(t, cert.PrivateKey.(*ecdsa.PrivateKey))
	require.Equal(t, key, same)
	behind.set(renewed)
	f.reopen()
	f.await(func(s wire.RegisterState) bool { return s.Link.Online })

	other, _ := ownKey(t)
	behind.set(other)
	f.SyncNow()
	state := f.await(func(s wire.RegisterState) bool { return !s.Link.Online && s.Link.LastError != "" })
	require.Contains(t, state.Link.LastError, "Another server answers")
	require.Empty(t, state.Link.Blocked, "selling goes on")
	proxied := httptest.NewRecorder()
	f.Proxy().ServeHTTP(proxied, httptest.NewRequest(http.MethodGet, "/api/session", nil))
	require.Equal(t, http.StatusServiceUnavailable, proxied.Code)

	behind.set(renewed)
	f.SyncNow()
	f.await(func(s wire.RegisterState) bool { return s.Link.Online })
}

func TestAWrongKeyIsRefusedBeforeTheCodeIsSent(t *testing.T) {
	cert, _ := ownKey(t)
	_, other := ownKey(t)
	s := openShop(t)
	behind := secured(t, s, cert)
	f := unpaired(t, s)
	_, err := f.Pair(behind.URL+"/city-mart", "GOODCODE22"+other[:wire.KeyLetters], "test till")
	requireFault(t, err, "till.wrong_server")
	_, err = f.Pair(behind.URL+"/city-mart", "GOODCODE22", "test till")
	requireFault(t, err, "till.untrusted")
	_, err = f.Pair("http://127.0.0.1:1/city-mart", "GOODCODE22"+other[:wire.KeyLetters], "test till")
	requireFault(t, err, "till.needs_tls")
	behind.mu.Lock()
	defer behind.mu.Unlock()
	require.Empty(t, behind.named, "not one request reached the wrong server")
	require.Equal(t, wire.PhaseUnpaired, f.State().Phase)
}

func requireFault(t *testing.T, err error, code string) {
	t.Helper()
	require.Error(t, err)
	require.Contains(t, err.Error(), code)
}
