package demo

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"souk/migrations"
	"souk/shared/money"
)

// product is what a demo shop sells, before it becomes an item.
type product struct {
	code, name, category, tax, unit, soldBy, plu string
	price, cost                                  money.Amount
	stock                                        int64
	favourite, untracked                         bool
}

func (p product) tracked() bool { return !p.untracked }

// order puts first what sells best: a fixed shuffle, favourites ahead.
func (b *builder) order() {
	slices.SortFunc(b.products, func(x, y product) int { return cmp.Compare(x.rank(), y.rank()) })
}

func (p product) rank() uint32 {
	rank := pick(p.code+p.name, 1<<30)
	if p.favourite {
		rank /= 4
	}
	return rank
}

// expected is what a product at most sells until today, by its place in the order.
func (b *builder) expected(place int) int64 {
	sold := 0
	for _, baskets := range b.baskets {
		sold += baskets
	}
	n, left := len(b.products), len(b.products)-place
	return int64(sold*b.days*(b.lines+1)) / 10 * 3 * int64(left*left) / int64(n*n*n)
}

// aisle says which words in a name put a product into a category, and in which
// range its price lies (minor units). The first aisle that fits wins.
type aisle struct {
	category, tax string
	low, high     int
	words         string
}

var aisles = []aisle{
	{"Frozen", "reduced", 249, 899, "frozen ice pizza popsicle sorbet gelato"},
	{"Dairy & eggs", "reduced", 99, 649, "milk yogurt cheese cheddar butter cream mozzarella kefir egg eggs creamer"},
	{"Meat & fish", "reduced", 299, 1499, "chicken beef pork ham turkey bacon sausage salami tuna salmon shrimp fish"},
	{"Bakery", "reduced", 99, 549, "bread rolls bun buns cake cupcakes muffins bagel tortilla pie pancake croissant"},
	{"Sweets & chocolate", "standard", 79, 599, "chocolate candy candies caramel fudge gummy marshmallow truffle licorice cookie cookies shortbread"},
	{"Snacks", "standard", 99, 499, "chips crackers pretzels popcorn snack snacks bar bars trail nuts almonds peanuts cashews jerky"},
	{"Drinks", "standard", 69, 449, "juice drink beverage soda water tea coffee lemonade cola energy sparkling"},
	{"Breakfast", "reduced", 149, 649, "cereal granola oatmeal oats muesli honey jam syrup spread"},
	{"Pasta, rice & beans", "reduced", 79, 399, "pasta macaroni spaghetti noodles rice beans bean lentils quinoa couscous"},
	{"Sauces & spices", "reduced", 129, 599, "sauce salsa dressing seasoning oil vinegar mustard ketchup marinade salt pepper spice dip mayonnaise"},
	{"Fruit & vegetables", "reduced", 99, 499, "fruit tomato tomatoes apple potato potatoes corn vegetable vegetables salad olives onion"},
	{"Soups & ready meals", "reduced", 149, 699, "soup chili meal burrito sandwich stew curry"},
	{"Pantry", "reduced", 99, 599, ""},
}

// produce is weighed at the till. The PLU codes are those that growers print on
// stickers all over the world.
var produce = []struct {
	plu, name string
	price     money.Amount
}{
	{"4011", "Bananas", 129}, {"4225", "Hass avocados", 499}, {"4664", "Tomatoes on the vine", 349}, {"4082", "Red onions", 159},
	{"4131", "Fuji apples", 279}, {"4017", "Granny Smith apples", 269}, {"4012", "Navel oranges", 229}, {"4053", "Lemons", 299},
	{"4048", "Limes", 449}, {"4023", "Red grapes", 429}, {"4022", "Green grapes", 429}, {"4030", "Kiwifruit", 399},
	{"4959", "Mangoes", 389}, {"4430", "Pineapple", 199}, {"4562", "Carrots", 119}, {"4065", "Green peppers", 349},
	{"4688", "Red peppers", 379}, {"4062", "Cucumbers", 189}, {"4608", "Garlic", 899}, {"4072", "Potatoes", 139},
	{"4074", "Sweet potatoes", 249}, {"4060", "Broccoli", 299}, {"4079", "Cauliflower", 259}, {"4640", "Romaine lettuce", 289},
	{"4409", "Pears", 289}, {"4038", "Peaches", 399}, {"4045", "Cherries", 899}, {"4067", "Courgettes", 249},
}

// supermarketProducts are the real products with prices by rule, and produce.
func supermarketProducts() ([]product, error) {
	all, err := realProducts()
	if err != nil {
		return nil, err
	}
	for _, fresh := range produce {
		all = append(all, product{
			code: "", name: fresh.name, category: "Fruit & vegetables", tax: "reduced", unit: "kg", soldBy: "weight", plu: fresh.plu,
			price: fresh.price, cost: fresh.price * 62 / 100, stock: 40 + int64(pick(fresh.plu, 60)), favourite: true,
		})
	}
	return all, nil
}

// listed are the products in a demo shop's own file: what has no stock there is
// made or done when it is sold.
func listed(shop string) ([]product, error) {
	rows, err := rowsOf(shop + ".csv")
	if err != nil {
		return nil, err
	}
	var all []product
	for _, row := range rows {
		p := product{category: row[0], name: row[1], tax: "standard", unit: row[4], soldBy: "each", favourite: row[6] == "yes", untracked: row[5] == ""}
		if p.price, err = minor(row[2]); err == nil {
			p.cost, err = minor(row[3])
		}
		if err == nil && !p.untracked {
			p.stock, err = strconv.ParseInt(row[5], 10, 64)
		}
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", shop, p.name, err)
		}
		all = append(all, p)
	}
	return all, nil
}

// minor reads an amount with two decimals.
func minor(text string) (money.Amount, error) {
	n, err := strconv.ParseInt(strings.Replace(text, ".", "", 1), 10, 64)
	return money.Amount(n), err
}

// cornerProducts is a small shop's choice out of the same products.
func cornerProducts() ([]product, error) {
	all, err := realProducts()
	if err != nil {
		return nil, err
	}
	var some []product
	for _, p := range all {
		if pick(p.code+"corner", 14) == 0 {
			p.stock = 2 + p.stock/8
			some = append(some, p)
		}
	}
	return some, nil
}

func realProducts() ([]product, error) {
	rows, err := rowsOf("products-5k.csv")
	if err != nil {
		return nil, err
	}
	all := make([]product, 0, len(rows))
	for _, row := range rows {
		all = append(all, priced(row[0], row[1]))
	}
	return all, nil
}

// rowsOf reads a file of the demo's data, without its header.
func rowsOf(name string) ([][]string, error) {
	file, err := migrations.Demo.Open("demo/" + name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the demo's %s: %w", name, err)
	}
	return rows[1:], nil
}

// priced puts a price on a product by a fixed rule over its code: the same shop
// comes out everywhere.
func priced(code, name string) product {
	where := aisleOf(name)
	price := where.low + int(pick(code, uint32(where.high-where.low)))
	price -= price%10 - 9 // shelf prices end in 9
	margin := 22 + int(pick(code+"margin", 20))
	return product{
		code: code, name: name, category: where.category, tax: where.tax, unit: "each", soldBy: "each",
		price: money.Amount(price), cost: money.Amount(price * (100 - margin) / 100),
		stock: 4 + int64(pick(code+"stock", 90)), favourite: pick(code+"favourite", 160) == 0,
	}
}

func aisleOf(name string) aisle {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r < 'a' || r > 'z' })
	for _, a := range aisles {
		if a.words == "" {
			return a
		}
		for _, word := range words {
			if strings.Contains(" "+a.words+" ", " "+word+" ") {
				return a
			}
		}
	}
	return aisles[len(aisles)-1]
}

// pick draws a number below n from a text, the same every time.
func pick(text string, n uint32) uint32 {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(text)) // a hash never fails to write
	return sum.Sum32() % n
}
