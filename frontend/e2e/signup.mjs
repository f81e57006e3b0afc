// A stranger's way from the page at the domain itself to the first sale of a shop of their own.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';

const pictures = process.env.SOUK_E2E_OUT ?? '../test/out';
const longest_ms = 180_000;

function camera(page, name) {
	let taken = 0;
	return async (what) => {
		await mkdir(pictures, { recursive: true });
		await page.waitForTimeout(200); // sheets slide in
		await page.screenshot({ path: `${pictures}/${name}-${String(++taken).padStart(2, '0')}-${what}.png` });
	};
}

const next = (page) => page.getByRole('button', { name: 'Next', exact: true }).click();

async function makeShop(page, root, name, picture) {
	await page.goto(root);
	await page.getByRole('heading', { name: 'Make your shop' }).waitFor();
	assert.equal(await page.getByLabel('Set-up code').count(), 0, 'a stranger needs no code here');
	await picture('root');
	await page.getByLabel('Name of the shop').fill(name);
	await page.locator('input[name=business][value=retail]').check();
	await page.getByLabel('Country', { exact: true }).click();
	await page.getByLabel('Country', { exact: true }).fill('Germany');
	await page.getByRole('option', { name: 'Germany' }).first().click();
	await page.getByText('Free', { exact: true }).waitFor();
	await picture('shop');
	await next(page);
	await page.getByLabel('Name of the store').fill('Harbour Street');
	await picture('store');
	await next(page);
	await page.getByLabel('Your name').fill('Nadia Haddad');
	await page.getByLabel('E-mail').fill('nadia@signed-up.example');
	// Whoever closes the page by a slip goes on where they were, but for what is secret.
	await page.reload();
	await page.getByText('What you typed before is here again.', { exact: false }).waitFor();
	assert.equal(await page.getByLabel('Your name').inputValue(), 'Nadia Haddad');
	assert.equal(await page.getByLabel('E-mail').inputValue(), 'nadia@signed-up.example');
	await picture('back-again');
	await page.getByLabel('Password', { exact: true }).fill('a harbour at five o’clock');
	await picture('owner');
	await next(page);
	await picture('people');
	await page.getByRole('button', { name: 'Make the shop' }).click();
	await page.getByText('This is left before the first sale').waitFor();
	await picture('welcome');
}

/** Samples come and go with a click each. */
async function trySamples(page, picture) {
	await page.getByRole('button', { name: 'Try with samples' }).click();
	await page.getByText('11 sample items are here to try things with').waitFor();
	await page.getByText('11 items so far').waitFor();
	await picture('samples');
	await page.getByRole('button', { name: 'Remove the samples' }).click();
	await page.getByText('The samples are gone', { exact: true }).waitFor();
	await page.getByRole('button', { name: 'Try with samples' }).waitFor();
}

async function firstSale(page, picture) {
	const at = (path) => new URL(path, page.url()).href;
	await page.goto(at('/items?item=new'));
	const sheet = page.getByRole('dialog');
	await sheet.getByLabel('Name', { exact: true }).fill('Oat milk 1 l');
	await sheet.getByLabel('Price', { exact: true }).fill('2,49');
	await picture('item');
	await sheet.locator('button[type=submit]').click();
	await sheet.waitFor({ state: 'detached' });
	await page.goto(at('/register'));
	const open = page.getByRole('button', { name: /Open (the )?shift|empty drawer/i }).first();
	const find = page.getByRole('searchbox').or(page.getByPlaceholder(/Scan/)).first();
	const counter = page.getByRole('button', { name: /^Counter/ });
	await open.or(find).or(counter).first().waitFor();
	if (await counter.isVisible()) await counter.click();
	await open.or(find).first().waitFor();
	await picture('shift');
	if (await open.isVisible()) await open.click();
	await find.waitFor();
	await find.fill('oat');
	await page.keyboard.press('Enter');
	await page.getByText('1 line').first().waitFor();
	await picture('cart');
	await page.keyboard.press('F10');
	await page.getByText('Paid', { exact: true }).first().waitFor();
	await picture('paid');
}

/** The owner closes the shop again; whoever comes then is told so. */
async function end(page, picture) {
	const at = (path) => new URL(path, page.url()).href;
	await page.goto(at('/settings'));
	await page.getByRole('button', { name: 'Close this shop…' }).click();
	const dialog = page.getByRole('dialog');
	const slug = new URL(page.url()).hostname.split('.')[0];
	const close = dialog.getByRole('button', { name: 'Close the shop now' });
	await dialog.getByRole('textbox').fill('another');
	assert.ok(await close.isDisabled(), 'another address closes nothing');
	await dialog.getByRole('textbox').fill(slug);
	await picture('close');
	await close.click();
	await page.getByRole('heading', { name: 'This shop is closed for now' }).waitFor();
	await picture('closed');
	await page.reload();
	await page.getByRole('heading', { name: 'This shop is closed for now' }).waitFor();
}

export const stories = {
	async 'a stranger signs up and makes the first sale within three minutes'({ page, url }) {
		const began = Date.now();
		const picture = camera(page, 'sign-up');
		await makeShop(page, url('x').replace('//x.', '//'), 'Harbour Corner', picture);
		await trySamples(page, picture);
		await firstSale(page, picture);
		const took_ms = Date.now() - began;
		console.log(`      from the sign-up page to the first sale: ${Math.round(took_ms / 1000)} s`);
		assert.ok(took_ms < longest_ms, `it took ${took_ms} ms`);
		await end(page, picture);
	},
};
