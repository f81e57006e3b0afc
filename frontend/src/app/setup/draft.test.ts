import { beforeEach, expect, test } from 'vitest';
import type { Form } from './calls';
import { dropDraft, keepDraft, readDraft } from './draft';

const empty = (): Form => ({
	shop: { name: '', slug: '', business_type: '', country: '', currency: '', locale: '', day_ends_hour: 0, prices_include_tax: true },
	store: { name: '', address: '', time_zone: '', legal_name: '', tax_number: '', receipt_header: '', receipt_footer: '' },
	owner: { name: '', email: '', password: '', pin: '' },
	people: [],
});
const filled = (): Form => ({ ...empty(), shop: { ...empty().shop, name: 'Corner', slug: 'corner' }, owner: { name: 'Ada', email: 'ada@x.example', password: 'a long secret', pin: '1234' }, people: [{ name: 'Tom', role: 'cashier', pin: '5678' }] });

beforeEach(() => localStorage.clear());

test('what was typed comes back, and no secret does', () => {
	keepDraft(filled(), 3);
	expect(JSON.stringify(localStorage)).not.toMatch(/a long secret|1234|5678/);
	const back = readDraft(empty());
	expect(back?.form.shop).toEqual(filled().shop);
	expect(back?.form.owner).toEqual({ name: 'Ada', email: 'ada@x.example', password: '', pin: '' });
	expect(back?.form.people).toEqual([{ name: 'Tom', role: 'cashier', pin: '' }]);
	expect(back?.step).toBe(2);
});

test('nothing comes back of what was made, is empty, old or broken', () => {
	expect(readDraft(empty())).toBeUndefined();
	keepDraft(empty(), 0);
	expect(readDraft(empty())).toBeUndefined();
	keepDraft(filled(), 1, 0);
	expect(readDraft(empty(), 8 * 24 * 3600_000)).toBeUndefined();
	keepDraft(filled(), 1);
	dropDraft();
	expect(readDraft(empty())).toBeUndefined();
	localStorage.setItem('souk.setup', '{"form":3');
	expect(readDraft(empty())).toBeUndefined();
});
