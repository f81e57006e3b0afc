package ledger

// Kind is an account's place in the statements.
type Kind string

// The kinds of account.
const (
	KindAsset     Kind = "asset"
	KindLiability Kind = "liability"
	KindEquity    Kind = "equity"
	KindIncome    Kind = "income"
	KindExpense   Kind = "expense"
)

type account struct {
	code, name string
	kind       Kind
	role       Role
}

// template is the chart a shop of that country starts with; the general one where
// the country has no numbering of its own here.
func template(country string) []account {
	if chart, ok := charts[country]; ok {
		return chart
	}
	return general
}

var general = []account{
	{"1000", "Cash", KindAsset, RoleCash},
	{"1010", "Card payments on their way", KindAsset, RoleCard},
	{"1020", "Other payments on their way", KindAsset, RoleOther},
	{"1050", "Safe", KindAsset, RoleSafe},
	{"1100", "Bank", KindAsset, RoleBank},
	{"1200", "Customers", KindAsset, ""},
	{"1300", "Stock", KindAsset, RoleInventory},
	{"1310", "Stock on its way between stores", KindAsset, RoleInTransit},
	{"2000", "Suppliers", KindLiability, ""},
	{"2100", "Sales tax", KindLiability, RoleTax},
	{"3000", "Owner's capital", KindEquity, RoleOwner},
	{"3100", "Opening balances", KindEquity, RoleOpeningEquity},
	{"4000", "Sales", KindIncome, RoleSales},
	{"4900", "Cash rounding", KindIncome, RoleRounding},
	{"5000", "Cost of goods sold", KindExpense, RoleCOGS},
	{"5100", "Stock differences", KindExpense, RoleStockAdjustment},
	{"5200", "Cash over and short", KindExpense, RoleCashOverShort},
	{"6000", "Running costs", KindExpense, RoleRunningCosts},
}

// charts are numbered in the manner of the country's standard chart (Germany SKR 03,
// France plan comptable général). A bookkeeper should confirm them before the first
// filing: they have not been compared with the published charts.
var charts = map[string][]account{
	"DE": {
		{"1000", "Kasse", KindAsset, RoleCash},
		{"1010", "Tresor", KindAsset, RoleSafe},
		{"1200", "Bank", KindAsset, RoleBank},
		{"1360", "Geldtransit Karten", KindAsset, RoleCard},
		{"1361", "Geldtransit sonstige", KindAsset, RoleOther},
		{"1400", "Forderungen aus Lieferungen und Leistungen", KindAsset, ""},
		{"1600", "Verbindlichkeiten aus Lieferungen und Leistungen", KindLiability, ""},
		{"1770", "Umsatzsteuer", KindLiability, RoleTax},
		{"1800", "Privatentnahmen", KindEquity, RoleOwner},
		{"2150", "Rundungsdifferenzen", KindIncome, RoleRounding},
		{"2309", "Kassendifferenzen", KindExpense, RoleCashOverShort},
		{"3200", "Wareneinsatz", KindExpense, RoleCOGS},
		{"3960", "Bestandsveränderungen Waren", KindExpense, RoleStockAdjustment},
		{"3980", "Bestand Waren", KindAsset, RoleInventory},
		{"3985", "Waren unterwegs zwischen Filialen", KindAsset, RoleInTransit},
		{"4900", "Sonstige betriebliche Aufwendungen", KindExpense, RoleRunningCosts},
		{"8200", "Erlöse", KindIncome, RoleSales},
		{"9000", "Saldenvorträge", KindEquity, RoleOpeningEquity},
	},
	"FR": {
		{"101000", "Capital", KindEquity, RoleOwner},
		{"370000", "Stocks de marchandises", KindAsset, RoleInventory},
		{"380000", "Stocks en voie d'acheminement", KindAsset, RoleInTransit},
		{"401000", "Fournisseurs", KindLiability, ""},
		{"411000", "Clients", KindAsset, ""},
		{"445710", "TVA collectée", KindLiability, RoleTax},
		{"511500", "Cartes bancaires à l'encaissement", KindAsset, RoleCard},
		{"511800", "Autres valeurs à l'encaissement", KindAsset, RoleOther},
		{"512000", "Banque", KindAsset, RoleBank},
		{"530000", "Caisse", KindAsset, RoleCash},
		{"531000", "Coffre", KindAsset, RoleSafe},
		{"603700", "Variation des stocks de marchandises", KindExpense, RoleStockAdjustment},
		{"607000", "Coût des marchandises vendues", KindExpense, RoleCOGS},
		{"628000", "Charges diverses", KindExpense, RoleRunningCosts},
		{"658000", "Différences de caisse", KindExpense, RoleCashOverShort},
		{"707000", "Ventes de marchandises", KindIncome, RoleSales},
		{"758000", "Différences d'arrondi", KindIncome, RoleRounding},
		{"890000", "Bilan d'ouverture", KindEquity, RoleOpeningEquity},
	},
}
