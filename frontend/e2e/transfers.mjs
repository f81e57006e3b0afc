// Two stores of one shop: prices of their own, goods sent from one to the other, and where a thing stands.
import assert from 'node:assert/strict';

const shop = 'corner-shop';

async function signIn(page, url) {
	await page.goto(url(shop) + '/');
	await page.getByLabel('E-mail').fill(`owner@${shop}.example`);
	await page.getByLabel('Password', { exact: true }).fill('souk-demo');
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('navigation', { name: 'Sections' }).first().waitFor();
}

function call(page, method, path, body) {
	return page.evaluate(
		async ([method, path, body]) => {
			const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() };
			const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
			const text = await response.text();
			if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
			return text ? JSON.parse(text) : null;
		},
		[method, path, body],
	);
}

/** The shop's own store and a second one, which the first story opens. */
async function stores(page) {
	const all = await call(page, 'GET', '/api/stores');
	const second = all.find((s) => s.name === 'Harbour');
	if (second) return [all.find((s) => s.id !== second.id), second];
	const made = await call(page, 'POST', '/api/stores', { ...all[0], id: crypto.randomUUID(), name: 'Harbour', version: 0, location_id: undefined });
	return [all[0], made];
}

async function counted(page, nth) {
	const { rows } = await call(page, 'GET', '/api/items?limit=60');
	return rows.filter((r) => r.sold_by === 'each' && r.track_stock)[nth];
}

const places = async (page, item) => (await call(page, 'GET', `/api/stock/${item.id}/places`)).places;
const own = async (page, item, store) => (await call(page, 'GET', `/api/items/${item.id}/prices`)).stores.find((s) => s.store_id === store.id).own_price_minor;

async function until(what, done) {
	for (let tries = 0; tries < 450; tries++) {
		if (await done()) return;
		await new Promise((next) => setTimeout(next, 100));
	}
	assert.fail(what);
}

export const stories = {
	async 'a store asks its own price, and the company’s again'({ page, url }) {
		await signIn(page, url);
		const [, harbour] = await stores(page);
		const item = await counted(page, 2);
		await page.goto(`${url(shop)}/items?item=${item.id}`);
		const line = page.getByRole('listitem').filter({ hasText: 'Harbour' }).filter({ has: page.getByRole('button', { name: 'Set own price' }) });
		await line.getByRole('button', { name: 'Set own price' }).click();
		await page.getByLabel('Price in Harbour').fill('98.76');
		await page.keyboard.press('Enter');
		await until('the price is stored', async () => (await own(page, item, harbour)) === 9876);
		await page.locator('[data-toasts]').getByRole('button', { name: 'Undo' }).last().click();
		await until('the price is undone', async () => (await own(page, item, harbour)) === undefined);
		assert.equal((await call(page, 'GET', `/api/items/${item.id}`)).price_minor, item.price_minor);
	},

	async 'many prices of one store are raised and put back'({ page, url }) {
		await signIn(page, url);
		const [, harbour] = await stores(page);
		const item = await counted(page, 3);
		await page.goto(`${url(shop)}/items?q=${item.sku}`);
		await page.locator(`tr[data-id="${item.id}"]`).getByRole('checkbox').check();
		await page.getByRole('button', { name: 'Prices by %' }).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByLabel('Which prices').click();
		await page.getByRole('option', { name: 'Harbour' }).click();
		await dialog.getByLabel('Put on each price').fill('100');
		await dialog.locator('tbody tr').first().waitFor();
		await dialog.getByRole('button', { name: 'Change prices' }).click();
		await until('the store asks twice as much', async () => (await own(page, item, harbour)) === 2 * item.price_minor);
		await page.locator('[data-toasts]').getByRole('button', { name: 'Undo' }).last().click();
		await until('the store asks the company’s price', async () => (await own(page, item, harbour)) === undefined);
	},

	async 'goods are sent, are on their way, and arrive short'({ page, url }) {
		await signIn(page, url);
		const [main, harbour] = await stores(page);
		const item = await counted(page, 4);
		const before = Number((await places(page, item)).find((p) => p.store_id === main.id).on_hand);
		await page.goto(`${url(shop)}/transfers?transfer=new`);
		const sheet = page.getByRole('dialog');
		await sheet.getByLabel(/^From:/).click();
		await page.getByRole('option', { name: main.name }).click();
		await sheet.getByLabel(/^To:/).click();
		await page.getByRole('option', { name: 'Harbour' }).click();
		// As a scanner does: the code, then Enter; twice.
		for (let n = 0; n < 2; n++) {
			await sheet.getByRole('textbox', { name: 'Scan or find what is sent' }).or(sheet.getByRole('searchbox')).first().fill(item.sku);
			await page.keyboard.press('Enter');
			await until('it is counted up', async () => (await sheet.getByLabel(`Quantity of ${item.name}`).inputValue({ timeout: 500 }).catch(() => '')) === String(n + 1));
		}
		await sheet.getByLabel(`Quantity of ${item.name}`).fill('5');
		await sheet.getByRole('button', { name: 'Send now' }).click();
		await page.getByText('The goods are on their way').waitFor();
		const away = await places(page, item);
		assert.equal(Number(away.find((p) => p.store_id === main.id).on_hand), before - 5);
		assert.equal(Number(away.find((p) => p.store_id === harbour.id).coming), 5);

		await page.getByRole('button', { name: /On their way/ }).click();
		await page.locator('tbody tr').first().click();
		await sheet.getByLabel(`Arrived of ${item.name}`).fill('4');
		await sheet.getByLabel(`Why ${item.name} differs`).click();
		await page.getByRole('option', { name: 'Damaged' }).click();
		await sheet.getByRole('button', { name: /^Receive/ }).click();
		await page.getByText('The goods are in stock').waitFor();
		const after = await places(page, item);
		assert.equal(Number(after.find((p) => p.store_id === harbour.id).on_hand), 4);
		assert.equal(Number(after.find((p) => p.store_id === harbour.id).coming), 0);
	},

	async 'the price check tells what other stores have, or that it cannot know'({ page, context, url }) {
		await signIn(page, url);
		const [main, harbour] = await stores(page);
		const item = await counted(page, 4);
		const registers = await call(page, 'GET', '/api/registers');
		let register = registers.find((r) => r.kind === 'browser' && r.store_id === main.id);
		register ??= await call(page, 'POST', '/api/registers', { id: crypto.randomUUID(), store_id: main.id, name: 'Counter', kind: 'browser' });
		if (!register.shift_id) await call(page, 'POST', '/api/shifts', { id: crypto.randomUUID(), register_id: register.id, float_minor: 10000 });
		const here = (await call(page, 'GET', `/api/items/${item.id}/prices`)).stores.find((s) => s.store_id === main.id);
		await call(page, 'PUT', `/api/items/${item.id}/prices/${main.id}`, { price_minor: 4321, version: here.version });
		await page.evaluate((id) => localStorage.setItem('souk.register.chosen', id), register.id);
		await page.goto(`${url(shop)}/register`);
		await page.getByText('To pay').first().waitFor();
		await page.keyboard.press('Shift+F2');
		const dialog = page.getByRole('dialog');
		const look = async () => {
			await dialog.getByRole('searchbox').or(dialog.getByRole('textbox')).first().fill(item.sku);
			await page.keyboard.press('Enter');
		};
		await look();
		await dialog.getByText('43.21').waitFor();
		await dialog.getByText(harbour.name).waitFor();
		await page.route('**/api/register/items/**', (route) => route.abort());
		await look();
		await dialog.getByText('what other stores have is not known').waitFor();
		await page.unroute('**/api/register/items/**');
		await context.clearCookies();
	},
};
