import assert from 'node:assert/strict';

const password = 'souk-demo';

async function signIn(page, url, shop = 'city-mart', who = 'owner') {
	await page.goto(url(shop) + '/');
	await page.getByLabel('E-mail').fill(`${who}@${shop}.example`);
	await page.getByLabel('Password', { exact: true }).fill(password);
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('navigation', { name: 'Sections' }).waitFor();
}

/** A call of the API from within the page, with its cookies and its origin. */
function call(page, method, path, body) {
	return page.evaluate(
		async ([method, path, body]) => {
			const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() };
			const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
			const text = await response.text();
			return { status: response.status, body: text ? JSON.parse(text) : null };
		},
		[method, path, body],
	);
}

const ok = (answer) => {
	assert.ok(answer.status < 300, `${answer.status} ${JSON.stringify(answer.body)}`);
	return answer.body;
};
const id = (page) => page.evaluate(() => crypto.randomUUID());
const figure = (page, label) => page.locator('.card', { has: page.getByText(label, { exact: true }) }).locator('b').first();

async function openCounter(page) {
	const counter = ok(await call(page, 'GET', '/api/registers')).find((r) => r.kind === 'browser');
	if (!counter.shift_id) ok(await call(page, 'POST', '/api/shifts', { id: await id(page), register_id: counter.id, float_minor: 10_000 }));
	return counter;
}

async function sell(page) {
	const counter = await openCounter(page);
	const [item] = ok(await call(page, 'GET', '/api/items?limit=1')).rows;
	const cash = ok(await call(page, 'GET', '/api/payment-methods')).rows.find((m) => m.kind === 'cash');
	const cart = { lines: [{ id: await id(page), item_id: item.id, quantity: '1' }] };
	return ok(await call(page, 'POST', '/api/sales', { id: await id(page), register_id: counter.id, cart, tenders: [{ method_id: cash.id, amount_minor: 100_000 }] }));
}

async function firstItem(page) {
	const [row] = ok(await call(page, 'GET', '/api/items?limit=1')).rows;
	return ok(await call(page, 'GET', `/api/items/${row.id}`));
}

const edit = ({ sku, name, category_id, unit, sold_by, plu, tax_code, price_minor, cost_minor, track_stock, min_stock, description, favourite, version }, change) => ({
	sku, name, category_id, unit, sold_by, plu: plu || undefined, tax_code, price_minor, cost_minor, track_stock, min_stock, description, favourite, version, ...change,
});

export const stories = {
	async 'a wrong password is refused in words, the right one opens the day'({ page, url }) {
		await page.goto(url('city-mart') + '/');
		await page.getByLabel('E-mail').fill('owner@city-mart.example');
		await page.getByLabel('Password', { exact: true }).fill('not it');
		await page.getByRole('button', { name: 'Sign in', exact: true }).click();
		await page.getByText('do not belong together').waitFor();
		await signIn(page, url);
		await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
		await page.getByText('City Mart').first().waitFor();
	},

	async 'the day changes by itself when something is sold elsewhere'({ page, browser, url }) {
		await signIn(page, url);
		await page.getByText('Live', { exact: true }).waitFor();
		const before = Number(await figure(page, 'Baskets').textContent());
		await page.evaluate(() => (window.stayed = true));
		const other = await browser.newContext();
		const till = await other.newPage();
		await signIn(till, url, 'city-mart', 'manager');
		await sell(till);
		await other.close();
		await page.waitForFunction(([was]) => [...document.querySelectorAll('.card')].some((c) => c.textContent.includes('Baskets') && Number(c.querySelector('b')?.textContent) === was + 1), [before]);
		await page.getByText('Counter', { exact: true }).waitFor();
		assert.equal(await page.evaluate(() => window.stayed), true, 'the page was loaded again');
	},

	async 'items are found, changed and shown changed'({ page, url }) {
		await signIn(page, url);
		await page.goto(url('city-mart') + '/items');
		await page.getByRole('searchbox').fill('bananas');
		const row = page.getByRole('row').filter({ hasText: 'Bananas' }).first();
		await row.waitFor();
		assert.match(page.url(), /q=bananas/);
		await row.locator('[data-open]').click();
		await page.getByLabel('Price', { exact: true }).fill('1.77');
		await page.getByRole('button', { name: 'Save changes' }).click();
		await page.getByText('Bananas saved').waitFor();
		await row.getByText('1.77').waitFor();
	},

	async 'an item that someone else changed keeps what was typed and shows both'({ page, url }) {
		await signIn(page, url);
		const item = await firstItem(page);
		await page.goto(`${url('city-mart')}/items?item=${item.id}`);
		const name = page.getByLabel('Name', { exact: true });
		await name.fill(`${item.name} (mine)`);
		ok(await call(page, 'PUT', `/api/items/${item.id}`, edit(item, { price_minor: item.price_minor + 100 })));
		await page.getByRole('button', { name: 'Save changes' }).click();
		await page.getByText('What you typed is still here').waitFor();
		assert.equal(await name.inputValue(), `${item.name} (mine)`);
		await page.getByText(/Price: you have .*, stored is/).waitFor();
		await page.getByRole('button', { name: 'Save mine over it' }).click();
		await page.getByText('(mine) saved').waitFor();
		assert.equal(ok(await call(page, 'GET', `/api/items/${item.id}`)).name, `${item.name} (mine)`);
	},

	async 'leaving a changed form asks first'({ page, url }) {
		await signIn(page, url);
		await page.goto(url('city-mart') + '/customers?customer=new');
		await page.getByLabel('Name', { exact: true }).fill('Nadia');
		await page.keyboard.press('Escape');
		await page.getByText('Leave without saving?').waitFor();
		await page.getByRole('button', { name: 'Keep it' }).click();
		assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Nadia');
		await page.getByRole('button', { name: 'Add customer' }).last().click();
		await page.getByText('Nadia saved').waitFor();
		await page.getByRole('row').filter({ hasText: 'Nadia' }).waitFor();
	},

	async 'a till is given a pairing code and the address to type'({ page, url }) {
		await signIn(page, url);
		await page.getByRole('link', { name: 'Tills' }).click();
		await page.getByRole('button', { name: 'Pair a till' }).first().click();
		const code = await page.getByLabel('Pairing code').textContent();
		assert.match(code, /^[2-9A-Z]{4}-[2-9A-Z]{4}/);
		await page.getByText(url('city-mart')).waitFor();
		await page.getByText(/Works once, for \d+:\d\d more/).waitFor();
	},

	async 'a sale can be opened, seen as printed and voided'({ page, url }) {
		await signIn(page, url);
		const sale = await sell(page);
		await page.goto(`${url('city-mart')}/sales?sale=${sale.id}`);
		await page.getByRole('tab', { name: 'As printed' }).click();
		await page.locator('.paper').getByText(sale.receipt_no).first().waitFor();
		await page.getByRole('button', { name: 'Void sale' }).click();
		await page.getByLabel('Reason').fill('Rung up twice');
		await page.getByRole('button', { name: 'Void sale' }).last().click();
		await page.getByText('Sale voided').waitFor();
		await page.getByRole('tabpanel').getByRole('button', { name: sale.receipt_no }).click();
		await page.getByText('This sale was voided').waitFor();
	},

	async 'what tills may do by themselves is settled, and asked about before it is thrown away'({ page, url }) {
		await signIn(page, url);
		const before = ok(await call(page, 'GET', '/api/till-rules'));
		await page.goto(url('city-mart') + '/tills');
		await page.locator('[aria-label^="Refunds while offline"]').click();
		await page.getByRole('option', { name: 'Its own receipts, up to a limit' }).click();
		await page.getByLabel('Most per refund').fill('50.00');
		await page.getByRole('link', { name: 'Products', exact: true }).click();
		await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Keep it' }).click();
		await page.getByRole('button', { name: 'Save changes' }).click();
		await page.getByText('Till rules saved').waitFor();
		const after = ok(await call(page, 'GET', '/api/till-rules'));
		assert.deepEqual([after.offline_refunds, after.offline_refund_limit_minor], ['limit', 5000]);
		ok(await call(page, 'PUT', '/api/till-rules', before));
	},

	async 'a shift that was closed shows its Z report'({ page, url }) {
		await signIn(page, url);
		const closed = ok(await call(page, 'GET', '/api/shifts')).rows.find((s) => s.closed_at);
		const z = ok(await call(page, 'GET', `/api/shifts/${closed.id}/z`));
		assert.equal(z.difference_minor, z.counted_minor - z.expected_minor);
		await page.goto(`${url('city-mart')}/shifts?shift=${closed.id}`);
		await page.getByText('Cash drawer').waitFor();
	},

	async 'a cashier sees no more of the office than a cashier may'({ page, url }) {
		await signIn(page, url, 'city-mart', 'cashier');
		await page.getByRole('link', { name: 'Sales', exact: true }).waitFor();
		assert.equal(await page.getByRole('link', { name: 'Accounts' }).count(), 0);
		await page.goto(url('city-mart') + '/accounts');
		await page.getByText('You may not see this').waitFor();
	},

	async 'the cookie of one shop opens no other'({ page, context, url }) {
		await signIn(page, url);
		const cookies = await context.cookies(url('city-mart'));
		assert.ok(cookies.length > 0);
		await page.goto(url('corner-shop') + '/');
		await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
		await context.addCookies(cookies.map((c) => ({ ...c, domain: 'corner-shop.localhost' })));
		const answer = await call(page, 'GET', '/api/items');
		assert.equal(answer.status, 421, JSON.stringify(answer.body));
		assert.equal(answer.body?.rows, undefined);
	},

	async 'signing out ends the session on the server too'({ page, url }) {
		await signIn(page, url);
		await page.getByRole('button', { name: /theme, shortcuts and sign out/ }).click();
		await page.getByRole('menuitem', { name: 'Sign out' }).click();
		await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
		assert.equal((await call(page, 'GET', '/api/items')).status, 401);
	},
};
