import { m } from '@/paraglide.gen/messages';

/** The kinds of business, with a word on what each is for. */
export const kinds = () => [
	{ value: 'retail', label: m.setup_business_retail(), note: m.setup_business_retail_note() },
	{ value: 'supermarket', label: m.setup_business_supermarket(), note: m.setup_business_supermarket_note() },
	{ value: 'restaurant', label: m.setup_business_restaurant(), note: m.setup_business_restaurant_note() },
	{ value: 'auto_service', label: m.setup_business_auto_service(), note: m.setup_business_auto_service_note() },
	{ value: 'dealership', label: m.setup_business_dealership(), note: m.setup_business_dealership_note() },
];

export const kindName = (value: string): string => kinds().find((kind) => kind.value === value)?.label ?? value;

/** Who works at a till, by kind of business; a manager works everywhere. */
export function roles(business: string): { value: string; label: string }[] {
	const own: Record<string, { value: string; label: string }[]> = {
		restaurant: [{ value: 'waiter', label: m.role_waiter() }, { value: 'chef', label: m.role_chef() }],
		auto_service: [{ value: 'technician', label: m.role_technician() }],
		dealership: [{ value: 'dealer_sales', label: m.role_dealer_sales() }],
	};
	return [{ value: 'cashier', label: m.role_cashier() }, ...(own[business] ?? []), { value: 'manager', label: m.role_manager() }];
}
