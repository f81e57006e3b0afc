import type { PrinterState } from '@/platform/till-types';
import { m } from '@/paraglide.gen/messages';

export function printerName(printer: PrinterState): string {
	return printer.kind === 'none' ? m.dev_printer_none() : (printer.address ?? '');
}
