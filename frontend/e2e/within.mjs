// What stories do again and again in a shop's pages.
import assert from 'node:assert/strict';

export const demoPassword = 'souk-demo';

export async function signIn(page, url, shop, email, password = demoPassword) {
	await page.goto(url(shop) + '/');
	await page.getByLabel('E-mail').fill(email.includes('@') ? email : `${email}@${shop}.example`);
	await page.getByLabel('Password', { exact: true }).fill(password);
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('navigation', { name: 'Sections' }).waitFor();
}

/** A call of the API from within the page, with its cookies and its origin. */
export function call(page, method, path, body) {
	return page.evaluate(
		async ([method, path, body]) => {
			const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() };
			const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
			const text = await response.text();
			return { status: response.status, body: text ? JSON.parse(text) : null };
		},
		[method, path, body],
	);
}

export function ok(answer) {
	assert.ok(answer.status < 300, `${answer.status} ${JSON.stringify(answer.body)}`);
	return answer.body;
}

export async function until(what, done) {
	for (let tries = 0; tries < 450; tries++) {
		const found = await done();
		if (found) return found;
		await new Promise((next) => setTimeout(next, 100));
	}
	assert.fail(what);
}

/** The link of the last letter to an address, from the demo's mailbox. `page` is at the shop. */
export async function linkTo(page, email, kind) {
	return until(`a letter to ${email}`, async () => {
		const letter = ok(await call(page, 'GET', '/api/mailbox')).rows.find((one) => one.to === email && one.kind === kind);
		return letter && /https?:\/\/\S+/.exec(letter.text)[0];
	});
}

/** Has someone invited by who is signed in at `page`, and accepts for them. */
export async function takeOn(page, name, email, role, password) {
	const id = await page.evaluate(() => crypto.randomUUID());
	ok(await call(page, 'POST', '/api/invitations', { id, name, email, role }));
	const ticket = new URL(await linkTo(page, email, 'invitation')).hash.slice(1);
	// Without the page's cookies: the answer's would take the place of who is signed in.
	const answer = await page.evaluate(
		async ([ticket, name, password]) => {
			const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() };
			const response = await fetch('/api/invitation/acceptance', { method: 'POST', headers, credentials: 'omit', body: JSON.stringify({ ticket, name, password }) });
			return { status: response.status, body: await response.json() };
		},
		[ticket, name, password],
	);
	ok(answer);
	return id;
}
