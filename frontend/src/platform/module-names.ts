import type { ModuleKey } from '@/api/modules.gen';
import { m } from '@/paraglide.gen/messages';

const modules: Record<ModuleKey, () => string> = {
	tenants: m.module_tenants,
	users: m.module_users,
	factors: m.module_factors,
	jobs: m.module_jobs,
	catalog: m.module_catalog,
	parties: m.module_parties,
	ledger: m.module_ledger,
	inventory: m.module_inventory,
	imports: m.module_imports,
	payments: m.module_payments,
	mails: m.module_mails,
	access: m.module_access,
	tills: m.module_tills,
	transfers: m.module_transfers,
	promotions: m.module_promotions,
	sales: m.module_sales,
	reports: m.module_reports,
	sync: m.module_sync,
	approvals: m.module_approvals,
	audit: m.module_audit,
	setup: m.module_setup,
	system: m.module_system,
	selftest: m.module_selftest,
	support: m.module_support,
};

/** A module's name; the server's English for one that this page does not know yet. */
export const moduleName = (key: string, otherwise = key): string => (key in modules ? modules[key as ModuleKey]() : otherwise);
