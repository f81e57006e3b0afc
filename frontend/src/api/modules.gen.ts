// Made by `make gen` from the modules' declarations. Do not edit.

export type ModuleKey = 'tenants' | 'users' | 'jobs' | 'catalog' | 'parties' | 'ledger' | 'inventory' | 'imports' | 'payments' | 'mails' | 'tills' | 'transfers' | 'sales' | 'reports' | 'sync' | 'setup' | 'system';

export type Permission = 'company.edit' | 'stores.edit' | 'people.read' | 'people.edit' | 'people.roles' | 'catalog.read' | 'catalog.edit' | 'parties.read' | 'parties.edit' | 'parties.export' | 'ledger.read' | 'ledger.manage' | 'inventory.read' | 'inventory.adjust' | 'inventory.cost' | 'payments.manage' | 'mails.manage' | 'tills.read' | 'tills.shifts' | 'tills.manage' | 'transfers.read' | 'transfers.send' | 'transfers.receive' | 'sales.sell' | 'sales.read' | 'sales.discount' | 'sales.price' | 'sales.refund' | 'sales.void' | 'sales.cash_in' | 'sales.cash_out' | 'sales.safe_drop' | 'sales.drawer' | 'sales.x_report' | 'sales.mail' | 'sales.cash' | 'sales.cost' | 'reports.read' | 'sync.till' | 'sync.review' | 'setup.follow' | 'system.operate';

export type Topic = 'company.settings' | 'people.list' | 'people.sessions' | 'people.roles' | 'people.views' | 'jobs.list' | 'catalog.items' | 'catalog.store_prices' | 'catalog.setup' | 'parties.customers' | 'inventory.stock' | 'imports.list' | 'payments.methods' | 'mails.list' | 'tills.registers' | 'tills.shifts' | 'transfers.list' | 'sales.list' | 'sales.cash' | 'sync.exceptions';

export type NavItem = { module: ModuleKey; section: string; label: string; path: string; icon: string; needs: Permission | 'signed_in' };

export const nav: NavItem[] = [
	{ module: 'tenants', section: 'Shop', label: 'Stores', path: '/stores', icon: 'store', needs: 'stores.edit' },
	{ module: 'tenants', section: 'Shop', label: 'Settings', path: '/settings', icon: 'settings', needs: 'company.edit' },
	{ module: 'tenants', section: 'Shop', label: 'Receipts', path: '/settings/receipts', icon: 'receipt', needs: 'stores.edit' },
	{ module: 'users', section: 'Shop', label: 'People', path: '/people', icon: 'users', needs: 'people.read' },
	{ module: 'users', section: 'Shop', label: 'Roles', path: '/settings/roles', icon: 'shield', needs: 'people.roles' },
	{ module: 'catalog', section: 'Stock', label: 'Items', path: '/items', icon: 'package', needs: 'catalog.read' },
	{ module: 'catalog', section: 'Shop', label: 'Taxes', path: '/settings/taxes', icon: 'percent', needs: 'catalog.edit' },
	{ module: 'parties', section: 'Selling', label: 'Customers', path: '/customers', icon: 'contact', needs: 'parties.read' },
	{ module: 'ledger', section: 'Books', label: 'Accounts', path: '/accounts', icon: 'book-open', needs: 'ledger.read' },
	{ module: 'inventory', section: 'Stock', label: 'Stock', path: '/stock', icon: 'warehouse', needs: 'inventory.read' },
	{ module: 'payments', section: 'Shop', label: 'Payments', path: '/settings/payments', icon: 'credit-card', needs: 'payments.manage' },
	{ module: 'mails', section: 'Shop', label: 'E-mail', path: '/settings/mail', icon: 'mail', needs: 'mails.manage' },
	{ module: 'tills', section: 'Selling', label: 'Shifts', path: '/shifts', icon: 'clock', needs: 'tills.read' },
	{ module: 'tills', section: 'Shop', label: 'Tills', path: '/tills', icon: 'monitor', needs: 'tills.manage' },
	{ module: 'transfers', section: 'Stock', label: 'Transfers', path: '/transfers', icon: 'truck', needs: 'transfers.read' },
	{ module: 'sales', section: 'Selling', label: 'Sales', path: '/sales', icon: 'receipt', needs: 'sales.read' },
	{ module: 'sales', section: 'Selling', label: 'Cash movements', path: '/cash-movements', icon: 'banknote', needs: 'sales.cash' },
	{ module: 'sync', section: 'Selling', label: 'Exceptions', path: '/exceptions', icon: 'inbox', needs: 'sync.review' },
	{ module: 'setup', section: 'Shop', label: 'Getting started', path: '/welcome', icon: 'house', needs: 'setup.follow' },
	{ module: 'system', section: 'Shop', label: 'System', path: '/settings/system', icon: 'settings', needs: 'system.operate' },
];

export const topics: Topic[] = [
	'company.settings',
	'people.list',
	'people.sessions',
	'people.roles',
	'people.views',
	'jobs.list',
	'catalog.items',
	'catalog.store_prices',
	'catalog.setup',
	'parties.customers',
	'inventory.stock',
	'imports.list',
	'payments.methods',
	'mails.list',
	'tills.registers',
	'tills.shifts',
	'transfers.list',
	'sales.list',
	'sales.cash',
	'sync.exceptions',
];
