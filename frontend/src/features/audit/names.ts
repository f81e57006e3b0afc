import { m } from '@/paraglide.gen/messages';
import type { AuditRow } from './queries';

/** What is kept in which table, as the shop calls it. */
const tables: Record<string, () => string> = {
	accounts: m.audit_tab_accounts,
	barcodes: m.audit_tab_barcodes,
	cash_movements: m.audit_tab_cash_movements,
	categories: m.audit_tab_categories,
	company: m.audit_tab_company,
	customers: m.audit_tab_customers,
	devices: m.audit_tab_devices,
	files: m.audit_tab_files,
	imports: m.audit_tab_imports,
	import_plans: m.audit_tab_import_plans,
	items: m.audit_tab_items,
	jobs: m.audit_tab_jobs,
	journal_entries: m.audit_tab_journal_entries,
	locations: m.audit_tab_locations,
	mail_settings: m.audit_tab_mail_settings,
	mails: m.audit_tab_mails,
	pairing_codes: m.audit_tab_pairing_codes,
	payment_methods: m.audit_tab_payment_methods,
	people: m.audit_tab_people,
	person_stores: m.audit_tab_person_stores,
	pictures: m.audit_tab_pictures,
	price_lists: m.audit_tab_price_lists,
	prices: m.audit_tab_prices,
	registers: m.audit_tab_registers,
	roles: m.audit_tab_roles,
	sales: m.audit_tab_sales,
	saved_views: m.audit_tab_saved_views,
	sessions: m.audit_tab_sessions,
	shifts: m.audit_tab_shifts,
	stock_moves: m.audit_tab_stock_moves,
	stock_transfers: m.audit_tab_stock_transfers,
	stock_transfer_lines: m.audit_tab_stock_transfer_lines,
	store_prices: m.audit_tab_store_prices,
	stores: m.audit_tab_stores,
	support_grants: m.nav_support,
	support_looks: m.support_seen,
	tax_codes: m.audit_tab_tax_codes,
	tax_rates: m.audit_tab_tax_rates,
	units: m.audit_tab_units,
	upload_exceptions: m.audit_tab_upload_exceptions,
	z_reports: m.audit_tab_z_reports,
};

export const tableName = (table: string): string => tables[table]?.() ?? table.replaceAll('_', ' ');

export const tableOptions = (): { value: string; label: string }[] =>
	Object.entries(tables)
		.map(([value, name]) => ({ value, label: name() }))
		.sort((a, b) => a.label.localeCompare(b.label));

export const opNames: Record<AuditRow['op'], () => string> = { insert: m.audit_op_insert, update: m.audit_op_update, delete: m.audit_op_delete, fact: m.audit_op_fact };

export const opTone = { insert: 'good', update: 'info', delete: 'bad', fact: 'neutral' } as const;

/** The columns of a table are technical names in every language; without what a person need not read in them. */
export const fieldName = (field: string): string => field.replace(/_(minor|id)$/, '').replaceAll('_', ' ');

/** Where a record can be looked at. */
const screens: Record<string, (id: string) => string> = {
	items: (id) => `/items?item=${id}&active=all`,
	customers: (id) => `/customers?customer=${id}`,
	sales: (id) => `/sales?sale=${id}`,
	shifts: (id) => `/shifts?shift=${id}`,
	z_reports: (id) => `/shifts?shift=${id}`,
	stock_transfers: (id) => `/transfers?transfer=${id}`,
	people: () => '/people',
	stores: (id) => `/stores/${id}`,
};

export const screenOf = (table: string, entity: string): string | undefined => (entity ? screens[table]?.(entity) : undefined);
