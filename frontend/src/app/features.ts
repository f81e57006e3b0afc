import type { ModuleKey } from '@/api/modules.gen';
import { account } from '@/features/account/feature';
import { accounts } from '@/features/accounts/feature';
import { approvals } from '@/features/approvals/feature';
import { audit } from '@/features/audit/feature';
import { customers } from '@/features/customers/feature';
import { dashboard } from '@/features/dashboard/feature';
import { exceptions } from '@/features/exceptions/feature';
import { imports } from '@/features/imports/feature';
import { isolation } from '@/features/isolation/feature';
import { items } from '@/features/items/feature';
import { mails } from '@/features/mails/feature';
import { people } from '@/features/people/feature';
import { promotions } from '@/features/promotions/feature';
import { sales } from '@/features/sales/feature';
import { settings } from '@/features/settings/feature';
import { shifts } from '@/features/shifts/feature';
import { stock } from '@/features/stock/feature';
import { support } from '@/features/support/feature';
import { system } from '@/features/system/feature';
import { tills } from '@/features/tills/feature';
import { transfers } from '@/features/transfers/feature';
import { welcome } from '@/features/welcome/feature';
import type { Feature } from '@/platform/feature';

/** Every module's screens. One line per module. */
export const features = {
	tenants: settings,
	users: people,
	approvals,
	factors: account,
	jobs: { routes: [] },
	catalog: items,
	parties: customers,
	ledger: accounts,
	inventory: stock,
	imports,
	payments: { routes: [] },
	mails,
	access: { routes: [] },
	tills: { routes: [...tills.routes, ...shifts.routes] },
	transfers,
	promotions,
	sales,
	reports: dashboard,
	sync: exceptions,
	audit,
	setup: welcome,
	system,
	selftest: isolation,
	support,
} satisfies Record<ModuleKey, Feature>;
