import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { call, linkTo, ok, signIn, until } from './within.mjs';

const pictures = process.env.SOUK_E2E_OUT ?? '../test/out';
const password = 'four cold lemons';

async function picture(page, name) {
	await mkdir(pictures, { recursive: true });
	await page.waitForTimeout(250); // sheets slide in
	await page.screenshot({ path: `${pictures}/ways-in-${name}.png` });
}

const newcomer = (browser) => browser.newContext({ viewport: { width: 1366, height: 850 }, locale: 'en' });

export const stories = {
	async 'someone is invited, comes in by the letter, and is taken back'({ page, browser, url }) {
		await signIn(page, url, 'gajanayaka-auto', 'owner');
		await page.goto(url('gajanayaka-auto') + '/people');
		await page.getByRole('button', { name: 'Add person' }).click();
		const sheet = page.getByRole('dialog');
		await sheet.getByLabel('Name', { exact: true }).fill('Nora Lind');
		await sheet.getByLabel('E-mail, to sign in at the office').fill('nora@example.org');
		await picture(page, 'invite');
		await sheet.getByRole('button', { name: 'Send the invitation' }).click();
		const invited = page.getByRole('region', { name: 'Invited, not here yet' });
		await invited.getByText('nora@example.org').waitFor();
		await invited.getByText("In the demo's mailbox").waitFor();
		await picture(page, 'invited');

		// The letter stands in the demo's mailbox; its link leads in.
		const context = await newcomer(browser);
		const nora = await context.newPage();
		await nora.goto(url('gajanayaka-auto') + '/mailbox');
		await nora.getByText('To nora@example.org').waitFor();
		await picture(nora, 'mailbox');
		await nora.getByRole('link', { name: 'Open the link' }).first().click();
		await nora.getByRole('heading', { name: /invites you to/ }).waitFor();
		assert.equal(new URL(nora.url()).hash, '', 'the secret stays in no address');
		await picture(nora, 'invitation');
		await nora.getByLabel('Password', { exact: true }).fill('short');
		await nora.getByRole('button', { name: /^Join/ }).click();
		await nora.getByText('Take at least 10 characters.', { exact: false }).waitFor();
		assert.equal(await nora.getByLabel('Your name').inputValue(), 'Nora Lind', 'the form stays');
		await nora.getByLabel('Password', { exact: true }).fill(password);
		await nora.getByRole('button', { name: /^Join/ }).click();
		await nora.getByRole('navigation', { name: 'Sections' }).waitFor();

		// The list knows without a reload; whoever is signed out is out at once.
		await page.getByRole('row').filter({ hasText: 'Nora Lind' }).filter({ hasText: 'nora@example.org' }).waitFor();
		await invited.waitFor({ state: 'detached' });
		await page.getByRole('row').filter({ hasText: 'Nora Lind' }).locator('[data-open]').click();
		await page.getByRole('dialog').getByText('Chrome on Linux').waitFor();
		await picture(page, 'person');
		await page.getByRole('dialog').getByRole('button', { name: /^Sign out there/ }).click();
		await nora.getByText('You have been signed out. Sign in to go on').waitFor();
		await page.getByRole('dialog').getByText('Signed in nowhere.').waitFor();
		await page.getByRole('switch').click();
		await page.getByRole('button', { name: 'Save changes' }).click();
		await nora.getByLabel('E-mail').fill('nora@example.org');
		await nora.getByLabel('Password', { exact: true }).fill(password);
		await page.getByRole('row').filter({ hasText: 'Nora Lind' }).filter({ hasText: 'Left' }).waitFor();
		await nora.getByRole('button', { name: 'Sign in', exact: true }).click();
		await nora.getByText('This e-mail and password do not belong together').waitFor();
		await context.close();
	},

	async 'an invitation is sent again and withdrawn'({ page, browser, url }) {
		await signIn(page, url, 'gajanayaka-auto', 'owner');
		const id = await page.evaluate(() => crypto.randomUUID());
		ok(await call(page, 'POST', '/api/invitations', { id, name: 'Otto Brandt', email: 'otto@example.org', role: 'cashier' }));
		await page.goto(url('gajanayaka-auto') + '/people');
		const row = page.getByRole('region', { name: 'Invited, not here yet' }).getByRole('row').filter({ hasText: 'otto@example.org' });
		await row.getByRole('button', { name: 'Send again' }).click();
		await page.getByText('This letter was only just sent.', { exact: false }).waitFor();
		const link = await linkTo(page, 'otto@example.org', 'invitation');
		await row.getByRole('button', { name: 'Withdraw' }).click();
		await row.waitFor({ state: 'detached' });
		const context = await newcomer(browser);
		const otto = await context.newPage();
		await otto.goto(link);
		await otto.getByText('This invitation was used, withdrawn or has expired.', { exact: false }).waitFor();
		await picture(otto, 'invitation-over');
		await context.close();
	},

	async 'a forgotten password is replaced by a letter, and whoever was in is out'({ page, browser, url }) {
		await signIn(page, url, 'prime-motors', 'manager');
		const context = await newcomer(browser);
		const away = await context.newPage();
		await away.goto(url('prime-motors') + '/');
		await away.getByRole('link', { name: 'Forgot your password?' }).click();
		await away.getByLabel('E-mail').fill('manager');
		await away.getByRole('button', { name: 'Send me a link' }).click();
		await away.getByText('This is no e-mail address.', { exact: false }).waitFor();
		await away.getByLabel('E-mail').fill('manager@prime-motors.example');
		await picture(away, 'forgotten');
		await away.getByRole('button', { name: 'Send me a link' }).click();
		await away.getByText('a letter is on its way', { exact: false }).waitFor();
		await picture(away, 'forgotten-sent');
		const link = await linkTo(away, 'manager@prime-motors.example', 'password');
		await away.goto(link);
		await away.getByText('manager@prime-motors.example', { exact: false }).waitFor();
		await away.getByLabel('New password').fill(password);
		await picture(away, 'reset');
		await away.getByRole('button', { name: 'Save the new password' }).click();
		await away.getByText('Your password is changed.', { exact: false }).waitFor();
		await page.getByText('You have been signed out. Sign in to go on').waitFor();
		const later = await context.newPage();
		await later.goto(link);
		await later.getByText('This link was used already', { exact: false }).waitFor();
		await signIn(page, url, 'prime-motors', 'manager', password);
		await context.close();
	},

	async 'one person goes from shop to shop, sees where he is signed in, and changes his password'({ page, browser, url }) {
		// Another shop takes the owner of this one on.
		const context = await newcomer(browser);
		const boss = await context.newPage();
		await signIn(boss, url, 'city-mart', 'owner');
		const id = await boss.evaluate(() => crypto.randomUUID());
		ok(await call(boss, 'POST', '/api/invitations', { id, name: 'Her', email: 'owner@gajanayaka-auto.example', role: 'report_user' }));
		const link = await linkTo(boss, 'owner@gajanayaka-auto.example', 'invitation');
		await signIn(page, url, 'gajanayaka-auto', 'owner');
		await page.goto(link);
		await page.getByText('has an account already', { exact: false }).waitFor();
		await page.getByLabel('Password', { exact: true }).fill('souk-demo');
		await page.getByRole('button', { name: /^Join/ }).click();
		await page.getByRole('navigation', { name: 'Sections' }).waitFor();

		await page.goto(url('gajanayaka-auto') + '/account?part=shops');
		await page.getByRole('button', { name: /^Go there: City Mart/ }).waitFor();
		await picture(page, 'account');
		await page.getByRole('button', { name: /^Go there: City Mart/ }).click();
		await page.waitForURL(`${url('city-mart')}/**`);
		await page.getByRole('navigation', { name: 'Sections' }).waitFor();
		const there = ok(await call(page, 'GET', '/api/session'));
		assert.equal(there.user.role, 'report_user');

		// At home: a second browser is signed in, and out again.
		await page.goto(url('gajanayaka-auto') + '/account');
		const other = await newcomer(browser);
		const elsewhere = await other.newPage();
		await signIn(elsewhere, url, 'gajanayaka-auto', 'owner');
		const open = page.getByRole('region', { name: 'Signed in at' });
		await until('the other browser is listed', async () => (await open.getByRole('button', { name: /^Sign out there/ }).count()) > 0);
		await page.getByRole('button', { name: 'Change the password' }).click();
		await page.getByLabel('Password until now').fill('not this one');
		await page.getByLabel('New password').fill(password);
		await page.getByRole('button', { name: 'Change the password' }).click();
		await page.getByText('That is not your password.').waitFor();
		await picture(page, 'password-wrong');
		await page.getByLabel('Password until now').fill('souk-demo');
		await page.getByRole('button', { name: 'Change the password' }).click();
		await page.getByText('Your password is changed', { exact: true }).waitFor();
		await elsewhere.getByText('You have been signed out. Sign in to go on').waitFor();
		await page.reload();
		await page.getByRole('navigation', { name: 'Sections' }).waitFor();
		await context.close();
		await other.close();
	},
};
