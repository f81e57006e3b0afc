package demo

import (
	"time"

	"souk/server/tenants"
	"souk/shared/wire"
)

// plan is a demo shop and how it trades.
type plan struct {
	shop     tenants.NewShop
	products func() ([]product, error)
	staff    []member // besides the owner, the manager and the cashier
	tax      string   // per cent, where the owner has to add the rate of the place
	opens    int      // the hour
	hours    []int    // how busy each hour from then on is
	baskets  [7]int   // sales of a day, from Sunday on; 0 is closed
	lines    int      // most lines of a sale
	card     int      // of a hundred sales
	named    int      // of a hundred sales: the customer is known
	people   []string // the customers
	branch   *branch  // the further store, if there is one
}

type member struct {
	name, login string
	role        wire.Role
}

var (
	shopHours   = []int{2, 3, 4, 6, 9, 8, 5, 5, 7, 9, 6, 3}
	mealHours   = []int{5, 9, 7, 2, 1, 3, 8, 10, 9, 5}
	garageHours = []int{6, 7, 6, 5, 3, 5, 6, 7, 8, 4}
)

// plans are the demo shops, in the order in which they are shown.
func plans() []plan {
	return []plan{cityMart(), cornerShop(), mariosPizza(), gajanayakaAuto(), primeMotors()}
}

// Shops are the demo shops, in the order in which they are shown.
func Shops() []tenants.NewShop {
	var shops []tenants.NewShop
	for _, p := range plans() {
		shops = append(shops, p.shop)
	}
	return shops
}

func owned(c tenants.Company, s tenants.Store, owner string) tenants.NewShop {
	return tenants.NewShop{
		Company: c, Store: s, OwnerName: owner, OwnerEmail: "owner@" + c.Slug + ".example", OwnerPassword: Password, Demo: true,
	}
}

func cityMart() plan {
	return plan{
		shop: owned(tenants.Company{
			Name: "City Mart", Slug: "city-mart", BusinessType: wire.Supermarket, Country: "DE", Currency: "EUR", Locale: "en", PricesIncludeTax: true,
		}, tenants.Store{
			Name: "Harbour Street", Address: "Harbour Street 12\n20457 Hamburg", TimeZone: "Europe/Berlin",
			LegalName: "City Mart Retail GmbH", TaxNumber: "DE 000 000 000", ReceiptFooter: "Thank you. Keep your receipt for returns.",
		}, "Olivia Hart"),
		products: supermarketProducts,
		staff:    []member{{"Jonas Weber", "stock", wire.StockManager}},
		opens:    8, hours: shopHours, baskets: [7]int{24, 40, 38, 42, 46, 58, 62}, lines: 9, card: 58, named: 6,
		people: []string{"Hannah Krüger", "Murat Yılmaz", "Café Elbblick", "Sofia Lindqvist", "Kita Sonnenschein"},
		branch: stationStore(),
	}
}

func cornerShop() plan {
	return plan{
		shop: owned(tenants.Company{
			Name: "Corner Shop", Slug: "corner-shop", BusinessType: wire.Retail, Country: "GB", Currency: "GBP", Locale: "en-GB", PricesIncludeTax: true,
		}, tenants.Store{
			Name: "Mill Lane", Address: "3 Mill Lane\nBristol BS1 4ND", TimeZone: "Europe/London",
			LegalName: "Corner Shop Ltd", TaxNumber: "GB 000 0000 00", ReceiptFooter: "See you soon.",
		}, "Oscar Reed"),
		products: cornerProducts,
		opens:    8, hours: shopHours, baskets: [7]int{14, 20, 19, 21, 22, 27, 30}, lines: 5, card: 66, named: 4,
		people: []string{"Mrs Pemberton", "The Crown Inn", "Dev Patel"},
	}
}

func mariosPizza() plan {
	return plan{
		shop: owned(tenants.Company{
			Name: "Mario's Pizza", Slug: "marios-pizza", BusinessType: wire.Restaurant, Country: "US", Currency: "USD", Locale: "en-US",
		}, tenants.Store{
			Name: "Carroll Street", Address: "118 Carroll Street\nBrooklyn, NY 11231", TimeZone: "America/New_York",
			LegalName: "Mario's Pizza LLC", TaxNumber: "00-0000000", ReceiptFooter: "Grazie, a presto!",
		}, "Mario Esposito"),
		products: func() ([]product, error) { return listed("marios-pizza") },
		staff:    []member{{"Lucia Romano", "waiter", wire.Waiter}, {"Tony Greco", "chef", wire.Chef}},
		tax:      "8.875",
		opens:    12, hours: mealHours, baskets: [7]int{44, 0, 34, 38, 42, 62, 66}, lines: 6, card: 78, named: 5,
		people: []string{"Rosa Delgado", "P.S. 58 office", "Kevin O'Brien"},
	}
}

func gajanayakaAuto() plan {
	return plan{
		shop: owned(tenants.Company{
			Name: "Gajanayaka Auto", Slug: "gajanayaka-auto", BusinessType: wire.AutoService, Country: "LK", Currency: "LKR", Locale: "en", PricesIncludeTax: true,
		}, tenants.Store{
			Name: "Kandy Road", Address: "245 Kandy Road\nKadawatha", TimeZone: "Asia/Colombo",
			LegalName: "Gajanayaka Auto (Pvt) Ltd", TaxNumber: "000000000-7000", ReceiptFooter: "Drive safely.",
		}, "Nuwan Gajanayaka"),
		products: func() ([]product, error) { return listed("gajanayaka-auto") },
		staff:    []member{{"Saman Perera", "technician", wire.Technician}, {"Dilini Fernando", "accounts", wire.AccountsManager}},
		opens:    8, hours: garageHours, baskets: [7]int{0, 11, 9, 10, 9, 12, 14}, lines: 6, card: 41, named: 88,
		people: []string{
			"Chaminda Silva", "Ishara Jayawardena", "Lanka Courier Services", "Ruwan Bandara", "Fathima Nazeer", "Kelani Tea Exports",
			"Pradeep Kumar", "Anoma Wickramasinghe", "Green Line Tours", "Suresh Rajapaksa",
		},
	}
}

func primeMotors() plan {
	return plan{
		shop: owned(tenants.Company{
			Name: "Prime Motors", Slug: "prime-motors", BusinessType: wire.Dealership, Country: "AE", Currency: "AED", Locale: "en", PricesIncludeTax: true,
		}, tenants.Store{
			Name: "Sheikh Zayed Road", Address: "Showroom 7, Sheikh Zayed Road\nDubai", TimeZone: "Asia/Dubai",
			LegalName: "Prime Motors Trading LLC", TaxNumber: "100000000000003", ReceiptFooter: "Thank you for driving with us.",
		}, "Layla Haddad"),
		products: func() ([]product, error) { return listed("prime-motors") },
		staff:    []member{{"Omar Farouk", "sales", wire.DealerSales}},
		opens:    9, hours: garageHours, baskets: [7]int{0, 5, 4, 6, 5, 4, 8}, lines: 4, card: 82, named: 80,
		people: []string{"Ahmed Al Mansoori", "Priya Nair", "Falcon Limousine", "James Whitfield", "Mariam Al Suwaidi", "Desert Rent a Car"},
	}
}

// baskets of a day; the days of the first half are a little quieter.
func (p plan) busy(day time.Time, ago int) int {
	most := p.baskets[day.Weekday()]
	return most - most*ago/200
}
