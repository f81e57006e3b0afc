package app

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"souk/server/setup"
	"souk/server/tenants"
	"souk/shared/fault"
	"souk/shared/wire"
)

// AddTenant makes a shop from the command line: what the flags do not say is
// asked for. The password is never a flag, where everyone on the machine could
// read it: it is typed unseen, or is the next line of in.
func AddTenant(ctx context.Context, cfg Config, args []string, in io.Reader, out io.Writer) error {
	ask := &prompt{in: bufio.NewReader(in), out: out}
	if file, ok := in.(*os.File); ok && term.IsTerminal(int(file.Fd())) { //nolint:gosec // a file descriptor fits an int
		ask.terminal = file
	}
	form, err := readTenant(args, ask)
	if err != nil {
		return err
	}
	return withProgram(ctx, cfg, func(program *App) error {
		opened, err := setup.Make(ctx, program.Database, program.Authority.Grants(), form)
		if err != nil {
			return inWords(err)
		}
		fmt.Fprintf(out, "Made the shop %s. Its address is %s.%s; sign in there as %s.\n",
			opened.Company.Name, opened.Company.Slug, cfg.Domain, opened.Owner.Email)
		return nil
	})
}

// ListTenants writes a line for each shop.
func ListTenants(ctx context.Context, cfg Config, out io.Writer) error {
	return withProgram(ctx, cfg, func(program *App) error {
		all, err := tenants.All(ctx, program.Database)
		if err != nil {
			return err
		}
		for _, shop := range all {
			kind := "shop"
			if shop.Demo {
				kind = "demo"
			}
			fmt.Fprintf(out, "%-40s %-9s %-4s %s  %s\n", shop.Slug+"."+cfg.Domain, shop.Status, kind, shop.CreatedAt.Format("2006-01-02"), shop.Name)
		}
		if len(all) == 0 {
			fmt.Fprintln(out, "There is no shop yet. Make one with: souk tenant add")
		}
		return nil
	})
}

// withProgram runs something on the database, beside a running server or without.
func withProgram(ctx context.Context, cfg Config, run func(*App) error) (err error) {
	store, err := findToRead(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(ctx, store)) }()
	database, err := store.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer database.Close()
	program, err := Wire(ctx, cfg, database)
	if err != nil {
		return err
	}
	defer program.Hub.Drain()
	return run(program)
}

// inWords writes a fault for a terminal: what is wrong with each part of it.
func inWords(err error) error {
	found := fault.Of(err)
	if found == nil {
		return err
	}
	words := found.Message
	for _, field := range found.Fields {
		words += fmt.Sprintf("\n  %s: %s", flagOf(field.Path), field.Message)
	}
	return errors.New(words)
}

var flagsOf = map[string]string{
	"shop.name": "--name", "shop.slug": "--slug", "shop.business_type": "--type", "shop.country": "--country", "shop.currency": "--currency",
	"shop.locale": "--locale", "store.name": "--store", "store.time_zone": "--time-zone", "owner.name": "--owner-name",
	"owner.email": "--owner-email", "owner.password": "the password",
}

func flagOf(path string) string {
	if name := flagsOf[path]; name != "" {
		return name
	}
	return path
}

func readTenant(args []string, ask *prompt) (setup.Form, error) {
	var form setup.Form
	business := ""
	flags := flag.NewFlagSet("tenant add", flag.ContinueOnError)
	flags.SetOutput(ask.out)
	flags.StringVar(&form.Shop.Name, "name", "", "the shop's name")
	flags.StringVar(&form.Shop.Slug, "slug", "", "its part of the address, such as corner-shop")
	flags.StringVar(&business, "type", "", "retail, supermarket, restaurant, auto_service or dealership")
	flags.StringVar(&form.Shop.Country, "country", "", "two letters, such as DE")
	flags.StringVar(&form.Shop.Currency, "currency", "", "three letters; the country's if left out")
	flags.StringVar(&form.Shop.Locale, "locale", "", "such as en-GB; the country's if left out")
	flags.StringVar(&form.Store.Name, "store", "", "the first store's name")
	flags.StringVar(&form.Store.TimeZone, "time-zone", "", "such as Europe/Berlin; the country's if left out")
	flags.StringVar(&form.Owner.Name, "owner-name", "", "the owner's name")
	flags.StringVar(&form.Owner.Email, "owner-email", "", "the owner's e-mail address, to sign in with")
	if err := flags.Parse(args); err != nil {
		return form, err
	}
	if flags.NArg() > 0 {
		return form, fmt.Errorf("%q is not a setting; each has a name, such as --name %q", flags.Arg(0), flags.Arg(0))
	}
	for _, question := range []struct {
		words string
		value *string
	}{
		{"Name of the shop", &form.Shop.Name}, {"Its part of the address, such as corner-shop", &form.Shop.Slug},
		{"Kind of business (retail, supermarket, restaurant, auto_service, dealership)", &business},
		{"Country, two letters", &form.Shop.Country}, {"Name of the first store", &form.Store.Name},
		{"Your name", &form.Owner.Name}, {"Your e-mail address", &form.Owner.Email},
	} {
		if err := ask.line(question.words, question.value); err != nil {
			return form, err
		}
	}
	form.Shop.BusinessType = wire.BusinessType(business)
	suggest(&form)
	var err error
	form.Owner.Password, err = ask.password()
	return form, err
}

// suggest fills in what a country brings with it, where nothing else was said.
func suggest(form *setup.Form) {
	country, known := setup.CountryOf(strings.ToUpper(strings.TrimSpace(form.Shop.Country)))
	if !known {
		return
	}
	form.Shop.PricesIncludeTax = country.TaxIncluded
	for value, suggested := range map[*string]string{
		&form.Shop.Currency: country.Currency, &form.Shop.Locale: country.Locale, &form.Store.TimeZone: country.TimeZones[0],
	} {
		if *value == "" {
			*value = suggested
		}
	}
}

// prompt asks on a terminal, and reads lines where there is none.
type prompt struct {
	in       *bufio.Reader
	out      io.Writer
	terminal *os.File
}

// line asks for what is not known yet. Without a terminal nobody could answer, so
// that it is missing is an error.
func (p *prompt) line(words string, value *string) error {
	if *value != "" {
		return nil
	}
	if p.terminal == nil {
		return fmt.Errorf("%s: not given, and there is no terminal to ask at. See souk tenant add --help", words)
	}
	fmt.Fprintf(p.out, "%s: ", words)
	text, err := p.in.ReadString('\n')
	if err != nil {
		return fmt.Errorf("%s: %w", words, err)
	}
	*value = strings.TrimSpace(text)
	return nil
}

func (p *prompt) password() (string, error) {
	if p.terminal == nil {
		text, err := p.in.ReadString('\n')
		if err != nil && text == "" {
			return "", errors.New("the password is read from the terminal or from standard input, and there was none")
		}
		return strings.TrimRight(text, "\r\n"), nil
	}
	first, err := p.unseen("Password")
	if err != nil {
		return "", err
	}
	second, err := p.unseen("The same password again")
	if err == nil && first != second {
		err = errors.New("the two passwords differ. Start again")
	}
	return first, err
}

func (p *prompt) unseen(words string) (string, error) {
	fmt.Fprintf(p.out, "%s: ", words)
	text, err := term.ReadPassword(int(p.terminal.Fd())) //nolint:gosec // a file descriptor fits an int
	fmt.Fprintln(p.out)
	return string(text), err
}
