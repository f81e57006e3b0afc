// Package wire holds the shapes that cross a process boundary: between server,
// till and page. They carry no behaviour beyond naming and simple checks; rules
// live with the module that owns them. Amounts are minor units of the currency
// that the document names; quantities and rates are decimals as text.
package wire

// Permission names one action that a role may be granted, "module.action".
type Permission string

// BusinessType is what kind of shop a tenant runs.
type BusinessType string

// The five kinds of business.
const (
	Retail      BusinessType = "retail"
	Restaurant  BusinessType = "restaurant"
	Supermarket BusinessType = "supermarket"
	AutoService BusinessType = "auto_service"
	Dealership  BusinessType = "dealership"
)

// BusinessTypes lists them all.
func BusinessTypes() []BusinessType {
	return []BusinessType{Retail, Restaurant, Supermarket, AutoService, Dealership}
}

// Role is what a person is in one shop.
type Role string

// The 15 built-in roles.
const (
	Owner           Role = "owner"
	Manager         Role = "manager"
	SystemManager   Role = "system_manager"
	AccountsManager Role = "accounts_manager"
	SalesManager    Role = "sales_manager"
	PurchaseManager Role = "purchase_manager"
	HRManager       Role = "hr_manager"
	StockManager    Role = "stock_manager"
	Cashier         Role = "cashier"
	Technician      Role = "technician"
	Chef            Role = "chef"
	Waiter          Role = "waiter"
	DealerSales     Role = "dealer_sales"
	POSUser         Role = "pos_user"
	ReportUser      Role = "report_user"

	// Till is not a person's role: a paired device acts under it when it sends
	// what its people have finished and fetches what it sells from.
	Till Role = "till"
)

// Roles lists the built-in roles from the highest level down.
func Roles() []Role {
	return []Role{
		Owner, Manager, SystemManager, AccountsManager, SalesManager, PurchaseManager, HRManager, StockManager,
		Cashier, Technician, Chef, Waiter, DealerSales, POSUser, ReportUser,
	}
}

// Level orders roles: nobody raises anyone above himself. An unknown role has
// level 0.
func (r Role) Level() int {
	switch r {
	case Owner:
		return 100
	case Manager:
		return 80
	case SystemManager:
		return 70
	case AccountsManager, SalesManager, PurchaseManager, HRManager, StockManager:
		return 60
	case Cashier, Technician, Chef, Waiter, DealerSales:
		return 40
	case POSUser, ReportUser:
		return 30
	default:
		return 0
	}
}

// Page is the part of a list that was asked for. Next is empty on the last one.
type Page[T any] struct {
	Rows []T    `json:"rows" nullable:"false"`
	Next string `json:"next,omitempty" doc:"Pass as 'after' to get the following page"`
}
