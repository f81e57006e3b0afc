import { m } from '@/paraglide.gen/messages';
import type { Company } from '../queries';

/** The kinds of business, in words. */
export const businessKinds: Record<Company['business_type'], () => string> = { retail: m.business_retail, restaurant: m.business_restaurant, supermarket: m.business_supermarket, auto_service: m.business_auto_service, dealership: m.business_dealership };
