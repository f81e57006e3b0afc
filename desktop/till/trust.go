package till

import (
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"net/http"
	"strings"

	"souk/shared/fault"
	"souk/shared/wire"
)

// trusting gives a client that takes a server by its key alone: the certificate
// is the server's own, no authority vouches for it, and names and dates in it say
// nothing that the key does not. key is the beginning of wire.KeyText. Without a
// key the system's roots decide, as everywhere.
func trusting(plain *http.Client, key string, seen func(whole string)) *http.Client {
	transport, ok := plain.Transport.(*http.Transport)
	if key == "" || !ok {
		return plain
	}
	pinned := transport.Clone()
	pinned.TLSClientConfig = &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, //nolint:gosec // VerifyConnection looks at the key, in every handshake
		VerifyConnection: func(state tls.ConnectionState) error {
			if len(state.PeerCertificates) == 0 {
				return errWrongServer
			}
			sum := sha256.Sum256(state.PeerCertificates[0].RawSubjectPublicKeyInfo)
			whole := wire.KeyText(sum[:])
			if !strings.HasPrefix(whole, key) {
				return errWrongServer
			}
			if seen != nil {
				seen(whole)
			}
			return nil
		},
	}
	client := *plain
	client.Transport = pinned
	return &client
}

// unreached says why there was no answer: nobody, or the wrong server.
func unreached(err error) error {
	if errors.Is(err, errWrongServer) {
		return errWrongServer.Wrap(err)
	}
	if _, untrusted := errors.AsType[*tls.CertificateVerificationError](err); untrusted {
		return errUntrusted.Wrap(err)
	}
	return errOffline.Wrap(err)
}

var (
	errWrongServer = fault.Forbidden("till.wrong_server").
			Say("Another server answers at this address than the one that the code was made at. Check the address and the network; if the server was set up anew, make a new code there.")
	errUntrusted = fault.Forbidden("till.untrusted").
			Say("Nothing vouches for the server at this address. Type the whole code that the office shows, with the server's key behind it, or check the address.")
)
