// Made by `make gen` from the modules' declarations. Do not edit.

export type ModuleKey = 'tenants' | 'users' | 'approvals' | 'factors' | 'jobs' | 'catalog' | 'parties' | 'ledger' | 'inventory' | 'imports' | 'payments' | 'mails' | 'access' | 'tills' | 'transfers' | 'promotions' | 'sales' | 'reports' | 'sync' | 'audit' | 'setup' | 'system' | 'selftest' | 'support';

export type Permission = 'company.edit' | 'company.modules' | 'company.close' | 'company.export' | 'stores.edit' | 'people.read' | 'people.edit' | 'people.roles' | 'approvals.answer' | 'catalog.use' | 'catalog.read' | 'catalog.edit' | 'catalog.cost' | 'parties.use' | 'parties.read' | 'parties.edit' | 'parties.export' | 'ledger.use' | 'ledger.read' | 'ledger.manage' | 'inventory.use' | 'inventory.read' | 'inventory.adjust' | 'inventory.cost' | 'imports.use' | 'payments.manage' | 'mails.manage' | 'tills.use' | 'tills.read' | 'tills.shifts' | 'tills.manage' | 'transfers.use' | 'transfers.read' | 'transfers.send' | 'transfers.receive' | 'promotions.use' | 'promotions.read' | 'promotions.edit' | 'sales.use' | 'sales.sell' | 'sales.read' | 'sales.all' | 'sales.discount' | 'sales.price' | 'sales.refund' | 'sales.void' | 'sales.cash_in' | 'sales.cash_out' | 'sales.safe_drop' | 'sales.drawer' | 'sales.x_report' | 'sales.mail' | 'sales.cash' | 'sales.cost' | 'reports.use' | 'reports.read' | 'sync.till' | 'sync.review' | 'audit.read' | 'setup.use' | 'setup.follow' | 'setup.samples' | 'system.operate' | 'selftest.use' | 'selftest.run' | 'support.allow';

export type Topic = 'company.settings' | 'people.list' | 'people.sessions' | 'people.roles' | 'people.views' | 'approvals.list' | 'jobs.list' | 'catalog.items' | 'catalog.store_prices' | 'catalog.setup' | 'parties.customers' | 'inventory.stock' | 'imports.list' | 'payments.methods' | 'mails.list' | 'people.invitations' | 'tills.registers' | 'tills.shifts' | 'transfers.list' | 'promotions.list' | 'sales.list' | 'sales.cash' | 'sync.exceptions' | 'selftest.runs' | 'support.grants';

export type NavItem = { module: ModuleKey; section: string; label: string; path: string; icon: string; needs: Permission | 'signed_in' };

export const nav: NavItem[] = [
	{ module: 'tenants', section: 'Shop', label: 'Stores', path: '/stores', icon: 'store', needs: 'stores.edit' },
	{ module: 'tenants', section: 'Shop', label: 'Settings', path: '/settings', icon: 'settings', needs: 'company.edit' },
	{ module: 'tenants', section: 'Shop', label: 'Modules', path: '/settings/modules', icon: 'boxes', needs: 'company.modules' },
	{ module: 'tenants', section: 'Shop', label: 'Receipts', path: '/settings/receipts', icon: 'receipt', needs: 'stores.edit' },
	{ module: 'users', section: 'Shop', label: 'People', path: '/people', icon: 'users', needs: 'people.read' },
	{ module: 'users', section: 'Shop', label: 'Roles', path: '/settings/roles', icon: 'shield', needs: 'people.roles' },
	{ module: 'users', section: 'Shop', label: 'Limits and approvals', path: '/settings/limits', icon: 'percent', needs: 'people.roles' },
	{ module: 'approvals', section: 'Selling', label: 'Approvals', path: '/approvals', icon: 'scale', needs: 'approvals.answer' },
	{ module: 'catalog', section: 'Stock', label: 'Items', path: '/items', icon: 'package', needs: 'catalog.read' },
	{ module: 'catalog', section: 'Stock', label: 'Barcode lab', path: '/barcodes', icon: 'scan-barcode', needs: 'catalog.read' },
	{ module: 'catalog', section: 'Shop', label: 'Taxes', path: '/settings/taxes', icon: 'percent', needs: 'catalog.edit' },
	{ module: 'parties', section: 'Selling', label: 'Customers', path: '/customers', icon: 'contact', needs: 'parties.read' },
	{ module: 'ledger', section: 'Books', label: 'Accounts', path: '/accounts', icon: 'book-open', needs: 'ledger.read' },
	{ module: 'inventory', section: 'Stock', label: 'Stock', path: '/stock', icon: 'warehouse', needs: 'inventory.read' },
	{ module: 'payments', section: 'Shop', label: 'Payments', path: '/settings/payments', icon: 'credit-card', needs: 'payments.manage' },
	{ module: 'mails', section: 'Shop', label: 'E-mail', path: '/settings/mail', icon: 'mail', needs: 'mails.manage' },
	{ module: 'tills', section: 'Selling', label: 'Shifts', path: '/shifts', icon: 'clock', needs: 'tills.read' },
	{ module: 'tills', section: 'Shop', label: 'Tills', path: '/tills', icon: 'monitor', needs: 'tills.manage' },
	{ module: 'transfers', section: 'Stock', label: 'Transfers', path: '/transfers', icon: 'truck', needs: 'transfers.read' },
	{ module: 'promotions', section: 'Selling', label: 'Promotions', path: '/promotions', icon: 'badge-percent', needs: 'promotions.read' },
	{ module: 'sales', section: 'Selling', label: 'Sales', path: '/sales', icon: 'receipt', needs: 'sales.read' },
	{ module: 'sales', section: 'Selling', label: 'Cash movements', path: '/cash-movements', icon: 'banknote', needs: 'sales.cash' },
	{ module: 'sync', section: 'Selling', label: 'Exceptions', path: '/exceptions', icon: 'inbox', needs: 'sync.review' },
	{ module: 'audit', section: 'Shop', label: 'Audit', path: '/settings/audit', icon: 'history', needs: 'audit.read' },
	{ module: 'setup', section: 'Shop', label: 'Getting started', path: '/welcome', icon: 'house', needs: 'setup.follow' },
	{ module: 'system', section: 'Shop', label: 'System', path: '/settings/system', icon: 'settings', needs: 'system.operate' },
	{ module: 'selftest', section: 'Shop', label: 'Isolation', path: '/settings/isolation', icon: 'settings', needs: 'selftest.run' },
	{ module: 'support', section: 'Shop', label: 'Support access', path: '/settings/support', icon: 'shield', needs: 'support.allow' },
];

export const topics: Topic[] = [
	'company.settings',
	'people.list',
	'people.sessions',
	'people.roles',
	'people.views',
	'approvals.list',
	'jobs.list',
	'catalog.items',
	'catalog.store_prices',
	'catalog.setup',
	'parties.customers',
	'inventory.stock',
	'imports.list',
	'payments.methods',
	'mails.list',
	'people.invitations',
	'tills.registers',
	'tills.shifts',
	'transfers.list',
	'promotions.list',
	'sales.list',
	'sales.cash',
	'sync.exceptions',
	'selftest.runs',
	'support.grants',
];
