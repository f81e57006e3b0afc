// A hostile page on a sub-domain beside the shop's own: to the browser both are one
// site, so the shop's cookie goes along with what it sends.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startServer } from './server.mjs';
import { call, ok, signIn } from './within.mjs';

const cookie = '__Host-souk-session';

async function certificate(data) {
	for (const entry of await readdir(data, { recursive: true })) {
		if (entry.endsWith('server.pem')) return { cert: await readFile(join(data, entry)), key: await readFile(join(data, entry.replace(/pem$/, 'key'))) };
	}
	assert.fail('the server has made itself no certificate');
}

/** The sibling's own server: an empty page, whose answer tries to set cookies for all. */
async function startSibling(data) {
	const server = createServer(await certificate(data), (request, response) => {
		response.setHeader('Content-Type', 'text/html');
		if (request.url === '/toss') response.setHeader('Set-Cookie', [`${cookie}=tossed; Domain=souk.test; Path=/; Secure; HttpOnly`, `souk-session=tossed; Domain=souk.test; Path=/; Secure`, `${cookie}=tossed; Path=/; Secure`]);
		response.end('<!doctype html><title>evil</title>');
	});
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	return { url: `https://evil.souk.test:${server.address().port}`, stop: () => new Promise((done) => server.close(done)) };
}

/** Everything that a page may send to another origin. Gives whether its answer could be read. */
const send = (page, target, how) =>
	page.evaluate(
		async ([target, how]) => {
			const body = JSON.stringify({ id: crypto.randomUUID(), name: 'Made by evil' });
			const key = crypto.randomUUID();
			if (how === 'beacon') return void navigator.sendBeacon(target, new Blob([body], { type: 'text/plain' }));
			if (how === 'json') return fetch(target, { method: 'POST', credentials: 'include', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key }, body }).then((r) => r.text(), (e) => `refused: ${e.name}`);
			if (how === 'plain') return fetch(target, { method: 'POST', credentials: 'include', mode: 'no-cors', headers: { 'Content-Type': 'text/plain' }, body }).then((r) => `${r.type} ${r.status}`, (e) => `refused: ${e.name}`);
			if (how === 'delete') return fetch(target, { method: 'DELETE', credentials: 'include', headers: { 'Idempotency-Key': key } }).then((r) => r.text(), (e) => `refused: ${e.name}`);
			return fetch(target, { credentials: 'include' }).then((r) => r.text(), (e) => `refused: ${e.name}`);
		},
		[target, how],
	);

/** A form that sends itself, away from the page. */
async function submit(context, from, target, enctype) {
	const page = await context.newPage();
	await page.goto(from);
	await page.evaluate(
		([target, enctype]) => {
			const form = Object.assign(document.createElement('form'), { method: 'POST', action: target, enctype });
			const field = Object.assign(document.createElement('input'), { name: '{"id":"0198a3f0-0000-7000-8000-000000000001","name":"Made by evil","x":"', value: '"}' });
			form.append(field);
			document.body.append(form);
			form.submit();
		},
		[target, enctype],
	);
	await page.waitForURL(target);
	const said = await page.content();
	await page.close();
	return said;
}

const opens = (page, address) =>
	page.evaluate(
		(address) =>
			new Promise((done) => {
				const socket = new WebSocket(address);
				socket.onopen = () => done(true);
				socket.onerror = socket.onclose = () => done(false);
			}),
		address,
	);

export const stories = {
	async 'a hostile sub-domain beside the shop gets nothing in, nothing out, and nobody in'() {
		const server = await startServer({ SOUK_DOMAIN: 'souk.test', SOUK_TLS: 'self', SOUK_DEMO_DAYS: '1' });
		const sibling = await startSibling(server.data);
		const browser = await chromium.launch({
			executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
			args: ['--no-sandbox', '--host-resolver-rules=MAP *.souk.test 127.0.0.1', '--ignore-certificate-errors'],
		});
		let cases = 0;
		const holds = (what, good) => {
			assert.ok(good, what);
			cases++;
		};
		try {
			const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en' });
			context.setDefaultTimeout(45_000);
			const shop = server.url('city-mart');
			const session = async () => (await context.cookies(shop)).filter((c) => c.name === cookie);

			// Before anybody signs in, the sibling plants sessions.
			const evil = await context.newPage();
			await evil.goto(`${sibling.url}/toss`);
			await evil.evaluate((cookie) => {
				for (const attributes of ['Domain=souk.test; Path=/; Secure', 'Domain=.souk.test; Path=/api; Secure', 'Path=/; Secure']) document.cookie = `${cookie}=tossed; ${attributes}`;
				document.cookie = 'souk-session=tossed; Domain=souk.test; Path=/';
			}, cookie);
			holds('no session was planted for the shop', (await session()).length === 0);
			const page = await context.newPage();
			await signIn(page, server.url, 'city-mart', 'owner');
			const first = (await session())[0];
			holds('whoever signs in gets a session of his own', first && first.value !== 'tossed');
			holds('it is for this host alone, by TLS alone, and not for scripts', first.domain === 'city-mart.souk.test' && first.secure && first.httpOnly && first.sameSite === 'Lax' && first.path === '/');
			ok(await call(page, 'DELETE', '/api/session'));
			await signIn(page, server.url, 'city-mart', 'owner');
			holds('signing in again begins another', (await session())[0].value !== first.value);
			await evil.goto(`${sibling.url}/toss`);
			holds('what is tossed later does not take its place', (await session()).length === 1 && (await call(page, 'GET', '/api/session')).body.user.role === 'owner');

			// What the shop's own page may do, the sibling's may not.
			const customers = async () => ok(await call(page, 'GET', '/api/customers?q=Made')).rows.length;
			const before = await customers();
			const own = ok(await call(page, 'POST', '/api/customers', { id: await page.evaluate(() => crypto.randomUUID()), name: 'Made here' }));
			holds('the shop’s own page makes a customer', (await customers()) === before + 1);
			for (const how of ['json', 'plain', 'beacon']) {
				const said = await send(evil, `${shop}/api/customers`, how);
				holds(`nothing is made by ${how}, and nothing told`, !String(said).includes('Made by evil') && !String(said).includes('"id"'));
			}
			for (const enctype of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
				const said = await submit(context, sibling.url, `${shop}/api/customers`, enctype);
				holds(`nothing is made by a form of ${enctype}`, !said.includes('Made by evil'));
			}
			for (const path of ['/api/session', `/api/customers/${own.id}`]) {
				const said = await send(evil, shop + path, 'delete');
				holds(`nothing is taken away at ${path}`, String(said).startsWith('refused'));
			}
			holds('nothing was made', (await customers()) === before + 1);

			for (const path of ['/api/customers', '/api/session', '/api/people', '/', '/api/mailbox']) {
				holds(`${path} is not read`, String(await send(evil, shop + path, 'read')).startsWith('refused'));
			}
			const script = await evil.evaluate(
				(address) =>
					new Promise((done) => {
						const tag = Object.assign(document.createElement('script'), { src: address, onload: () => done('loaded'), onerror: () => done('refused') });
						document.head.append(tag);
					}),
				`${shop}/api/customers`,
			);
			holds('nothing is taken for a script', script === 'refused');
			const address = shop.replace('https', 'wss') + '/live';
			holds('the shop’s own page opens the stream', await opens(page, address));
			holds('the sibling’s does not', !(await opens(evil, address)));

			await evil.evaluate((address) => {
				const frame = Object.assign(document.createElement('iframe'), { src: address, name: 'framed' });
				document.body.append(frame);
			}, shop);
			await evil.waitForTimeout(500);
			const framed = evil.frames().find((frame) => frame.name() === 'framed');
			holds('the shop stands in nobody’s frame', !framed || !(await framed.content()).includes('id="app"'));
			const [popup] = await Promise.all([context.waitForEvent('page'), evil.evaluate((address) => void (window.opened = window.open(address)), shop)]);
			await popup.getByRole('navigation', { name: 'Sections' }).waitFor();
			holds('who opens the shop has no hold on it', await evil.evaluate(() => window.opened === null || window.opened.closed));
			await popup.evaluate(() => {
				window.heard = [];
				window.addEventListener('message', (event) => window.heard.push(event.origin));
			});
			await evil.evaluate((address) => {
				for (const to of [window.opened, ...Array.from(window.frames)]) {
					try {
						to?.postMessage({ type: 'session', token: 'tossed' }, '*');
					} catch {
						// A frame that shows nothing takes no message.
					}
				}
				new BroadcastChannel('souk').postMessage(address);
			}, shop);
			await popup.waitForTimeout(300);
			holds('no message reaches its page', (await popup.evaluate(() => window.heard.length)) === 0);
			holds('and it does not know who opened it', await popup.evaluate(() => window.opener === null));

			holds('the owner is still signed in', (await call(page, 'GET', '/api/session')).body.user.role === 'owner');
			console.log(`      A9: ${cases} of ${cases} cases`);
		} finally {
			await browser.close();
			await sibling.stop();
			await server.stop();
		}
	},
};
