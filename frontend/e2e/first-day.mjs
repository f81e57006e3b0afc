// An owner's part of a shop's first day, in Chromium: makes the shop, its items and a register, asks for a pairing code,
// and looks at the first sale. The till's part is played by desktop/e2e, which starts this and talks to it by lines:
// out "code <what the office shows>", in "sold <total as it is shown>", out "seen".
import { mkdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const { SOUK_FIRST_DAY_URL: root, SOUK_E2E_OUT: out = '../test/out' } = process.env;
export const shop = {
	name: 'Harbour Corner', slug: 'harbour-corner', store: 'Harbour Street', address: 'Harbour Street 12\n20457 Hamburg', footer: 'Thank you, see you soon',
	owner: 'Nadia Haddad', email: 'nadia@harbour-corner.example', password: 'a harbour at five o’clock', pin: '7531', cashier: 'Ömer Yıldız', cashierPin: '2468',
};
const byHand = [
	{ name: 'Oat milk 1 l', price: '2,49', code: '4006381333931' },
	{ name: 'Filter coffee', price: '3,20', code: '' },
	{ name: 'Honey jar 250 g', price: '6,90', code: '5000159407236' },
];
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (text) => process.stdout.write(text + '\n');
let taken = 0;

async function picture(page, name) {
	await page.waitForTimeout(250); // sheets slide in
	await page.screenshot({ path: `${out}/first-day-office-${String(++taken).padStart(2, '0')}-${name}.png` });
}

/** 17 rows with real-looking codes; the check digit is worked out as GS1 says. */
function priceList() {
	const goods = ['Rice 1 kg', 'Green tea', 'Olive oil 0.5 l', 'Käsebrötchen', 'Pasta 500 g', 'Chickpeas', 'Tahini', 'Dates 400 g', 'Sparkling water', 'Orange juice', 'Butter 250 g', 'Eggs, ten', 'Flour 1 kg', 'Brown sugar', 'Soap', 'Candles', 'Matches'];
	const rows = goods.map((name, at) => {
		const body = `42000000${String(1000 + at)}`;
		const sum = [...body].reduce((all, digit, place) => all + Number(digit) * (place % 2 ? 3 : 1), 0);
		return `${name};${body}${(10 - (sum % 10)) % 10};${(1 + at * 0.35).toFixed(2).replace('.', ',')}`;
	});
	return Buffer.from(['Product name;EAN;Price', ...rows].join('\r\n'), 'utf8');
}

async function choose(page, label, option) {
	await page.getByLabel(label, { exact: true }).click();
	await page.getByLabel(label, { exact: true }).fill(option);
	await page.getByRole('option', { name: option }).first().click();
}

async function makeShop(page) {
	await page.goto(root);
	const next = () => page.getByRole('button', { name: 'Next', exact: true }).click();
	await page.getByLabel('Name of the shop').fill(shop.name);
	await page.locator('input[name=business][value=retail]').check();
	await choose(page, 'Country', 'Germany');
	await page.getByText('Free', { exact: true }).waitFor();
	await picture(page, 'shop');
	await next();
	await page.getByLabel('Name of the store').fill(shop.store);
	await page.getByLabel('Postal address').fill(shop.address);
	await page.getByLabel('Foot of the receipt').fill(shop.footer);
	await picture(page, 'store');
	await next();
	await page.getByLabel('Your name').fill(shop.owner);
	await page.getByLabel('E-mail').fill(shop.email);
	await page.getByLabel('Password', { exact: true }).fill(shop.password);
	await page.getByLabel('PIN at the till').fill(shop.pin);
	await picture(page, 'owner');
	await next();
	await page.getByRole('button', { name: 'Add a person' }).click();
	await page.getByLabel('Name', { exact: true }).fill(shop.cashier);
	await page.getByLabel('PIN at the till').fill(shop.cashierPin);
	await picture(page, 'people');
	await page.getByRole('button', { name: 'Make the shop' }).click();
	await page.getByRole('navigation', { name: 'Sections' }).waitFor();
	await page.getByText('This is left before the first sale').waitFor();
	await picture(page, 'welcome');
}

async function addItems(page) {
	for (const item of byHand) {
		await page.goto(new URL('/items?item=new', page.url()).href);
		const sheet = page.getByRole('dialog');
		await sheet.getByLabel('Name', { exact: true }).fill(item.name);
		await sheet.getByLabel('Price', { exact: true }).fill(item.price);
		if (item.code) {
			await sheet.getByRole('button', { name: 'Add barcode' }).click();
			await sheet.getByLabel('Barcode 1').fill(item.code);
		}
		if (item === byHand[0]) await picture(page, 'item');
		await sheet.locator('button[type=submit]').click();
		await sheet.waitFor({ state: 'detached' });
	}
	await page.goto(new URL('/items/import', page.url()).href);
	await page.getByLabel('Choose a file').setInputFiles({ name: 'price-list.csv', mimeType: 'text/csv', buffer: priceList() });
	await page.getByText('Which column is what').waitFor();
	await picture(page, 'import-columns');
	await page.getByRole('button', { name: 'Try it' }).click();
	await page.getByRole('button', { name: 'Import 17 rows' }).waitFor();
	await picture(page, 'import-tried');
	await page.getByRole('button', { name: 'Import 17 rows' }).click();
	await page.getByText('The import is done').waitFor();
	await picture(page, 'import-done');
	await page.goto(new URL('/items', page.url()).href);
	await page.getByText('Oat milk 1 l').first().waitFor();
	await page.getByText('Matches').first().waitFor();
	await picture(page, 'items');
}

/** A register of the owner's own naming, and the code for it. */
async function pairingCode(page) {
	await page.goto(new URL('/tills', page.url()).href);
	await page.getByRole('button', { name: 'Add register' }).click();
	const sheet = page.getByRole('dialog');
	await sheet.getByLabel('Name', { exact: true }).fill('Front counter');
	await picture(page, 'register');
	await sheet.locator('button[type=submit]').click();
	await sheet.waitFor({ state: 'detached' });
	const row = page.getByRole('row', { name: /Front counter/ });
	await row.getByRole('button', { name: 'Pair a till' }).click();
	const code = await page.getByLabel('Pairing code').textContent();
	const address = await page.getByRole('dialog').locator('code').first().textContent();
	await picture(page, 'code');
	return `${code.trim()} ${address.trim()}`;
}

async function seeSale(page, total) {
	await page.getByRole('dialog').getByText('Front counter', { exact: false }).first().waitFor();
	await picture(page, 'paired');
	await page.goto(new URL('/sales', page.url()).href);
	await page.getByText(total, { exact: false }).first().waitFor();
	await picture(page, 'sales');
	await page.getByText(total, { exact: false }).first().click();
	await page.getByRole('dialog').getByText('Oat milk 1 l').waitFor();
	await picture(page, 'sale');
	await page.goto(new URL('/', page.url()).href);
	await page.getByText(total, { exact: false }).first().waitFor();
	await picture(page, 'today');
}

await mkdir(out, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const context = await browser.newContext({ viewport: { width: 1366, height: 850 }, locale: 'en' });
context.setDefaultTimeout(45_000);
const page = await context.newPage();
const broken = [];
page.on('pageerror', (error) => broken.push(error.message));
try {
	await makeShop(page);
	await addItems(page);
	say(`code ${await pairingCode(page)}`);
	const { value: told = '' } = await lines.next();
	await seeSale(page, told.replace(/^sold /, ''));
	if (broken.length) throw new Error(`the page threw: ${broken.join('; ')}`);
	say('seen');
} catch (error) {
	await page.screenshot({ path: `${out}/first-day-office-failed.png` }).catch(() => undefined);
	process.stderr.write(`${error.stack ?? error}\n`);
	process.exitCode = 1;
} finally {
	await browser.close();
	process.stdin.destroy();
}
