package receipt

// SlipWords are the words of paper that stays in the shop: reports of a shift and
// slips for cash.
type SlipWords struct {
	XReport, ZReport, Shift, From, To                         string
	Sales, Refunds, Discounts, CashRounding, Total            string
	Payments, Drawer, Float, CashTaken, CashIn, CashOut       string
	SafeDrops, OpenedWithoutSale, Expected, Counted           string
	Difference, Signature, SafeDrop, DrawerOpened             string
	Reason, Note, ApprovedBy, Amount                          string
	Petty, Supplier, Bank, Safe, Owner, Change, Check, Others string
}

// SlipWordsFor gives the words in the language of a locale, or in English.
func SlipWordsFor(locale string) SlipWords {
	switch language(locale) {
	case "es":
		return SlipWords{
			XReport: "Informe X", ZReport: "Informe Z", Shift: "Turno", From: "Desde", To: "Hasta",
			Sales: "Ventas", Refunds: "Devoluciones", Discounts: "Descuentos", CashRounding: "Redondeo de efectivo", Total: "Total",
			Payments: "Pagos", Drawer: "Cajón", Float: "Fondo de caja", CashTaken: "Cobrado en efectivo", CashIn: "Entrada de efectivo", CashOut: "Salida de efectivo",
			SafeDrops: "Retiros a caja fuerte", OpenedWithoutSale: "Aperturas sin venta", Expected: "Esperado", Counted: "Contado",
			Difference: "Diferencia", Signature: "Firma", SafeDrop: "Retiro a caja fuerte", DrawerOpened: "Cajón abierto",
			Reason: "Motivo", Note: "Nota", ApprovedBy: "Autorizado por", Amount: "Importe",
			Petty: "Gastos menores", Supplier: "Proveedor", Bank: "Banco", Safe: "Caja fuerte", Owner: "Titular", Change: "Cambio", Check: "Por revisar", Others: "Otro",
		}
	case "ar":
		return SlipWords{
			XReport: "تقرير X", ZReport: "تقرير Z", Shift: "الوردية", From: "من", To: "إلى",
			Sales: "المبيعات", Refunds: "المرتجعات", Discounts: "الخصومات", CashRounding: "تقريب النقد", Total: "المجموع",
			Payments: "المدفوعات", Drawer: "درج النقود", Float: "الرصيد الافتتاحي", CashTaken: "النقد المقبوض", CashIn: "إيداع نقدي", CashOut: "سحب نقدي",
			SafeDrops: "إيداعات الخزنة", OpenedWithoutSale: "مرات الفتح بلا بيع", Expected: "المتوقع", Counted: "المعدود",
			Difference: "الفرق", Signature: "التوقيع", SafeDrop: "إيداع في الخزنة", DrawerOpened: "فُتح الدرج",
			Reason: "السبب", Note: "ملاحظة", ApprovedBy: "بموافقة", Amount: "المبلغ",
			Petty: "مصروفات صغيرة", Supplier: "مورّد", Bank: "البنك", Safe: "الخزنة", Owner: "المالك", Change: "فكّة", Check: "للمراجعة", Others: "سبب آخر",
		}
	}
	return SlipWords{
		XReport: "X report", ZReport: "Z report", Shift: "Shift", From: "From", To: "To",
		Sales: "Sales", Refunds: "Refunds", Discounts: "Discounts", CashRounding: "Cash rounding", Total: "Total",
		Payments: "Payments", Drawer: "Drawer", Float: "Float", CashTaken: "Cash taken", CashIn: "Cash in", CashOut: "Cash out",
		SafeDrops: "Safe drops", OpenedWithoutSale: "Opened without a sale", Expected: "Expected", Counted: "Counted",
		Difference: "Difference", Signature: "Signature", SafeDrop: "Safe drop", DrawerOpened: "Drawer opened",
		Reason: "Reason", Note: "Note", ApprovedBy: "Approved by", Amount: "Amount",
		Petty: "Small expenses", Supplier: "Supplier", Bank: "Bank", Safe: "Safe", Owner: "Owner", Change: "Change", Check: "To check", Others: "Other",
	}
}
