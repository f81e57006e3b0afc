// Drives the office in a real browser against a real server with demo shops.
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { stories as approvals } from './approvals.mjs';
import { stories as audit } from './audit.mjs';
import { stories as axe } from './axe.mjs';
import { stories as console_ } from './console.mjs';
import { stories as exports } from './exports.mjs';
import { stories as images } from './images.mjs';
import { stories as imports } from './imports.mjs';
import { stories as keyboard } from './keyboard.mjs';
import { stories as languages } from './languages.mjs';
import { stories as lists } from './lists.mjs';
import { stories as mails } from './mails.mjs';
import { stories as office } from './office.mjs';
import { stories as passkeys } from './passkeys.mjs';
import { stories as promotions } from './promotions.mjs';
import { stories as receipts } from './receipts.mjs';
import { stories as roles } from './roles.mjs';
import { stories as siblings } from './siblings.mjs';
import { stories as signup } from './signup.mjs';
import { stories as stores } from './stores.mjs';
import { stories as transfers } from './transfers.mjs';
import { stories as ways } from './ways-in.mjs';
import { startServer } from './server.mjs';

const stories = { ...office, ...audit, ...lists, ...exports, ...images, ...imports, ...mails, ...passkeys, ...promotions, ...receipts, ...roles, ...approvals, ...stores, ...transfers, ...ways, ...signup, ...siblings, ...console_, ...axe, ...languages, ...keyboard };
const pictures = process.env.SOUK_E2E_OUT ?? '../test/out';
const server = await startServer();
let passed = 0;
let failed = 0;
try {
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
	for (const [name, story] of Object.entries(stories)) {
		const context = await browser.newContext({ viewport: { width: 1366, height: 850 }, locale: 'en' });
		context.setDefaultTimeout(45_000);
		const page = await context.newPage();
		const broken = [];
		page.on('pageerror', (error) => broken.push(error.message));
		try {
			await story({ page, context, browser, url: server.url, data: server.data });
			if (broken.length) throw new Error(`the page threw: ${broken.join('; ')}`);
			passed++;
			console.log(`ok    ${name}`);
		} catch (error) {
			failed++;
			console.log(`FAIL  ${name}\n      ${String(error.message ?? error).split('\n').slice(0, 6).join('\n      ')}`);
			await mkdir(pictures, { recursive: true });
			await page.screenshot({ path: `${pictures}/${name.replaceAll(/\W+/g, '-')}.png` }).catch(() => undefined);
		}
		await context.close();
	}
	await browser.close();
} finally {
	await server.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed || !passed ? 1 : 0;
