// A promotion from the form to the receipt: made, tried on what was sold, started, sold with, explained, stopped.
import assert from 'node:assert/strict';
import { call, ok, signIn, until } from './within.mjs';

const shop = 'corner-shop';

/** A counted item of the shop, and its browser register with an open shift. */
async function ground(page) {
	const item = ok(await call(page, 'GET', '/api/items?limit=60')).rows.find((r) => r.sold_by === 'each' && r.track_stock && r.price_minor >= 100);
	const counter = ok(await call(page, 'GET', '/api/registers')).find((r) => r.kind === 'browser');
	const id = () => page.evaluate(() => crypto.randomUUID());
	if (!counter.shift_id) ok(await call(page, 'POST', '/api/shifts', { id: await id(), register_id: counter.id, float_minor: 10_000 }));
	return { item, counter };
}

export const stories = {
	async 'three for two is made, tried, started, sold, explained and stopped'({ page, url }) {
		await signIn(page, url, shop, 'owner');
		const { item, counter } = await ground(page);
		await page.goto(`${url(shop)}/promotions`);
		await page.getByRole('button', { name: 'Add promotion' }).first().click();
		const sheet = page.getByRole('dialog');
		await sheet.getByLabel('Name').fill('Three for two');
		await sheet.getByLabel(/^What it gives/).click();
		await page.getByRole('option', { name: 'Buy some, get some' }).click();
		await sheet.getByLabel('Percent off').fill('120');
		await sheet.getByRole('searchbox', { name: 'Find items and categories' }).fill(item.name);
		await sheet.getByRole('button', { name: item.name, exact: false }).first().click();
		await sheet.getByRole('button', { name: 'Add promotion', exact: true }).click();
		await sheet.getByText('A percentage is above 0 and up to 100').waitFor();
		await sheet.getByLabel('Percent off').fill('100');
		await sheet.getByRole('button', { name: 'Try on 30 days' }).click();
		await sheet.getByText('Sales that change', { exact: true }).waitFor();
		await sheet.getByRole('button', { name: 'Save and start' }).click();
		await page.getByText('Three for two runs').waitFor();
		const row = page.getByRole('row').filter({ hasText: 'Three for two' });
		await row.getByText('Buy 2, get 1 free').waitFor();
		await row.getByText('Running').waitFor();

		await page.evaluate((id) => localStorage.setItem('souk.register.chosen', id), counter.id);
		await page.goto(`${url(shop)}/register`);
		const find = page.getByRole('searchbox').first();
		await find.waitFor();
		await find.fill(`3*${item.sku}`);
		await page.keyboard.press('Enter');
		const cart = page.getByRole('complementary', { name: 'Cart' });
		await cart.getByText(/Three for two · −/).waitFor();
		await page.keyboard.press('Shift+F1');
		const why = page.getByRole('dialog', { name: item.name });
		await why.getByText('Promotion · Three for two').waitFor();
		await page.keyboard.press('Escape');
		await page.keyboard.press('F10');
		await until('the sale is booked with its deal', async () => {
			const { rows } = ok(await call(page, 'GET', '/api/sales?limit=1'));
			const sale = ok(await call(page, 'GET', `/api/sales/${rows[0].id}`));
			return sale.lines[0].deals?.[0]?.amount_minor === item.price_minor && sale.total_minor === 2 * item.price_minor;
		});

		await page.goto(`${url(shop)}/promotions`);
		await row.getByText('1', { exact: true }).waitFor();
		await row.click();
		await sheet.getByRole('button', { name: 'Stop now' }).click();
		await page.getByText('Three for two is stopped').waitFor();
		await row.getByText('Not running').waitFor();
	},

	async 'a coupon is taken at the register, and a wrong one is not'({ page, url }) {
		await signIn(page, url, shop, 'owner');
		const { item, counter } = await ground(page);
		const made = ok(await call(page, 'POST', '/api/promotions', {
			id: await page.evaluate(() => crypto.randomUUID()), name: 'Flyer',
			terms: { kind: 'spend', goods: {}, percent: '0', amount_minor: 50, min_spend_minor: 100, coupon: 'FLYER' },
		}));
		ok(await call(page, 'PUT', `/api/promotions/${made.id}/start`));
		await page.evaluate((id) => localStorage.setItem('souk.register.chosen', id), counter.id);
		await page.goto(`${url(shop)}/register`);
		const find = page.getByRole('searchbox').first();
		await find.fill(item.sku);
		await page.keyboard.press('Enter');
		const cart = page.getByRole('complementary', { name: 'Cart' });
		await cart.getByText(item.name).waitFor();
		await page.keyboard.press('Shift+F12');
		await page.getByRole('dialog').getByLabel('Code').fill('flier');
		await page.keyboard.press('Enter');
		await page.getByText('No promotion that runs has this coupon').waitFor();
		await page.getByRole('dialog').getByLabel('Code').fill('flyer');
		await page.keyboard.press('Enter');
		await cart.getByText(/Flyer · −/).waitFor();
		await cart.getByRole('button', { name: 'Give coupon FLYER back' }).click();
		await cart.getByText(/Flyer · −/).waitFor({ state: 'detached' });
		await page.keyboard.press('Control+Z');
		await cart.getByText(/Flyer · −/).waitFor();
		ok(await call(page, 'DELETE', `/api/promotions/${made.id}/start`));
		const gone = await call(page, 'DELETE', `/api/promotions/${made.id}`);
		assert.ok(gone.status < 300, `${gone.status}`);
	},
};
