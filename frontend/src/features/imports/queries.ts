import { api, type Schema } from '@/api/client';
import { m } from '@/paraglide.gen/messages';
import { body } from '@/platform/http';
import { uuid } from '@/platform/uuid';
import type { Tone } from '@/ui/types';

export type Import = Schema<'Import'>;
export type Plan = Schema<'Plan'>;
export type ImportRow = Schema<'ImportRow'>;

export const importPage = () => ({ key: ['imports.list', 'list'], fetch: (after: string | undefined) => body(api.GET('/api/imports', { params: { query: { after } } })) });
export const importQuery = (id: string) => ({ queryKey: ['imports.list', 'one', id], queryFn: () => body(api.GET('/api/imports/{id}', { params: { path: { id } } })) });
export const jobQuery = (id: string) => ({ queryKey: ['jobs.list', 'one', id], queryFn: () => body(api.GET('/api/jobs/{id}', { params: { path: { id } } })) });
export const taxCodesQuery = () => ({ queryKey: ['catalog.setup', 'tax-codes'], queryFn: () => body(api.GET('/api/tax-codes')) });
export const storesQuery = () => ({ queryKey: ['company.settings', 'stores'], queryFn: () => body(api.GET('/api/stores')) });

/** The rows with errors; a row's number is the cursor. */
export const badRows = (id: string, state: string) => ({
	key: ['imports.list', 'rows', id, state],
	fetch: async (after: string | undefined) => {
		const page = await body(api.GET('/api/imports/{id}/rows', { params: { path: { id }, query: { verdict: 'bad', after: after ? Number(after) : undefined, limit: 100 } } }));
		return { rows: page.rows, next: page.rows.length === 100 ? String(page.rows.at(-1)!.row) : undefined };
	},
});

export const tryPlan = (id: string, plan: Plan) => body(api.PUT('/api/imports/{id}/plan', { params: { path: { id } }, body: plan }));
export const runImport = (id: string) => body(api.POST('/api/imports/{id}/run', { params: { path: { id } } }));
export const undoImport = (id: string) => body(api.POST('/api/imports/{id}/undo', { params: { path: { id } } }));
export const stopJob = (id: string) => body(api.PUT('/api/jobs/{id}/cancellation', { params: { path: { id } } }));

const partSize = 1 << 20;

/** Sends a file part by part and begins to read it; gives the import. */
export async function sendFile(file: File, told: (sent: number) => void): Promise<Import> {
	const { id } = await body(api.POST('/api/imports/files', { body: { id: uuid(), name: file.name } }));
	const parts = Math.max(1, Math.ceil(file.size / partSize));
	for (let part = 0; part < parts; part++) {
		const bytes = await base64(file.slice(part * partSize, (part + 1) * partSize));
		await body(api.PUT('/api/files/{id}/parts/{part}', { params: { path: { id, part } }, body: { bytes, last: part === parts - 1 } }));
		told(Math.min(file.size, (part + 1) * partSize));
	}
	return body(api.POST('/api/imports', { body: { id: uuid(), file_id: id } }));
}

function base64(blob: Blob): Promise<string> {
	return new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => resolve(String(reader.result).replace(/^data:[^,]*,/, ''));
		reader.onerror = () => reject(reader.error ?? new Error('The file could not be read'));
		reader.readAsDataURL(blob);
	});
}

const states: Record<Import['state'], { label: () => string; tone: Tone }> = {
	reading: { label: m.import_state_reading, tone: 'info' },
	mapping: { label: m.import_state_mapping, tone: 'accent' },
	checking: { label: m.import_state_checking, tone: 'info' },
	checked: { label: m.import_state_checked, tone: 'accent' },
	running: { label: m.import_state_running, tone: 'info' },
	done: { label: m.import_state_done, tone: 'good' },
	stopped: { label: m.import_state_stopped, tone: 'warn' },
	undoing: { label: m.import_state_undoing, tone: 'info' },
	undone: { label: m.import_state_undone, tone: 'neutral' },
	failed: { label: m.import_state_failed, tone: 'bad' },
};
export const stateOf = (state: Import['state']) => states[state];

/** What a column can be, in the order of a form. */
export const fields: { value: string; label: () => string }[] = [
	{ value: 'name', label: m.import_field_name },
	{ value: 'sku', label: m.import_field_sku },
	{ value: 'barcode', label: m.import_field_barcode },
	{ value: 'category', label: m.import_field_category },
	{ value: 'price', label: m.import_field_price },
	{ value: 'cost', label: m.import_field_cost },
	{ value: 'tax_code', label: m.import_field_tax_code },
	{ value: 'unit', label: m.import_field_unit },
	{ value: 'sold_by', label: m.import_field_sold_by },
	{ value: 'plu', label: m.import_field_plu },
	{ value: 'min_stock', label: m.import_field_min_stock },
	{ value: 'opening_stock', label: m.import_field_opening_stock },
	{ value: 'description', label: m.import_field_description },
	{ value: 'active', label: m.import_field_active },
];
