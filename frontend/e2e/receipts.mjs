// What a store's receipts look like: changed before one's eyes, kept for that store only, and on the next receipt.
import assert from 'node:assert/strict';

const shop = 'city-mart';

async function signIn(page, url) {
	await page.goto(url(shop) + '/');
	await page.getByLabel('E-mail').fill(`owner@${shop}.example`);
	await page.getByLabel('Password', { exact: true }).fill('souk-demo');
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('navigation', { name: 'Sections' }).waitFor();
}

function call(page, method, path, body) {
	return page.evaluate(
		async ([method, path, body]) => {
			const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() };
			const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
			const text = await response.text();
			if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
			return JSON.parse(text);
		},
		[method, path, body],
	);
}

const paper = (page) => page.getByRole('complementary', { name: 'Preview' }).getByRole('img');

/** Does something to the form and waits until the picture beside it has followed. */
async function redrawn(page, act) {
	const before = await paper(page).getAttribute('src');
	await act();
	const table = page.locator('aside [aria-busy]');
	for (let tries = 0; tries < 150; tries++) {
		if ((await paper(page).getAttribute('src')) !== before && (await table.getAttribute('aria-busy')) === 'false') break;
		assert.ok(tries < 149, 'the picture follows');
		await new Promise((next) => setTimeout(next, 100));
	}
	return paper(page).evaluate((shown) => ({ width: shown.naturalWidth, height: shown.naturalHeight }));
}

async function choose(page, label, option) {
	await page.getByLabel(label).click();
	await page.getByRole('option', { name: option, exact: true }).click();
}

export const stories = {
	async 'a receipt is designed before one’s eyes, and is printed so in that store only'({ page, url }) {
		await signIn(page, url);
		const stores = await call(page, 'GET', '/api/stores');
		const [harbour, station] = ['Harbour Street', 'Central Station'].map((name) => stores.find((s) => s.name === name));
		const receipt = (store) => call(page, 'GET', `/api/stores/${store.id}/receipt`);
		await page.goto(`${url(shop)}/settings/receipts?store=${harbour.id}`);
		await paper(page).waitFor();
		const wide = await paper(page).evaluate((shown) => ({ width: shown.naturalWidth, height: shown.naturalHeight }));

		const longer = await redrawn(page, () => page.getByLabel('At the top').fill('Fresh every day\nsince 1974'));
		assert.ok(longer.height > wide.height, 'two more lines make the paper longer');
		const narrow = await redrawn(page, () => choose(page, /^Paper width/, '58 mm'));
		assert.ok(narrow.width < wide.width, 'narrow paper is drawn narrow');
		await redrawn(page, () => page.getByRole('tab', { name: 'PDF, A4' }).click());
		await page.getByText('Your last sale in this store.').waitFor();
		await page.getByRole('tab', { name: 'E-mail' }).click();
		await page.getByLabel('At the bottom').fill('See you on Monday.');
		await page.frameLocator('iframe[sandbox=""]').getByText('See you on Monday.').waitFor();
		assert.equal((await receipt(harbour)).header, '', 'nothing is kept before it is saved');

		await page.getByRole('button', { name: 'Save changes' }).click();
		await page.getByText('The receipt is saved.').waitFor();
		assert.equal((await receipt(harbour)).header, 'Fresh every day\nsince 1974');
		assert.equal((await receipt(station)).header, '');
		const sale = (await call(page, 'GET', `/api/sales?kind=sale&limit=1&store=${harbour.id}`)).rows[0];
		const lines = (await call(page, 'GET', `/api/sales/${sale.id}/receipt`)).lines.map((line) => line.text);
		assert.ok(lines.some((text) => text.includes('Fresh every day')), lines.join('\n'));
		assert.ok(lines.every((text) => text.length <= 32), 'the lines fit 58 mm');
	},

	async 'two who design one receipt are shown what each has'({ page, url }) {
		await signIn(page, url);
		const station = (await call(page, 'GET', '/api/stores')).find((s) => s.name === 'Central Station');
		const path = `/api/stores/${station.id}/receipt`;
		await page.goto(`${url(shop)}/settings/receipts?store=${station.id}`);
		await page.getByRole('textbox', { name: 'Return policy' }).fill('Bring it back within 30 days.');
		const now = await call(page, 'GET', path);
		await call(page, 'PUT', path, { ...now, footer: 'Mind the gap.' });
		await page.getByRole('button', { name: 'Save changes' }).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByText('Mind the gap.').waitFor();
		await dialog.getByRole('button', { name: 'Keep mine' }).click();
		await page.getByText('The receipt is saved.').waitFor();
		const after = await call(page, 'GET', path);
		assert.equal(after.design.policy, 'Bring it back within 30 days.');
		assert.ok(after.design.parts.includes('policy'), 'who writes a policy wants it printed');
	},
};
