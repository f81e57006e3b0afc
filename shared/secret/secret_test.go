package secret

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVerify(t *testing.T) {
	for name, make := range map[string]func(string) string{"password": HashPassword, "PIN": HashPIN} {
		t.Run(name, func(t *testing.T) {
			kept := make("1234")
			require.True(t, Verify(kept, "1234"))
			require.False(t, Verify(kept, "1235"))
			require.False(t, Verify(kept, ""))
			require.NotEqual(t, kept, make("1234"), "each hash has its own salt")
		})
	}
	for _, kept := range []string{"", "1234", "$argon2id$v=19$m=0,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=9999999,t=1,p=1$AAAA$AAAA"} {
		require.False(t, Verify(kept, ""), kept)
	}
}
