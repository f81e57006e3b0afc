import { m } from '@/paraglide.gen/messages';

const names: Record<string, () => string> = {
	owner: m.role_owner,
	manager: m.role_manager,
	system_manager: m.role_system_manager,
	accounts_manager: m.role_accounts_manager,
	sales_manager: m.role_sales_manager,
	purchase_manager: m.role_purchase_manager,
	hr_manager: m.role_hr_manager,
	stock_manager: m.role_stock_manager,
	cashier: m.role_cashier,
	technician: m.role_technician,
	chef: m.role_chef,
	waiter: m.role_waiter,
	dealer_sales: m.role_dealer_sales,
	pos_user: m.role_pos_user,
	report_user: m.role_report_user,
};

export const roleName = (role: string): string => names[role]?.() ?? role;

/** What somebody's role is called: the shop's own name for it, or the built-in role's. */
export const roleOf = (person: { role: string; role_name?: string }): string => person.role_name || roleName(person.role);

/** A role of the shop's own, or a built-in one, by the key that lists and addresses know it by. */
export const keyOf = (person: { role: string; role_id?: string }): string => person.role_id ?? person.role;
