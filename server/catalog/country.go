package catalog

import (
	"strings"
	"time"

	"github.com/govalues/decimal"
)

// The codes that every country has; some have more.
const (
	Standard = "standard"
	Reduced  = "reduced"
	Zero     = "zero"
)

type countryTax struct {
	code, name string
	rates      []datedPercent
}

type datedPercent struct {
	from    time.Time
	percent decimal.Decimal
}

// taxTable has a line for each code of a country: the code, its name, and the
// rates with the days from which they hold. The first rate of a line holds from
// the day of its law or, where that is older, from the start of our records, 2010.
// They are a start for the owner to confirm, not a legal source, and have not been
// compared line by line with the places to check them: European Commission, "VAT rates applied in the Member States" and
// Taxes in Europe Database; OECD, "Consumption Tax Trends"; for the others the
// tax authorities' own pages (HMRC, CRA, ATO, IRD of New Zealand and of Sri Lanka,
// CBIC, FTA, ZATCA, NTA, ESTV, SAT, SARS, KRA, FIRS, IRAS, RMCD, RD, NTS).
// A shop changes what does not fit it; regional sales taxes, as in the United
// States, Canada and Brazil, are for the owner to add.
const taxTable = `
AE standard Standard rate: 2018-01-01=5
AT standard Standard rate: 2010-01-01=20
AT reduced Reduced rate: 2010-01-01=10
AT reduced_2 Second reduced rate: 2016-01-01=13
AU standard GST: 2000-07-01=10
BR standard Sales tax of the state: 2010-01-01=0
CA standard GST: 2008-01-01=5
CH standard Standard rate: 2011-01-01=8 2018-01-01=7.7 2024-01-01=8.1
CH reduced Reduced rate: 2011-01-01=2.5 2024-01-01=2.6
CH lodging Lodging: 2011-01-01=3.8 2018-01-01=3.7 2024-01-01=3.8
DE standard Standard rate: 2007-01-01=19 2020-07-01=16 2021-01-01=19
DE reduced Reduced rate: 2007-01-01=7 2020-07-01=5 2021-01-01=7
DK standard Standard rate: 1992-01-01=25
ES standard Standard rate: 2010-07-01=18 2012-09-01=21
ES reduced Reduced rate: 2010-07-01=8 2012-09-01=10
ES super_reduced Super-reduced rate: 2010-01-01=4
FR standard Standard rate: 2010-01-01=19.6 2014-01-01=20
FR intermediate Intermediate rate: 2012-01-01=7 2014-01-01=10
FR reduced Reduced rate: 2010-01-01=5.5
FR super_reduced Super-reduced rate: 2010-01-01=2.1
GB standard Standard rate: 2010-01-01=17.5 2011-01-04=20
GB reduced Reduced rate: 2010-01-01=5
IE standard Standard rate: 2010-01-01=21 2012-01-01=23 2020-09-01=21 2021-03-01=23
IE reduced Reduced rate: 2010-01-01=13.5
IE reduced_2 Second reduced rate: 2011-07-01=9
IN standard GST standard: 2017-07-01=18
IN reduced GST merit: 2017-07-01=5
IN luxury GST luxury: 2017-07-01=28 2025-09-22=40
IT standard Standard rate: 2010-01-01=20 2011-09-17=21 2013-10-01=22
IT reduced Reduced rate: 2010-01-01=10
IT reduced_2 Second reduced rate: 2016-01-01=5
IT super_reduced Super-reduced rate: 2010-01-01=4
JP standard Standard rate: 2010-01-01=5 2014-04-01=8 2019-10-01=10
JP reduced Reduced rate: 2019-10-01=8
KE standard Standard rate: 2010-01-01=16 2020-04-01=14 2021-01-01=16
KR standard Standard rate: 2010-01-01=10
LK standard VAT: 2019-12-01=8 2022-06-01=12 2022-09-01=15 2024-01-01=18
MX standard Standard rate: 2010-01-01=16
MX reduced Border region: 2019-01-01=8
MY standard Service tax: 2018-09-01=6 2024-03-01=8
MY reduced Service tax, reduced: 2024-03-01=6
NG standard Standard rate: 2010-01-01=5 2020-02-01=7.5
NL standard Standard rate: 2010-01-01=19 2012-10-01=21
NL reduced Reduced rate: 2010-01-01=6 2019-01-01=9
NO standard Standard rate: 2010-01-01=25
NO reduced Food: 2010-01-01=14 2012-01-01=15
NO reduced_2 Travel and lodging: 2010-01-01=8 2016-01-01=10 2018-01-01=12
NZ standard GST: 2010-01-01=12.5 2010-10-01=15
PL standard Standard rate: 2010-01-01=22 2011-01-01=23
PL reduced Reduced rate: 2010-01-01=7 2011-01-01=8
PL reduced_2 Second reduced rate: 2011-01-01=5
SA standard Standard rate: 2018-01-01=5 2020-07-01=15
SE standard Standard rate: 2010-01-01=25
SE reduced Reduced rate: 2010-01-01=12
SE reduced_2 Second reduced rate: 2010-01-01=6
SG standard GST: 2010-01-01=7 2023-01-01=8 2024-01-01=9
TH standard Standard rate: 2010-01-01=7
US standard Sales tax of the state: 2010-01-01=0
ZA standard Standard rate: 2010-01-01=14 2018-04-01=15
`

// taxesOf gives a country's taxes. Every country has standard, reduced and zero;
// the one without a line of its own has nothing but zero per cent.
func taxesOf(country string) []countryTax {
	var taxes []countryTax
	for line := range strings.Lines(taxTable) {
		if rest, ours := strings.CutPrefix(strings.TrimSpace(line), country+" "); ours {
			taxes = append(taxes, readTax(rest))
		}
	}
	for _, always := range []struct{ code, name string }{{Standard, "Standard rate"}, {Reduced, "Reduced rate"}, {Zero, "Zero rate"}} {
		if !hasCode(taxes, always.code) {
			taxes = append(taxes, readTax(always.code+" "+always.name+": 2010-01-01=0"))
		}
	}
	return taxes
}

func hasCode(taxes []countryTax, code string) bool {
	for _, t := range taxes {
		if t.code == code {
			return true
		}
	}
	return false
}

// readTax reads a line of the table; a test reads them all.
func readTax(line string) countryTax {
	head, dated, _ := strings.Cut(line, ": ")
	code, name, _ := strings.Cut(head, " ")
	tax := countryTax{code: code, name: name}
	for _, entry := range strings.Fields(dated) {
		day, percent, _ := strings.Cut(entry, "=")
		from, err := time.Parse(time.DateOnly, day)
		if err != nil {
			panic(err)
		}
		tax.rates = append(tax.rates, datedPercent{from, decimal.MustParse(percent)})
	}
	return tax
}
