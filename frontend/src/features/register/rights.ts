import type { Permission } from '@/api/modules.gen';

/** The rights that a register's screen asks for. */
export const rights = { x: 'sales.x_report', add_customer: 'parties.edit', mail: 'sales.mail', people: 'people.edit' } as const satisfies Record<string, Permission>;
