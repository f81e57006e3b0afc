package money

import "strings"

// Current ISO 4217 currencies by the decimals of their minor unit (list one,
// 2026: without BGN, HRK, ANG, SLL and ZWL, which were withdrawn). Funds codes,
// metals and units of account are left out: nothing is sold in them.
const (
	noDecimals    = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
	threeDecimals = "BHD IQD JOD KWD LYD OMR TND"
	twoDecimals   = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD " +
		"CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD " +
		"HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK " +
		"MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB " +
		"SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD " +
		"UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG"
)

// cashSteps is the smallest cash amount in minor units where it is not 1.
//
// Source: CLDR 48 currencyData (_cashRounding, _cashDigits, and _digits where
// CLDR shows a currency without the decimals that ISO gives it), except AUD,
// ILS, MYR, NZD and ZAR, which CLDR leaves out: there the step is what the
// country's central bank prescribes since it withdrew the smaller coins. The
// euro stays at 1; some of its countries round to 5, which is a store's choice.
var cashSteps = map[string]Amount{
	"AFN": 100, "ALL": 100, "AMD": 100, "AUD": 5, "CAD": 5, "CHF": 5, "COP": 100, "CRC": 100, "CZK": 100,
	"DKK": 50, "GYD": 100, "HUF": 500, "IDR": 100, "ILS": 10, "IQD": 1000, "IRR": 100, "KPW": 100, "LAK": 100,
	"LBP": 100, "MGA": 100, "MMK": 100, "MNT": 100, "MUR": 100, "MYR": 5, "NOK": 100, "NZD": 10, "PKR": 100,
	"RSD": 100, "SEK": 100, "SOS": 100, "SYP": 100, "TWD": 100, "TZS": 100, "UZS": 100, "YER": 100, "ZAR": 10,
}

// notes are the banknotes in common use, in major units, ascending.
var notes = map[string][]Amount{
	"AED": {5, 10, 20, 50, 100, 200, 500},
	"AUD": {5, 10, 20, 50, 100},
	"BDT": {10, 20, 50, 100, 200, 500, 1000},
	"BRL": {5, 10, 20, 50, 100, 200},
	"CAD": {5, 10, 20, 50, 100},
	"CHF": {10, 20, 50, 100, 200, 1000},
	"CNY": {5, 10, 20, 50, 100},
	"CZK": {100, 200, 500, 1000, 2000, 5000},
	"DKK": {50, 100, 200, 500},
	"EUR": {5, 10, 20, 50, 100, 200},
	"GBP": {5, 10, 20, 50},
	"HKD": {10, 20, 50, 100, 500, 1000},
	"HUF": {500, 1000, 2000, 5000, 10000, 20000},
	"IDR": {5000, 10000, 20000, 50000, 100000},
	"INR": {10, 20, 50, 100, 200, 500},
	"JPY": {1000, 5000, 10000},
	"KES": {50, 100, 200, 500, 1000},
	"KRW": {1000, 5000, 10000, 50000},
	"KWD": {1, 5, 10, 20},
	"LKR": {20, 50, 100, 500, 1000, 5000},
	"MXN": {20, 50, 100, 200, 500, 1000},
	"MYR": {1, 5, 10, 20, 50, 100},
	"NOK": {50, 100, 200, 500, 1000},
	"NZD": {5, 10, 20, 50, 100},
	"PHP": {20, 50, 100, 200, 500, 1000},
	"PKR": {10, 20, 50, 100, 500, 1000, 5000},
	"PLN": {10, 20, 50, 100, 200, 500},
	"RON": {1, 5, 10, 50, 100, 200},
	"SAR": {5, 10, 50, 100, 200, 500},
	"SEK": {20, 50, 100, 200, 500, 1000},
	"SGD": {2, 5, 10, 50, 100},
	"THB": {20, 50, 100, 500, 1000},
	"TRY": {5, 10, 20, 50, 100, 200},
	"USD": {1, 5, 10, 20, 50, 100},
	"VND": {1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000},
	"ZAR": {10, 20, 50, 100, 200},
}

var currencies = table()

func table() map[string]Currency {
	all := map[string]Currency{}
	for digits, codes := range map[int]string{0: noDecimals, 2: twoDecimals, 3: threeDecimals} {
		for code := range strings.FieldsSeq(codes) {
			all[code] = Currency{Code: code, Digits: digits, CashStep: max(cashSteps[code], 1)}
		}
	}
	return all
}
