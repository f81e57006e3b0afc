import assert from 'node:assert/strict';
import { call, signIn, takeOn } from './within.mjs';

const password = 'four cold lemons';

const say = (page, right, word) => page.getByRole('group', { name: right }).getByText(word, { exact: true }).click();

export const stories = {
	async 'a role of the shop’s own takes a button away, and the route with it'({ page, browser, url }) {
		// Somebody in charge of selling, who may take goods back so far.
		await signIn(page, url, 'city-mart', 'owner');
		const id = await takeOn(page, 'Wanda Keller', 'wanda@city-mart.example', 'sales_manager', password);
		const sale = (await call(page, 'GET', '/api/sales?kind=sale&limit=1')).body.rows[0];

		const other = await browser.newContext({ viewport: { width: 1366, height: 850 }, locale: 'en' });
		const wanda = await other.newPage();
		await signIn(wanda, url, 'city-mart', 'wanda', password);
		await wanda.goto(url('city-mart') + `/sales?sale=${sale.id}`);
		await wanda.getByRole('button', { name: 'Refund', exact: true }).waitFor();
		await wanda.evaluate(() => (window.stayed = true));

		await page.goto(url('city-mart') + '/settings/roles');
		await page.getByRole('link', { name: 'New role' }).click();
		await page.getByLabel('Name', { exact: true }).fill('Weekend cashier');
		await page.locator('[aria-label^="Stands on:"]').click();
		await page.getByRole('option', { name: 'Sales manager' }).click();
		await say(page, 'Take goods back and give money back', 'Deny');
		await page.getByRole('button', { name: 'Make the role' }).click();
		await page.getByRole('heading', { name: 'Weekend cashier' }).waitFor();

		await page.goto(url('city-mart') + '/people');
		await page.getByRole('row').filter({ hasText: 'Wanda Keller' }).locator('[data-open]').click();
		await page.locator('[aria-label^="Role:"]').click();
		await page.getByRole('option', { name: 'Weekend cashier' }).click();
		await page.getByRole('button', { name: 'Save changes' }).click();
		await page.getByRole('row').filter({ hasText: 'Wanda Keller' }).filter({ hasText: 'Weekend cashier' }).waitFor();

		await wanda.getByRole('button', { name: 'Refund', exact: true }).waitFor({ state: 'detached' });
		assert.equal(await wanda.evaluate(() => window.stayed), true, 'the page was loaded again');
		// Without the right it takes somebody else's word.
		const counter = (await call(page, 'GET', '/api/registers')).body.find((r) => r.kind === 'browser');
		if (!counter.shift_id) await call(page, 'POST', '/api/shifts', { id: await page.evaluate(() => crypto.randomUUID()), register_id: counter.id, float_minor: 10_000 });
		const refused = await call(wanda, 'POST', `/api/sales/${sale.id}/refund`, { id, register_id: counter.id, method_id: id, lines: [{ line_no: 1, quantity: '1' }] });
		assert.equal(refused.status, 403);
		assert.equal(refused.body.code, 'approvals.needed');
		await other.close();

		// Why, and what would change, is told.
		await page.getByRole('row').filter({ hasText: 'Wanda Keller' }).locator('[data-open]').click();
		await page.getByRole('button', { name: 'Explain rights' }).click();
		await page.getByRole('dialog').getByText('Denied to Weekend cashier in this shop').waitFor();
		const limit = (name) => page.getByRole('dialog').getByRole('listitem').filter({ hasText: name });
		await limit('Discount').getByText('As Sales manager does by default').waitFor();
		await limit('Refund').getByText('Has not the right: always asks').first().waitFor();
		const own = (await call(page, 'GET', '/api/roles')).body.rows.find((role) => role.name === 'Weekend cashier');
		await page.goto(url('city-mart') + `/settings/roles/${own.key}`);
		await say(page, 'Take goods back and give money back', 'By default');
		await page.getByRole('button', { name: 'Review and save' }).click();
		await page.getByText('1 person is affected').waitFor();
		await page.getByRole('dialog').getByText('Wanda Keller').waitFor();
		await page.getByRole('button', { name: 'Save changes' }).click();
		await page.getByText('Weekend cashier saved').waitFor();
		await page.getByRole('button', { name: 'Delete role' }).click();
		await page.getByText('Weekend cashier is in use').waitFor();
	},

	async 'two who change one role are shown what each has'({ page, url }) {
		await signIn(page, url, 'city-mart', 'owner');
		await page.goto(url('city-mart') + '/settings/roles/waiter');
		await say(page, 'Give discounts', 'Grant');
		// Somebody else is quicker; what is being written here stays.
		const other = await call(page, 'PUT', '/api/built-in-roles/waiter', { version: 0, grants: ['sales.void'], denials: [] });
		assert.equal(other.status, 200, JSON.stringify(other.body));
		await page.getByRole('button', { name: 'Review and save' }).click();
		await page.getByRole('button', { name: 'Save changes' }).click();
		await page.getByRole('table').getByText('Void a sale of the open shift').waitFor();
		await page.getByRole('button', { name: 'Keep mine' }).click();
		await page.getByText('Waiter saved').waitFor();
		const now = (await call(page, 'GET', '/api/roles')).body.rows.find((role) => role.key === 'waiter');
		assert.deepEqual([now.grants, now.version], [['sales.discount'], 2]);
	},
};
