package app

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"

	"github.com/caarlos0/env/v11"

	"souk/server/demo"
	"souk/server/platform/db/embedded"
	"souk/server/platform/mail"
	"souk/server/platform/vault"
)

// Version is what this build calls itself; the release build sets it.
var Version = "dev"

// Config is what a deployment decides, all of it by environment.
type Config struct {
	Data    string `env:"SOUK_DATA"`
	Address string `env:"SOUK_ADDR" envDefault:"127.0.0.1:8080"`
	// TLS is "", "files:cert.pem,key.pem", "acme" or "self".
	TLS string `env:"SOUK_TLS"`
	// PlainAddress sends browsers that come without TLS on to it.
	PlainAddress string   `env:"SOUK_HTTP_ADDR"`
	Domain       string   `env:"SOUK_DOMAIN" envDefault:"localhost"`
	DatabaseURL  string   `env:"SOUK_DATABASE_URL"`
	Database     string   `env:"SOUK_DATABASE" envDefault:"souk"`
	Postgres     string   `env:"SOUK_PG_BIN"`
	Proxies      []string `env:"SOUK_TRUSTED_PROXIES" envSeparator:","`
	MaxConns     int32    `env:"SOUK_DB_CONNS" envDefault:"16"`
	Log          string   `env:"SOUK_LOG" envDefault:"text"`
	LogLevel     string   `env:"SOUK_LOG_LEVEL" envDefault:"info"`
	// BackupDir is where backups are; unset, the folder backups in Data.
	BackupDir string `env:"SOUK_BACKUP_DIR"`
	// BackupHour is the hour, by this machine's clock, after which the daily one is made; -1 for none.
	BackupHour  int `env:"SOUK_BACKUP_HOUR" envDefault:"3"`
	BackupDays  int `env:"SOUK_BACKUP_DAYS" envDefault:"7"`
	BackupWeeks int `env:"SOUK_BACKUP_WEEKS" envDefault:"4"`
	// UpdateURL is an https address that names the newest version; unset, nobody is asked.
	UpdateURL string `env:"SOUK_UPDATE_URL"`
	// SMTP is who sends the shops' letters; without SOUK_SMTP_HOST nobody does.
	SMTP mail.Config `envPrefix:"SOUK_SMTP_"`
	// Demo makes the demo shops and lets people in there.
	Demo bool `env:"SOUK_DEMO"`
	// SignUp lets anybody make a shop at the domain itself; a demo does.
	SignUp bool `env:"SOUK_SIGN_UP"`
	// DemoDays is how many days of trade a demo shop has behind it.
	DemoDays int `env:"SOUK_DEMO_DAYS" envDefault:"30"`
	// AuditKey signs where the shops' audit trails stand; Run reads it from Data.
	AuditKey ed25519.PrivateKey `env:"-"`
	// Vault encrypts second factors; Run reads its key from Data.
	Vault *vault.Vault `env:"-"`
}

// ReadConfig reads the environment and fails with a sentence about what is wrong.
func ReadConfig() (Config, error) {
	cfg, err := env.ParseAs[Config]()
	if err != nil {
		return cfg, fmt.Errorf("read the settings: %w", err)
	}
	cfg.Domain = strings.ToLower(strings.Trim(cfg.Domain, "."))
	if cfg.Data == "" {
		if cfg.Data, err = embedded.DefaultDataDir(); err != nil {
			return cfg, err
		}
	}
	if cfg.Data, err = filepath.Abs(cfg.Data); err != nil {
		return cfg, err
	}
	if cfg.BackupDir == "" {
		cfg.BackupDir = filepath.Join(cfg.Data, "backups")
	}
	if cfg.BackupHour < -1 || cfg.BackupHour > 23 {
		return cfg, fmt.Errorf("SOUK_BACKUP_HOUR: %d is no hour from 0 to 23, nor -1 for none", cfg.BackupHour)
	}
	if err := errors.Join(cfg.checkTLS(), cfg.SMTP.Check()); err != nil {
		return cfg, err
	}
	_, err = cfg.trusted()
	return cfg, err
}

func (c Config) demo(program *App) demo.Config {
	return demo.Config{Grants: program.Authority.Grants(), Days: c.DemoDays}
}

func (c Config) trusted() ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for _, text := range c.Proxies {
		prefix, err := netip.ParsePrefix(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("SOUK_TRUSTED_PROXIES: %q is not a network such as 10.0.0.0/8", text)
		}
		prefixes = append(prefixes, prefix)
	}
	return prefixes, nil
}

// secretsFile keeps the passwords of the database's log-ins.
func (c Config) secretsFile() string { return filepath.Join(c.Data, "database.json") }

// factorsKeyFile keeps the key that second factors are encrypted under.
func (c Config) factorsKeyFile() string { return filepath.Join(c.Data, "factors.key") }

// auditKeyFile keeps the key that signs the audit trails.
func (c Config) auditKeyFile() string { return filepath.Join(c.Data, "audit.key") }
