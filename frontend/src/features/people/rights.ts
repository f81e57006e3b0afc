import type { ModuleKey, Permission } from '@/api/modules.gen';
import { m } from '@/paraglide.gen/messages';

/** Every permission in words. A permission without a text does not compile: add `right_…` to messages/rights in all languages, and a line here. */
const rights: Record<Permission, () => string> = {
	'company.edit': m.right_company_edit,
	'stores.edit': m.right_stores_edit,
	'people.read': m.right_people_read,
	'people.edit': m.right_people_edit,
	'people.roles': m.right_people_roles,
	'catalog.read': m.right_catalog_read,
	'catalog.edit': m.right_catalog_edit,
	'parties.read': m.right_parties_read,
	'parties.edit': m.right_parties_edit,
	'parties.export': m.right_parties_export,
	'ledger.read': m.right_ledger_read,
	'ledger.manage': m.right_ledger_manage,
	'inventory.read': m.right_inventory_read,
	'inventory.adjust': m.right_inventory_adjust,
	'inventory.cost': m.right_inventory_cost,
	'payments.manage': m.right_payments_manage,
	'tills.read': m.right_tills_read,
	'tills.shifts': m.right_tills_shifts,
	'tills.manage': m.right_tills_manage,
	'transfers.read': m.right_transfers_read,
	'transfers.send': m.right_transfers_send,
	'transfers.receive': m.right_transfers_receive,
	'sales.sell': m.right_sales_sell,
	'sales.read': m.right_sales_read,
	'sales.discount': m.right_sales_discount,
	'sales.price': m.right_sales_price,
	'sales.refund': m.right_sales_refund,
	'sales.void': m.right_sales_void,
	'sales.cash_in': m.right_sales_cash_in,
	'sales.cash_out': m.right_sales_cash_out,
	'sales.safe_drop': m.right_sales_safe_drop,
	'sales.drawer': m.right_sales_drawer,
	'sales.x_report': m.right_sales_x_report,
	'sales.cost': m.right_sales_cost,
	'sales.cash': m.right_sales_cash,
	'sales.mail': m.right_sales_mail,
	'mails.manage': m.right_mails_manage,
	'reports.read': m.right_reports_read,
	'sync.till': m.right_sync_till,
	'sync.review': m.right_sync_review,
	'setup.follow': m.right_setup_follow,
	'system.operate': m.right_system_operate,
};

const modules: Record<ModuleKey, () => string> = {
	tenants: m.module_tenants,
	users: m.module_users,
	jobs: m.module_jobs,
	catalog: m.module_catalog,
	parties: m.module_parties,
	ledger: m.module_ledger,
	inventory: m.module_inventory,
	imports: m.module_imports,
	payments: m.module_payments,
	mails: m.module_mails,
	tills: m.module_tills,
	transfers: m.module_transfers,
	sales: m.module_sales,
	reports: m.module_reports,
	sync: m.module_sync,
	setup: m.module_setup,
	system: m.module_system,
};

/** A permission as a sentence; the server's English for one that this page does not know yet. */
export const rightText = (permission: string, otherwise = permission): string => (permission in rights ? rights[permission as Permission]() : otherwise);

export const moduleName = (key: string, otherwise = key): string => (key in modules ? modules[key as ModuleKey]() : otherwise);
