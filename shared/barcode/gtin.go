// Package barcode turns what a scanner sent into the codes an item is looked up
// by, and into the weight or price that a scale printed into the code. It looks
// nothing up and draws nothing.
package barcode

import "strings"

// canonicalLength is how long a canonical GTIN is, unless it is a case code.
const canonicalLength = 13

// CheckDigit returns the GS1 check digit for digits that lack one: weights 3 and
// 1 alternate from the right (GS1 General Specifications 7.9). It is false if
// there is anything but digits.
func CheckDigit(body string) (byte, bool) {
	if !allDigits(body) {
		return 0, false
	}
	sum := 0
	for i := range len(body) {
		weight := 1
		if (len(body)-i)%2 == 1 {
			weight = 3
		}
		sum += int(body[i]-'0') * weight
	}
	return byte('0' + (10-sum%10)%10), true
}

// ValidGTIN says whether code is a GTIN-8, -12, -13 or -14 with a right check
// digit.
func ValidGTIN(code string) bool {
	switch len(code) {
	case 8, 12, 13, 14:
	default:
		return false
	}
	last := len(code) - 1
	digit, ok := CheckDigit(code[:last])
	return ok && digit == code[last]
}

// Normalize returns the one form under which a GTIN is stored: thirteen digits,
// filled with zeros from the left, or fourteen for a case code whose first digit
// is not zero. EAN-8, UPC-A and EAN-13 of the same number come to the same
// form. Eight digits that are no EAN-8 are read as UPC-E. It is false for
// anything that is not a valid code.
func Normalize(code string) (string, bool) {
	if !ValidGTIN(code) {
		upc, ok := ExpandUPCE(code)
		if !ok {
			return "", false
		}
		code = upc
	}
	if len(code) == 14 && code[0] != '0' {
		return code, true
	}
	return pad(code, canonicalLength), true
}

// ExpandUPCE returns the UPC-A that an eight-digit UPC-E stands for (GS1 General
// Specifications 5.2.2.4). It is false if the check digit does not fit.
func ExpandUPCE(code string) (string, bool) {
	if len(code) != 8 || !allDigits(code) || code[0] > '1' {
		return "", false
	}
	system, d, check := code[:1], code[1:7], code[7:]
	var body string
	switch d[5] {
	case '0', '1', '2':
		body = d[:2] + d[5:] + "0000" + d[2:5]
	case '3':
		body = d[:3] + "00000" + d[3:5]
	case '4':
		body = d[:4] + "00000" + d[4:5]
	default:
		body = d[:5] + "0000" + d[5:]
	}
	upc := system + body + check
	return upc, ValidGTIN(upc)
}

// pad brings digits to a length: leading zeros are added or dropped.
func pad(digits string, length int) string {
	digits = strings.TrimLeft(digits, "0")
	return strings.Repeat("0", max(length-len(digits), 0)) + digits
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
