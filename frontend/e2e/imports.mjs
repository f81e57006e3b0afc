import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

async function signIn(page, url, shop = 'corner-shop', who = 'owner') {
	await page.goto(url(shop) + '/');
	await page.getByLabel('E-mail').fill(`${who}@${shop}.example`);
	await page.getByLabel('Password', { exact: true }).fill('souk-demo');
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('navigation', { name: 'Sections' }).waitFor();
}

/** 60 rows of which three are wrong, each in another way. */
function priceList(mark) {
	const rows = ['Article no;Product name;EAN;VK;Remarks'];
	for (let n = 0; n < 60; n++) rows.push(`${mark}-${n};${n === 7 ? '' : `Import tea ${n}`};;${n === 13 ? '1,2x' : n === 29 ? '-4' : `${n},50`};whatever`);
	return Buffer.from(rows.join('\r\n'), 'utf8');
}

export const stories = {
	async 'a price list is mapped, tried, imported, and taken back'({ page, url }) {
		const mark = `E2E${Date.now()}`;
		await signIn(page, url);
		await page.goto(url('corner-shop') + '/items');
		await page.getByRole('link', { name: 'Import' }).click();
		await page.getByLabel('Choose a file').setInputFiles({ name: `${mark}.csv`, mimeType: 'text/csv', buffer: priceList(mark) });

		await page.getByText('Which column is what').waitFor();
		const field = (column) => page.getByLabel(`Field of ${column}`);
		assert.match(await field('Product name').textContent(), /Name/);
		assert.match(await field('VK').textContent(), /Price/);
		assert.match(await field('Remarks').textContent(), /Leave out/);
		await page.getByRole('button', { name: 'Try it' }).click();

		await page.getByText('Rows with errors: 3').waitFor();
		for (const words of ["Price '1,2x' is not a number", 'Name is missing', "Price '-4' is below zero"]) await page.getByText(words).first().waitFor();
		await page.getByRole('button', { name: 'Import 57 rows' }).click();
		await page.getByText('The import is done').waitFor();

		const download = page.waitForEvent('download');
		await page.getByRole('link', { name: 'Download rows with errors' }).click();
		const text = await readFile(await (await download).path(), 'utf8');
		assert.equal(text.trim().split('\n').length, 4);
		assert.match(text, /1,2x.*is not a number/);

		await page.getByRole('button', { name: 'Background work' }).click();
		await page.getByRole('dialog').getByText('Importing items').first().waitFor();
		await page.keyboard.press('Escape');
		await page.goto(url('corner-shop') + `/items?q=${mark}`);
		await page.getByText('Import tea 10', { exact: true }).waitFor();

		await page.goBack();
		await page.getByRole('button', { name: 'Undo this import' }).click();
		await page.getByText('The import was taken back').waitFor();
		await page.getByText('Removed: 57.').waitFor();
		await page.goto(url('corner-shop') + `/items?q=${mark}`);
		await page.getByText(`Nothing matches “${mark}”`).waitFor();
	},
};
