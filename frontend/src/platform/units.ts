import { m } from '@/paraglide.gen/messages';

/**
 * Units of measure in the reader's language. A shop's list of units is data, with
 * English names; those that every shop begins with have texts here, others stay
 * as the shop wrote them.
 */
const names: Readonly<Record<string, () => string>> = { each: m.unit_each, kg: m.unit_kg, g: m.unit_g, l: m.unit_l, m: m.unit_m, hour: m.unit_hour };
const signs: Readonly<Record<string, () => string>> = { each: () => '', kg: m.unit_short_kg, g: m.unit_short_g, l: m.unit_short_l, m: m.unit_short_m, hour: m.unit_short_hour };

/** What a unit is called, for a list to choose from. */
export const unitName = (code: string, name = code): string => names[code]?.() ?? name;

/** What stands behind a figure; nothing for single pieces. */
export const unitSign = (code: string): string => signs[code]?.() ?? code;
