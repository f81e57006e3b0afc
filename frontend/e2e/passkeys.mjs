// Passkeys in a real browser, with an authenticator that Chromium plays itself.
export const stories = {
	async 'a passkey is made, and signs in without a password'({ page, context, url }) {
		const cdp = await context.newCDPSession(page);
		await cdp.send('WebAuthn.enable');
		await cdp.send('WebAuthn.addVirtualAuthenticator', {
			options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
		});
		await page.goto(url('corner-shop'));
		await page.getByLabel('E-mail').fill('owner@corner-shop.example');
		await page.locator('input[name=password]').fill('souk-demo');
		await page.getByRole('button', { name: 'Sign in', exact: true }).click();
		await page.locator('button.who').waitFor();
		await page.goto(`${url('corner-shop')}/account`);
		await page.getByRole('button', { name: 'Add a passkey' }).click();
		await page.getByLabel('Name of the passkey').fill('Laptop');
		await page.getByRole('button', { name: 'Make the passkey' }).click();
		await page.getByText('Not used yet').waitFor();
		await page.locator('button.who').click();
		await page.getByText('Sign out', { exact: true }).click();
		await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
		await page.locator('button.who').waitFor();
		await page.goto(`${url('corner-shop')}/account`);
		await page.getByText('Last used').waitFor();
		await page.getByRole('button', { name: 'Remove the passkey Laptop' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Remove the passkey' }).click();
		await page.getByText('Laptop').waitFor({ state: 'detached' });
	},
};
