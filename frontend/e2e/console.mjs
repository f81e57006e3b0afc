// The platform's console: an operator of the shell signs in, a shop is put on a plan and suspended, and support comes in by a grant.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const email = 'dana@platform.example';

/** What an app shows for a secret, RFC 6238. `ahead` steps are taken before, since no code is good twice. */
function codeOf(secret, ahead = 0) {
	const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
	const bits = [...secret.replaceAll(/[\s=]/g, '')].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
	const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
	const step = Buffer.alloc(8);
	step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
	const hash = createHmac('sha1', key).update(step).digest();
	const at = hash[19] & 15;
	return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** An operator's password, made in the shell beside the running server. */
async function operator(data) {
	const { stdout } = await run(resolve(process.env.SOUK_BIN ?? '../bin/souk'), ['operator', 'add', email], { env: { ...process.env, SOUK_DATA: data, SOUK_LOG_LEVEL: 'error' } });
	return /^\s{2}(\S{20,})$/m.exec(stdout)[1];
}

async function signIn(page, admin, password) {
	await page.goto(admin);
	await page.getByLabel('E-mail').fill(email);
	await page.getByLabel('Password', { exact: true }).fill(password);
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByText('Cannot scan? Type this key').click();
	const secret = await page.locator('details code').innerText();
	await page.getByLabel('Code from the app').fill(codeOf(secret, -1));
	await page.getByRole('button', { name: 'Confirm' }).click();
	await page.getByRole('link', { name: /City Mart/ }).first().waitFor();
	return secret;
}

async function withReason(page, verb, reason) {
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Reason').fill(reason);
	await dialog.getByRole('button', { name: verb, exact: true }).click();
	await dialog.waitFor({ state: 'detached' });
}

export const stories = {
	async 'an operator looks after a shop from the console, and comes in as support by its grant'({ page, browser, url, data }) {
		const admin = url('admin');
		const password = await operator(data);
		await signIn(page, admin, password);

		await page.goto(`${admin}/plans`);
		await page.getByRole('button', { name: 'New plan' }).first().click();
		const form = page.getByRole('dialog');
		await form.getByLabel('Name of the plan').fill('Corner');
		await form.getByLabel('Stores').fill('1');
		await form.getByRole('button', { name: 'Save plan' }).click();
		await page.getByRole('cell', { name: 'Corner' }).first().waitFor();

		await page.goto(admin);
		await page.getByRole('searchbox').fill('pizza');
		await page.getByRole('link', { name: /Pizza/ }).first().click();
		await page.getByRole('button', { name: 'Change plan' }).click();
		await page.getByRole('dialog').getByLabel('Plan').click();
		await page.getByRole('option', { name: 'Corner' }).click();
		await withReason(page, 'Change plan', 'As agreed by phone');
		await page.getByText('Plan: Corner').waitFor();
		await page.getByRole('button', { name: 'Suspend' }).click();
		await withReason(page, 'Suspend', 'Unpaid since May');
		await page.getByRole('button', { name: 'Resume' }).click();
		await withReason(page, 'Resume', 'Paid');
		await page.getByText('From Suspended to Active').waitFor();

		// The shop's side: its owner lets support in, sees that it came, and ends it.
		const context = await browser.newContext({ viewport: { width: 1366, height: 850 }, locale: 'en' });
		const shop = await context.newPage();
		await shop.goto(`${url('city-mart')}/settings/support`);
		await shop.getByLabel('E-mail').fill('owner@city-mart.example');
		await shop.getByLabel('Password', { exact: true }).fill('souk-demo');
		await shop.getByRole('button', { name: 'Sign in', exact: true }).click();
		await shop.getByRole('button', { name: 'Let support in' }).first().click();
		const dialog = shop.getByRole('dialog');
		await dialog.getByLabel('Reason').fill('Totals look wrong');
		await dialog.getByRole('button', { name: 'Let support in' }).click();
		await shop.getByText(/Support may come in until/).waitFor();

		await page.goto(admin);
		await page.getByRole('link', { name: /City Mart/ }).first().click();
		const popped = page.context().waitForEvent('page');
		await page.getByRole('button', { name: 'Go in' }).click();
		const support = await popped;
		await support.getByText(/Support session of dana/).waitFor();
		assert.equal(await support.getByRole('link', { name: 'Support access' }).count(), 0, 'support lets nobody in');
		await shop.reload();
		await shop.getByText(/Came in: dana/).waitFor();
		await shop.getByRole('button', { name: 'End now' }).click();
		await support.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
		await context.close();
	},
};
