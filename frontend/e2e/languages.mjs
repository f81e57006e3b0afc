import assert from 'node:assert/strict';

const shop = 'city-mart';

async function signIn(page, url) {
	await page.goto(url(shop) + '/');
	await page.getByLabel('E-mail').fill(`owner@${shop}.example`);
	await page.getByLabel('Password', { exact: true }).fill('souk-demo');
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('navigation', { name: 'Sections' }).waitFor();
}

async function choose(page, name) {
	await page.locator('button.who').click();
	await page.getByRole('menuitem', { name }).or(page.getByRole('menuitemradio', { name })).or(page.getByRole('menuitemcheckbox', { name })).first().click();
}
const direction = (page) => page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);

/** Takes the first register, opens the shift if none is, and waits until goods can be chosen. */
async function openRegister(page, words) {
	const open = page.getByRole('button', { name: words.open });
	const find = page.getByRole('searchbox').or(page.getByPlaceholder(words.find)).first();
	const counter = page.getByRole('button', { name: /^Counter/ });
	await open.or(find).or(counter).first().waitFor();
	if (await counter.isVisible()) await counter.click();
	await open.or(find).first().waitFor();
	if (await open.isVisible()) await open.click();
	await find.waitFor();
	return find;
}

export const stories = {
	async 'the office turns to Arabic from right to left, keeps it, and turns back'({ page, url }) {
		await signIn(page, url);
		assert.deepEqual(await direction(page), ['en', 'ltr']);
		await choose(page, 'العربية');
		await page.getByRole('navigation', { name: 'الأقسام' }).waitFor();
		assert.deepEqual(await direction(page), ['ar', 'rtl']);
		const nav = await page.getByRole('navigation', { name: 'الأقسام' }).boundingBox();
		assert.ok(nav.x > 600, `the navigation stands at the right, not at ${nav.x}`);
		await page.goto(url(shop) + '/sales');
		const total = page.getByText(/^\d+\.\d\d$/).first();
		await total.waitFor();
		await choose(page, 'English');
		await page.getByRole('navigation', { name: 'Sections' }).waitFor();
		assert.deepEqual(await direction(page), ['en', 'ltr']);
	},

	async 'a sale is made in Arabic at the browser register'({ page, url }) {
		await signIn(page, url);
		await page.evaluate(() => localStorage.setItem('souk.language', 'ar'));
		await page.goto(url(shop) + '/register');
		const find = await openRegister(page, { open: /فتح الوردية|فتح بدرج فارغ/, find: /امسح/ });
		assert.deepEqual(await direction(page), ['ar', 'rtl']);
		await find.fill('milk');
		await page.keyboard.press('Enter');
		await page.getByText('سطر واحد').first().waitFor();
		await page.keyboard.press('F10');
		await page.getByText('تم الدفع').first().waitFor();
	},

	async 'money is typed with a comma in Spanish'({ page, url }) {
		await signIn(page, url);
		await page.evaluate(() => localStorage.setItem('souk.language', 'es-ES'));
		await page.goto(url(shop) + '/items');
		await page.getByRole('button', { name: 'Añadir producto' }).click();
		const price = page.getByLabel('Precio', { exact: true }).first();
		await price.fill('1234,5');
		await price.blur();
		assert.equal((await price.inputValue()).replaceAll('\u00a0', ' '), await page.evaluate(() => new Intl.NumberFormat(document.documentElement.lang + '-US', { minimumFractionDigits: 2 }).format(1234.5)));
	},
};
