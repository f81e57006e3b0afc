/** How list routes and addresses write an order: "name", or "-name" from the end. */
export type Order = { by: string; descending: boolean };

export function orderOf(text: string | null, otherwise: string): Order {
	const by = text || otherwise;
	return by.startsWith('-') ? { by: by.slice(1), descending: true } : { by, descending: false };
}

export function orderText(order: Order): string {
	return (order.descending ? '-' : '') + order.by;
}
