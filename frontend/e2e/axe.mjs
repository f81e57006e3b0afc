// Takes axe over every office screen and every part of the design system, light and dark, wide and narrow.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe holds to be serious or critical on the page as it is, each with where it is. */
export async function findings(page) {
	await page.evaluate(axe);
	return page.evaluate(async (tags) => {
		const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
		return violations
			.filter((v) => v.impact === 'serious' || v.impact === 'critical')
			.map((v) => `${v.id} (${v.impact}), ${v.nodes.length}×: ${v.nodes.slice(0, 2).map((n) => `${n.target.join(' ')} ${n.any[0]?.message ?? n.all[0]?.message ?? ''}`).join(' | ')}`);
	}, rules);
}

export const officeScreens = ['/', '/items', '/items?item=new', '/items?q=zzzz', '/sales', '/sales?flagged=1', '/customers', '/customers?customer=new', '/stock', '/shifts', '/exceptions', '/accounts', '/tills', '/people', '/settings', '/settings/payments', '/settings/taxes', '/no-such-page'];
/** The parts of the gallery. */
const parts = ['actions', 'inputs', 'display', 'tables', 'forms', 'shell', 'signin'];

async function settle(page) {
	// Some parts of the design system are shown busy and stay so.
	if (!page.url().includes('/ui?')) await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
	// Contrast is only measured rightly once nothing fades any more.
	await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((a) => a.effect?.getTiming().iterations !== Infinity).map((a) => a.finished)));
}

const wide = { width: 1366, height: 850 };
const phone = { width: 360, height: 740 };

/** Goes to each path once and lists what is wrong there: light, dark, and on a phone. */
async function visit(page, base, paths) {
	const wrong = [];
	const look = async (where) => {
		await settle(page);
		for (const finding of await findings(page)) wrong.push(`${where}: ${finding}`);
	};
	for (const path of paths) {
		await page.setViewportSize(wide);
		await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
		await page.goto(base + path);
		await page.waitForLoadState('networkidle', { timeout: 10_000 }).catch(() => undefined);
		await look(`${path} light`);
		await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
		await look(`${path} dark`);
		await page.setViewportSize(phone);
		await look(`${path} dark, 360 px`);
	}
	return wrong;
}

function clean(wrong) {
	assert.ok(!wrong.length, `\n${wrong.join('\n')}`);
}

async function signIn(page, url) {
	await page.goto(url('city-mart') + '/');
	await page.getByLabel('E-mail').fill('owner@city-mart.example');
	await page.getByLabel('Password', { exact: true }).fill('souk-demo');
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('navigation', { name: 'Sections' }).first().waitFor();
}

export const stories = {
	async 'axe finds nothing serious at the door'({ page, url }) {
		clean([...(await visit(page, url('city-mart'), ['/'])), ...(await visit(page, url('city-mart').replace('city-mart.', ''), ['/']))]);
	},

	async 'axe finds nothing serious on any office screen'({ page, url }) {
		await signIn(page, url);
		clean(await visit(page, url('city-mart'), officeScreens));
	},

	async 'axe finds nothing serious in what opens above a screen'({ page, url }) {
		await signIn(page, url);
		const base = url('city-mart');
		const wrong = [];
		const look = async (name) => {
			await settle(page);
			for (const finding of await findings(page)) wrong.push(`${name}: ${finding}`);
		};
		await page.goto(base + '/items');
		await page.locator('tbody [data-open]').first().focus();
		await page.keyboard.press('Space');
		await look('rows selected');
		await page.getByRole('button', { name: 'View', exact: true }).click();
		await look('view menu');
		await page.keyboard.press('Escape');
		await page.getByRole('button', { name: 'Prices by %' }).click();
		await page.getByRole('textbox', { name: 'Put on each price' }).fill('5');
		await page.getByRole('table', { name: 'What would become of them' }).waitFor();
		await look('prices by per cent');
		await page.keyboard.press('Escape');
		await page.keyboard.press('Control+k');
		await page.getByRole('combobox', { name: 'Search or do anything' }).fill('milk');
		await page.getByRole('option').first().waitFor();
		await look('palette');
		await page.keyboard.press('Escape');
		await page.locator('tbody [data-open]').first().focus();
		await page.keyboard.press('?');
		// It is fetched when it is asked for.
		await page.getByRole('dialog').waitFor();
		await look('help');
		await page.keyboard.press('Escape');
		await page.getByRole('button', { name: /What needs attention/ }).click();
		await look('bell');
		await page.keyboard.press('Escape');
		await page.locator('tbody [data-open]').first().click();
		await page.getByRole('dialog').getByLabel('Name').waitFor();
		await look('item form');
		await page.goto(base + '/sales');
		await page.locator('tbody [data-open]').first().click();
		await page.getByRole('dialog').waitFor();
		await look('sale');
		clean(wrong);
	},

	async 'axe finds nothing serious in any part of the design system'({ page, url }) {
		clean(await visit(page, url('city-mart'), ['office', 'till'].flatMap((density) => parts.map((part) => `/ui?part=${part}&density=${density}`))));
	},
};
