import assert from 'node:assert/strict';

const password = 'souk-demo';

async function signIn(page, url, who) {
	await page.goto(url('city-mart') + '/');
	await page.getByLabel('E-mail').fill(`${who}@city-mart.example`);
	await page.getByLabel('Password', { exact: true }).fill(password);
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('heading', { name: 'Today' }).first().waitFor();
}

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

/** A cashier at a browser register with an item on the cart, and half of it taken off: more than she may. */
async function halfOff(page, url) {
	await signIn(page, url, 'cashier');
	const counter = (await call(page, 'GET', '/api/registers')).body.find((r) => r.kind === 'browser');
	if (!counter.shift_id) await call(page, 'POST', '/api/shifts', { id: await page.evaluate(() => crypto.randomUUID()), register_id: counter.id, float_minor: 10_000 });
	await page.goto(url('city-mart') + '/register');
	const choice = page.getByText('Counter · Harbour Street');
	const till = page.getByRole('button', { name: /^Price/ }).first();
	await choice.or(till).first().waitFor();
	if (await choice.isVisible()) await choice.click();
	await till.waitFor();
	await page.keyboard.press('F2');
	await page.keyboard.type('milk');
	await page.waitForTimeout(800);
	await page.keyboard.press('Enter');
	await page.getByRole('button', { name: /^Pay/ }).first().waitFor();
	await page.waitForTimeout(500);
	await page.keyboard.press('F5');
	await page.getByRole('button', { name: 'Discount in percent' }).waitFor();
	await page.keyboard.type('50');
	await page.keyboard.press('Enter');
	const sheet = page.getByRole('dialog', { name: 'Someone who may has to approve this' });
	await sheet.waitFor();
	return sheet;
}

export const stories = {
	async 'a manager approves half off from a phone, and the register goes on by itself'({ page, browser, url }) {
		const sheet = await halfOff(page, url);
		assert.match(await sheet.innerText(), /Discount: 50%/);
		assert.match(await sheet.innerText(), /The limit is 20%/);
		await sheet.getByLabel('Reason (optional)').fill('a dented pack');
		const phone = await (await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'en' })).newPage();
		await signIn(phone, url, 'owner');
		await phone.goto(url('city-mart') + '/approvals');
		await phone.getByText('Nothing waits for you').waitFor();
		await sheet.getByRole('button', { name: 'Ask a manager' }).click();
		await sheet.getByText('Asked. Waiting for an answer').waitFor();
		// It comes to the phone by itself.
		await phone.getByText('Discount: 50%').first().click();
		const asked = phone.getByRole('dialog');
		await asked.getByText('a dented pack').waitFor();
		assert.equal(await phone.evaluate(() => document.documentElement.scrollWidth), 360, 'nothing sticks out of the phone');
		await asked.getByRole('button', { name: 'Approve', exact: true }).click();
		await phone.getByText('Approved. The register goes on.').waitFor();
		await sheet.waitFor({ state: 'detached' });
		await page.keyboard.press('F10');
		await page.getByText(/Change|Next/).first().waitFor();
		const sale = (await call(page, 'GET', '/api/sales?limit=1')).body.rows[0];
		const shown = (await call(page, 'GET', `/api/sales/${sale.id}`)).body;
		assert.equal(shown.approvals[0]?.action, 'discount');
		assert.equal(shown.approvals[0]?.way, 'request');
		await phone.context().close();
	},

	async 'a manager approves by PIN at the register, by keys alone'({ page, browser, url }) {
		const office = await (await browser.newContext({ locale: 'en' })).newPage();
		await signIn(office, url, 'owner');
		const people = (await call(office, 'GET', '/api/people')).body.rows;
		const manager = people.find((p) => p.role === 'owner');
		assert.equal((await call(office, 'PUT', `/api/people/${manager.id}/pin`, { pin: '4826' })).status, 200);
		await office.context().close();
		const sheet = await halfOff(page, url);
		await sheet.getByRole('button', { name: manager.name }).click();
		await sheet.getByLabel('PIN').waitFor();
		await page.keyboard.type('0000');
		await page.keyboard.press('Enter');
		await sheet.getByText('That PIN is not right').waitFor();
		await page.keyboard.type('4826');
		await page.keyboard.press('Enter');
		await sheet.waitFor({ state: 'detached' });
		await page.keyboard.press('F10');
		await page.getByText(/Change|Next/).first().waitFor();
	},

	async 'limits are set role by role, and hold at once'({ page, url }) {
		await signIn(page, url, 'owner');
		await page.goto(url('city-mart') + '/settings/limits');
		await page.getByRole('button', { name: 'Cashier', exact: true }).click();
		const form = page.getByRole('dialog', { name: 'Cashier' });
		await form.locator('[aria-label^="Discount:"]').click();
		await page.getByRole('option', { name: 'A limit of its own' }).click();
		await form.getByRole('textbox', { name: 'Limit' }).fill('5');
		await form.getByRole('button', { name: 'Save limits' }).click();
		await page.getByText('The limits are saved').waitFor();
		const cashier = (await call(page, 'GET', '/api/limits')).body.rows.find((r) => r.key === 'cashier');
		assert.equal(cashier.limits.discount, 500);
		assert.equal((await call(page, 'PUT', '/api/limits/cashier', { version: cashier.version, said: {} })).status, 200);
	},
};
