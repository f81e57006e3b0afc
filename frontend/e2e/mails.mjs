// Receipts by e-mail: asked for at the register, read where the shop keeps what it wrote.
import assert from 'node:assert/strict';

const shop = 'city-mart';

async function signIn(page, url) {
	await page.goto(url(shop) + '/');
	await page.getByLabel('E-mail').fill(`owner@${shop}.example`);
	await page.getByLabel('Password', { exact: true }).fill('souk-demo');
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('navigation', { name: 'Sections' }).waitFor();
}

async function sellMilk(page, url) {
	await page.goto(url(shop) + '/register');
	const open = page.getByRole('button', { name: /Open (the )?shift|empty drawer/i }).first();
	const find = page.getByRole('searchbox').or(page.getByPlaceholder(/Scan/)).first();
	const counter = page.getByRole('button', { name: /^Counter/ });
	await open.or(find).or(counter).first().waitFor();
	if (await counter.isVisible()) await counter.click();
	await open.or(find).first().waitFor();
	if (await open.isVisible()) await open.click();
	await find.waitFor();
	await find.fill('milk');
	await page.keyboard.press('Enter');
	await page.getByText('1 line').first().waitFor();
	await page.keyboard.press('F10');
	await page.getByText('Paid', { exact: true }).first().waitFor();
}

export const stories = {
	async 'a receipt is asked for by e-mail at the register and read in the list of e-mails'({ page, url }) {
		await signIn(page, url);
		await sellMilk(page, url);
		await page.getByRole('button', { name: 'E-mail receipt' }).click();
		const dialog = page.getByRole('dialog', { name: 'E-mail receipt' });
		await dialog.getByRole('button', { name: 'Send' }).click();
		await dialog.getByText("Type the customer's e-mail address.").waitFor();
		await dialog.getByLabel('E-mail address').fill('cara');
		await dialog.getByRole('button', { name: 'Send' }).click();
		await page.getByText('This is no e-mail address').first().waitFor();
		await dialog.getByLabel('E-mail address').fill('cara@example.org');
		await dialog.getByRole('button', { name: 'Send' }).click();
		await page.getByText('The receipt is on its way to cara@example.org').first().waitFor();

		await page.goto(url(shop) + '/settings/mail');
		await page.getByText('This is a demo: e-mails go nowhere').waitFor();
		await page.getByText('Demo, not sent').first().waitFor();
		await page.getByText('cara@example.org').first().click();
		const page_ = page.frameLocator('iframe[sandbox=""]');
		await page_.getByText('Thank you for shopping with us.').waitFor();
		await page_.getByText('Total', { exact: true }).waitFor();
		await page.getByRole('tab', { name: 'As text' }).click();
		await page.getByText('The receipt is attached as a PDF.').first().waitFor();
		const href = await page.getByRole('link', { name: /Attached: .*\.pdf/ }).getAttribute('href');
		const head = await page.evaluate(async (path) => (await (await fetch(path)).text()).slice(0, 5), href);
		assert.equal(head, '%PDF-');
	},

	async 'a receipt is sent in Arabic from the list of sales'({ page, url }) {
		await signIn(page, url);
		await page.goto(url(shop) + '/sales');
		await page.locator('tr[data-id]').first().click();
		const sheet = page.getByRole('dialog');
		await sheet.getByRole('button', { name: 'E-mail receipt' }).click();
		await sheet.getByLabel('E-mail address').fill('samir@example.org');
		await sheet.getByRole('button', { name: /^Language/ }).or(sheet.getByLabel(/^Language/)).first().click();
		await page.getByRole('option', { name: 'العربية' }).click();
		await sheet.getByRole('button', { name: 'Send' }).click();
		await sheet.getByText('samir@example.org').waitFor();
		await page.goto(url(shop) + '/settings/mail');
		await page.getByText('samir@example.org').first().click();
		await page.frameLocator('iframe[sandbox=""]').getByText('شكرًا لتسوقكم معنا.').waitFor();
	},
};
