import type { Permission } from '@/api/modules.gen';

/** The rights that a register's screen asks for. */
export const rights = { discount: 'sales.discount', price: 'sales.price' } as const satisfies Record<string, Permission>;
