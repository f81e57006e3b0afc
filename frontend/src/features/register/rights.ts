import type { Permission } from '@/api/modules.gen';

/** The rights that a register's screen asks for. */
export const rights = { discount: 'sales.discount', price: 'sales.price', refund: 'sales.refund', cash_in: 'sales.cash_in', cash_out: 'sales.cash_out', drop: 'sales.safe_drop', drawer: 'sales.drawer', x: 'sales.x_report', add_customer: 'parties.edit', mail: 'sales.mail' } as const satisfies Record<string, Permission>;
