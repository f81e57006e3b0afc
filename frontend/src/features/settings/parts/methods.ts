import { m } from '@/paraglide.gen/messages';
import type { Method } from '../queries';

const kinds: Record<Method['kind'], () => string> = { cash: m.payments_cash, card: m.payments_card, other: m.payments_other };

export const kindName = (kind: Method['kind']): string => kinds[kind]();
export const kindOptions = () => (Object.keys(kinds) as Method['kind'][]).map((value) => ({ value, label: kindName(value) }));
