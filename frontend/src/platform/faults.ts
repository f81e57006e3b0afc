import { m } from '@/paraglide.gen/messages';
import { getLocale } from '@/paraglide.gen/runtime';

/**
 * The server's and the till's own sentences are English. Those that people meet
 * most have texts here by their code; the rest stay as they came.
 */
const sentences: Readonly<Record<string, () => string>> = {
	'catalog.barcode_taken': m.fault_catalog_barcode_taken,
	'catalog.category_name_taken': m.fault_catalog_category_name_taken,
	'catalog.plu_taken': m.fault_catalog_plu_taken,
	'catalog.sku_taken': m.fault_catalog_sku_taken,
	'catalog.rate_exists': m.fault_catalog_rate_exists,
	'catalog.bad_price': m.fault_catalog_bad_price,
	'inventory.already_moved': m.fault_inventory_already_moved,
	'inventory.changed_meanwhile': m.fault_inventory_changed_meanwhile,
	'payments.name_taken': m.fault_payments_name_taken,
	'people.already_here': m.fault_people_already_here,
	'people.view_taken': m.fault_people_view_taken,
	'people.above_you': m.fault_people_above_you,
	'sales.already_made': m.fault_sales_already_made,
	'sales.number_taken': m.fault_sales_number_taken,
	'sales.original_unknown': m.fault_sales_original_unknown,
	'sales.quantity_invalid': m.fault_sales_quantity_invalid,
	'sales.shift_already_closed': m.fault_sales_shift_already_closed,
	'sales.shift_not_open': m.fault_sales_shift_not_open,
	'sales.refund_exceeds': m.fault_sales_refund_exceeds,
	'sales.sums_differ': m.fault_sales_sums_differ,
	'sales.voided': m.fault_sales_voided,
	'sales.register_not_browser': m.fault_sales_register_not_browser,
	'tenants.slug_taken': m.fault_tenants_slug_taken,
	'tenants.store_name_taken': m.fault_tenants_store_name_taken,
	'tills.shift_open': m.fault_tills_shift_open,
	'tills.bad_code': m.fault_tills_bad_code,
	'auth.signed_out': m.fault_auth_signed_out,
	'auth.wrong_password': m.fault_auth_wrong_password,
	'auth.wrong_pin': m.fault_auth_wrong_pin,
	'auth.not_allowed': m.fault_auth_not_allowed,
	'till.wrong_pin': m.fault_till_wrong_pin,
	'till.no_pin': m.fault_till_no_pin,
	'till.not_signed_in': m.fault_till_not_signed_in,
	'till.offline': m.fault_till_offline,
	'till.refund_offline': m.fault_till_refund_offline,
	'till.refund_exceeds': m.fault_till_refund_exceeds,
	'till.quantity': m.fault_till_quantity,
	'till.method_unknown': m.fault_till_method_unknown,
	'till.reason': m.fault_till_reason,
	'till.disk': m.fault_till_disk,
	'till.address': m.fault_till_address,
	'till.name_unknown': m.fault_till_name_unknown,
	'till.not_souk': m.fault_till_not_souk,
	'till.no_shop': m.fault_till_no_shop,
	'till.wrong_server': m.fault_till_wrong_server,
	'till.untrusted': m.fault_till_untrusted,
	'till.needs_tls': m.fault_till_needs_tls,
	'till.paired': m.fault_till_paired,
	'till.shift_open': m.fault_till_shift_open,
	'till.unexpected_answer': m.fault_till_unexpected_answer,
	'till.printer': m.fault_till_printer,
	'till.printer_full': m.fault_till_printer_full,
	'till.printer_stuck': m.fault_till_printer_stuck,
	'till.printer_missing': m.fault_till_printer_missing,
	'till.printer_rights': m.fault_till_printer_rights,
	'till.printer_silent': m.fault_till_printer_silent,
	'tills.slow_down': m.fault_tills_slow_down,
};

/** What a fault says in the language being read. English, which may name what it is about, stays as it came. */
export function sentence(code: string, said: string): string {
	if (said && getLocale() === 'en') return said;
	return sentences[code]?.() ?? said;
}
