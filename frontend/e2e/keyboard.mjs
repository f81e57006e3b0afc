import assert from 'node:assert/strict';

/** A register's screen that is touched, 1024 by 768. */
async function touched(browser, url, { locale = 'en' } = {}) {
	const context = await browser.newContext({ viewport: { width: 1024, height: 768 }, hasTouch: true, locale });
	context.setDefaultTimeout(45_000);
	const page = await context.newPage();
	await page.goto(url('corner-shop') + '/register');
	return { context, page };
}
const keys = (page) => page.locator('[data-keyboard]');
async function tapOut(page, text) {
	for (const letter of text) await keys(page).getByRole('button', { name: letter, exact: true }).tap();
}
const area = async (locator) => (await locator.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };

async function signedIn(page) {
	await page.getByLabel('E-mail').tap();
	await tapOut(page, 'owner@corner-shop.example'.replace('@', '').slice(0, 5));
	assert.equal(await page.getByLabel('E-mail').inputValue(), 'owner');
	await keys(page).getByRole('button', { name: '#+=' }).tap();
	await tapOut(page, '@');
	await keys(page).getByRole('button', { name: 'a b' }).tap();
	await tapOut(page, 'corner');
	await keys(page).getByRole('button', { name: '#+=' }).tap();
	await tapOut(page, '-');
	await keys(page).getByRole('button', { name: 'a b' }).tap();
	await tapOut(page, 'shop');
	await keys(page).getByRole('button', { name: '#+=' }).tap();
	await tapOut(page, '.');
	await keys(page).getByRole('button', { name: 'a b' }).tap();
	await tapOut(page, 'example');
	await page.getByLabel('Password', { exact: true }).tap();
	await tapOut(page, 'souk');
	await keys(page).getByRole('button', { name: '#+=' }).tap();
	await tapOut(page, '-');
	await keys(page).getByRole('button', { name: 'a b' }).tap();
	await tapOut(page, 'demo');
	await keys(page).getByRole('button', { name: 'Enter' }).tap();
}

export const stories = {
	async 'a register without keys is signed in, searched and scanned at by fingers'({ browser, url, pictures }) {
		const { context, page } = await touched(browser, url);
		await signedIn(page);
		const open = page.getByRole('button', { name: /Open (the shift|with an empty drawer)/ });
		const find = page.getByPlaceholder('Scan, or type a name or code');
		await open.or(find).first().waitFor();
		if (await open.isVisible()) await open.tap();
		await find.waitFor();
		assert.equal(await keys(page).count(), 0, 'it stays away until a field is touched');

		await find.tap();
		await keys(page).waitFor();
		await tapOut(page, 'co');
		assert.equal(await find.inputValue(), 'co');
		const board = await area(keys(page));
		for (const button of await keys(page).getByRole('button').all()) {
			const { width, height } = await area(button);
			assert.ok(width >= 56 && height >= 56, `a key is ${width} by ${height}`);
		}
		const box = await area(find);
		assert.ok(box.y + box.height <= board.y, 'the field is not covered');
		const pay = await area(page.getByRole('button', { name: /^Pay/ }));
		assert.ok(pay.y + pay.height <= board.y + 1, 'nor is what is pressed next');
		if (pictures) await page.screenshot({ path: `${pictures}/keyboard-en.png` });

		const { code, name } = await page.evaluate(async () => {
			const read = (path) => fetch(path).then((answer) => answer.json());
			for (const { id } of (await read('/api/items?limit=50')).rows) {
				const item = await read(`/api/items/${id}`);
				if (item.sold_by === 'each' && item.barcodes?.length) return { code: item.barcodes[0].code, name: item.name };
			}
			throw new Error('no item has a barcode');
		});
		await page.keyboard.type(code + '\n');
		await page.getByRole('complementary').getByText(name).first().waitFor();
		assert.equal(await find.inputValue(), 'co', 'a scan leaves what was typed alone');
		assert.equal(await keys(page).count(), 1, 'and is no reason for the keyboard to go');

		await keys(page).getByRole('button', { name: 'Next language' }).tap();
		if (pictures) await page.screenshot({ path: `${pictures}/keyboard-es.png` });
		await keys(page).getByRole('button', { name: 'Next language' }).tap();
		await tapOut(page, 'ش');
		assert.equal(await find.inputValue(), 'coش');
		if (pictures) await page.screenshot({ path: `${pictures}/keyboard-ar.png` });

		await page.waitForTimeout(100);
		await page.keyboard.press('x');
		await keys(page).waitFor({ state: 'detached' });
		assert.equal(await find.inputValue(), 'coشx', 'a hand at the keys types as ever');
		await context.close();
	},
};
