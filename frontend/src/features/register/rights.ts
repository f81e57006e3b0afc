/** The rights that a register's screen asks for; the names are the till engine's own. */
export const rights = { discount: 'sales.discount', price: 'sales.price' } as const;
