// Several stores in one shop: who sees which, and the figures of one or all.
import assert from 'node:assert/strict';

async function signIn(page, url, who) {
	await page.goto(url('city-mart') + '/');
	await page.getByLabel('E-mail').fill(`${who}@city-mart.example`);
	await page.getByLabel('Password', { exact: true }).fill('souk-demo');
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('navigation', { name: 'Sections' }).first().waitFor();
}

const ask = (page, path) => page.evaluate(async (path) => (await fetch(path)).json(), path);
const storesIn = async (page, path) => new Set((await ask(page, path)).rows.map((row) => row.store_name));
const switcher = (page) => page.getByRole('button', { name: /^Store shown/ });

async function pick(page, name) {
	await switcher(page).click();
	await page.getByRole('menuitem', { name, exact: true }).click();
}

export const stories = {
	async 'a manager of one store sees its sales and figures and no others'({ page, context, url }) {
		await signIn(page, url, 'owner');
		const all = await ask(page, '/api/dashboard');
		assert.equal(all.stores.length, 2);
		const station = all.stores.find((store) => store.name === 'Central Station');
		const foreign = (await ask(page, '/api/sales')).rows.find((row) => row.store_name === 'Harbour Street');
		assert.deepEqual([...(await storesIn(page, '/api/sales?limit=200'))].sort(), ['Central Station', 'Harbour Street']);
		await context.clearCookies();

		await signIn(page, url, 'station');
		assert.equal(await switcher(page).count(), 0, 'one store is nothing to choose from');
		assert.equal(await page.getByText('Harbour Street').count(), 0);
		const mine = await ask(page, '/api/dashboard');
		assert.equal(mine.stores.length, 0);
		assert.equal(mine.today.total_minor, station.total_minor);
		// Told apart by the sum, not by a difference: at midnight the day has no sale in any store.
		assert.equal(all.stores.reduce((sum, store) => sum + store.total_minor, 0), all.today.total_minor);
		assert.deepEqual([...(await storesIn(page, '/api/sales?limit=200'))], ['Central Station']);
		assert.equal(await page.getByRole('navigation', { name: 'Sections' }).first().getByText('Accounts').count(), 0, 'the books are the whole company’s');

		await page.goto(`${url('city-mart')}/sales`);
		await page.getByRole('table', { name: 'Sales' }).getByText('Station counter').first().waitFor();
		assert.equal(await page.getByRole('table', { name: 'Sales' }).getByText('Counter', { exact: true }).count(), 0);
		const refused = await page.evaluate(async (id) => (await fetch(`/api/sales/${id}`)).status, foreign.id);
		assert.equal(refused, 404);

		await page.goto(`${url('city-mart')}/stores`);
		await page.getByText('Central Station').first().waitFor();
		assert.equal(await page.getByText('Harbour Street').count(), 0);
		assert.equal(await page.getByRole('button', { name: 'Add store' }).count(), 0);
	},

	async 'the head of the office chooses a store, and the next page keeps to it'({ page, url }) {
		await signIn(page, url, 'owner');
		const table = page.getByRole('table', { name: 'Stores today' });
		await table.getByText('Harbour Street').waitFor();
		await pick(page, 'Central Station');
		await table.waitFor({ state: 'detached' });
		assert.match(page.url(), /[?&]store=/);
		await page.getByRole('link', { name: 'Sales', exact: true }).first().click();
		await page.waitForURL(/\/sales\?.*store=/);
		await page.getByRole('table', { name: 'Sales' }).getByText('Station counter').first().waitFor();
		assert.equal(await page.getByRole('table', { name: 'Sales' }).getByText('Counter', { exact: true }).count(), 0);
		await page.reload();
		await switcher(page).filter({ hasText: 'Central Station' }).waitFor();
		await pick(page, 'All stores');
		await page.getByRole('table', { name: 'Sales' }).getByText('Counter', { exact: true }).first().waitFor();
		assert.doesNotMatch(page.url(), /store=/);
	},

	async 'a person is limited to a store, and a store with an open shift does not close'({ page, url }) {
		await signIn(page, url, 'owner');
		await page.goto(`${url('city-mart')}/people`);
		await page.getByRole('table', { name: 'People' }).getByText('Jonas Weber').click();
		await page.getByRole('checkbox', { name: 'Central Station' }).check();
		await page.getByRole('button', { name: 'Save' }).click();
		await page.locator('tr', { hasText: 'Jonas Weber' }).getByText('Central Station').waitFor();
		await page.goto(`${url('city-mart')}/stores`);
		await page.getByRole('table', { name: 'Stores' }).getByText('Central Station').click();
		await page.getByText('Jonas Weber').waitFor();
		const open = (await ask(page, '/api/shifts?open=true')).rows.some((row) => row.store_name === 'Central Station');
		await page.getByRole('button', { name: 'Close store' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Close store' }).click();
		if (open) await page.getByText('Shifts are open in this store').waitFor();
		else {
			await page.getByText('Central Station is closed').waitFor();
			await page.getByRole('button', { name: 'Open store again' }).click();
			await page.getByText('Central Station is open again').waitFor();
		}
	},
};
