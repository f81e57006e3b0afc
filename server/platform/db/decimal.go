package db

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/govalues/decimal"
	"github.com/jackc/pgx/v5/pgtype"
)

// decimalCodec sends and takes decimals in the binary form of numeric: groups of
// four decimal digits (src/backend/utils/adt/numeric.c, numeric_recv). The driver
// alone would go by way of their text, which cost a sale of five lines a tenth of
// the program's time.
type decimalCodec struct{ pgtype.NumericCodec }

func registerDecimal(types *pgtype.Map) {
	one := &pgtype.Type{Name: "numeric", OID: pgtype.NumericOID, Codec: decimalCodec{}}
	types.RegisterType(one)
	types.RegisterType(&pgtype.Type{Name: "_numeric", OID: pgtype.NumericArrayOID, Codec: &pgtype.ArrayCodec{ElementType: one}})
}

// PlanEncode implements pgtype.Codec.
func (c decimalCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.(decimal.Decimal); ok && format == pgtype.BinaryFormatCode {
		return encodeDecimal{}
	}
	return c.NumericCodec.PlanEncode(m, oid, format, value)
}

// PlanScan implements pgtype.Codec.
func (c decimalCodec) PlanScan(m *pgtype.Map, oid uint32, format int16, target any) pgtype.ScanPlan {
	if _, ok := target.(*decimal.Decimal); ok && format == pgtype.BinaryFormatCode {
		return scanDecimal{}
	}
	return c.NumericCodec.PlanScan(m, oid, format, target)
}

const (
	group    = 10_000
	negative = 0x4000
	special  = 0xC000 // NaN and the infinities have both of these bits
)

var powersOfTen = [...]uint64{1, 10, 100, 1000}

type encodeDecimal struct{}

// Encode implements pgtype.EncodePlan.
func (encodeDecimal) Encode(value any, buf []byte) ([]byte, error) {
	d := value.(decimal.Decimal)
	scale := d.Scale()
	after := (scale + 3) / 4 // groups after the point
	high, low := bits.Mul64(d.Coef(), powersOfTen[after*4-scale])
	var groups [8]uint16 // the last one first
	n := 0
	for ; high > 0 || low > 0; n++ {
		var rest uint64
		high, rest = high/group, high%group
		low, rest = bits.Div64(rest, low, group)
		groups[n] = uint16(rest)
	}
	sign, weight := uint16(0), 0
	if n > 0 {
		weight = n - after - 1
	}
	if d.IsNeg() {
		sign = negative
	}
	buf = binary.BigEndian.AppendUint16(buf, uint16(n))
	buf = binary.BigEndian.AppendUint16(buf, uint16(int16(weight)))
	buf = binary.BigEndian.AppendUint16(buf, sign)
	buf = binary.BigEndian.AppendUint16(buf, uint16(scale))
	for n--; n >= 0; n-- {
		buf = binary.BigEndian.AppendUint16(buf, groups[n])
	}
	return buf, nil
}

type scanDecimal struct{}

// Scan implements pgtype.ScanPlan.
func (scanDecimal) Scan(src []byte, target any) error {
	if src == nil {
		return fmt.Errorf("cannot scan NULL into %T", target)
	}
	if len(src) < 8 || len(src) != 8+2*int(binary.BigEndian.Uint16(src)) {
		return fmt.Errorf("a numeric of %d bytes", len(src))
	}
	sign, scale := binary.BigEndian.Uint16(src[4:]), int(binary.BigEndian.Uint16(src[6:]))
	if sign&special == special {
		return fmt.Errorf("cannot scan NaN or infinity into %T", target)
	}
	coef, ok := coefficient(src, scale)
	if !ok {
		return scanWide(src, target)
	}
	d, err := decimal.New(coef, scale)
	if err != nil {
		return scanWide(src, target)
	}
	if sign == negative {
		d = d.Neg()
	}
	*target.(*decimal.Decimal) = d
	return nil
}

// coefficient is the number without its sign, times ten to the power of scale, if
// an int64 holds it.
func coefficient(src []byte, scale int) (int64, bool) {
	weight := int(int16(binary.BigEndian.Uint16(src[2:])))
	groups := src[8:]
	coef, fits := uint64(0), true
	times := func(by, plus uint64) {
		high, low := bits.Mul64(coef, by)
		sum, carry := bits.Add64(low, plus, 0)
		coef, fits = sum, fits && high == 0 && carry == 0 && sum <= 1<<63-1
	}
	for ; len(groups) > 0; groups = groups[2:] {
		times(group, uint64(binary.BigEndian.Uint16(groups)))
	}
	if coef == 0 {
		return 0, fits
	}
	// Coef is now the number times this power of ten.
	power := 4 * (len(src[8:])/2 - 1 - weight)
	for ; power < scale && fits; power++ {
		times(10, 0)
	}
	for ; power > scale; power-- {
		coef /= 10 // a zero: there are no more digits than the scale says
	}
	return int64(coef), fits
}

// scanWide reads what is wider than an int64, rounded to the digits that a decimal has.
func scanWide(src []byte, target any) error {
	text, err := pgtype.NumericCodec{}.DecodeDatabaseSQLValue(pgtype.NewMap(), pgtype.NumericOID, pgtype.BinaryFormatCode, src)
	if err != nil {
		return err
	}
	return target.(*decimal.Decimal).Scan(text)
}
