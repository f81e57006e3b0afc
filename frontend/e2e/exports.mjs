// Lists taken out as files, and cash that moves in drawers while a manager looks on.
import assert from 'node:assert/strict';
import { inflateRawSync } from 'node:zlib';

const shop = 'city-mart';

async function signIn(page, url) {
	await page.goto(url(shop) + '/');
	await page.getByLabel('E-mail').fill(`owner@${shop}.example`);
	await page.getByLabel('Password', { exact: true }).fill('souk-demo');
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('navigation', { name: 'Sections' }).waitFor();
}

function call(page, method, path, body) {
	return page.evaluate(
		async ([method, path, body]) => {
			const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() };
			const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
			const text = await response.text();
			if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
			return JSON.parse(text);
		},
		[method, path, body],
	);
}

/** Every row of a list, page by page. */
async function all(page, path) {
	const rows = [];
	for (let after = ''; ; ) {
		const got = await call(page, 'GET', `${path}&limit=200${after && `&after=${encodeURIComponent(after)}`}`);
		rows.push(...got.rows);
		if (!got.next) return rows;
		after = got.next;
	}
}

/** Chooses a way to export, waits for the job and reads the table in its file. */
async function exported(page, way) {
	const known = new Set((await call(page, 'GET', '/api/jobs')).rows.map((job) => job.id));
	await page.getByRole('button', { name: 'Export' }).click();
	await page.getByRole('menuitem', { name: way }).click();
	await page.getByText('The export is on its way').first().waitFor();
	for (let tries = 0; tries < 150; tries++) {
		const job = (await call(page, 'GET', '/api/jobs')).rows.find((one) => !known.has(one.id));
		if (job?.state === 'done') {
			const text = await page.evaluate(async (id) => (await fetch(`/api/files/${id}`)).text(), job.file_id);
			return table(text);
		}
		await new Promise((next) => setTimeout(next, 100));
	}
	assert.fail(`${way} was not done`);
}

/** Reads CSV with quotes as RFC 4180 has it. */
function table(text) {
	const rows = [[]];
	const cell = /(?:^\ufeff)?(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
	for (let found; (found = cell.exec(text)); ) {
		rows.at(-1).push(found[1]?.replaceAll('""', '"') ?? found[2]);
		if (found[3] !== ',') rows.push([]);
		if (cell.lastIndex >= text.length) break;
	}
	return rows.filter((row) => row.length > 1);
}

/** The files in a ZIP, by what its list at the end says. */
function unpacked(zip) {
	const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'));
	const files = {};
	for (let at = zip.readUInt32LE(end + 16), left = zip.readUInt16LE(end + 10); left > 0; left--) {
		const [nameSize, extraSize, noteSize] = [28, 30, 32].map((place) => zip.readUInt16LE(at + place));
		const head = zip.readUInt32LE(at + 42);
		const body = head + 30 + zip.readUInt16LE(head + 26) + zip.readUInt16LE(head + 28);
		files[zip.toString('utf8', at + 46, at + 46 + nameSize)] = inflateRawSync(zip.subarray(body, body + zip.readUInt32LE(at + 20))).toString('utf8');
		at += 46 + nameSize + extraSize + noteSize;
	}
	return files;
}
const cents = (text) => Math.round(Number(text) * 100);

export const stories = {
	async 'the sales under a filter are taken out as a file, and their lines too'({ page, url }) {
		await signIn(page, url);
		await page.goto(url(shop) + '/sales?kind=refund');
		const refunds = await all(page, '/api/sales?kind=refund');
		const [head, ...rows] = await exported(page, 'These sales as CSV');
		const column = (name) => head.indexOf(name);
		assert.deepEqual(rows.map((row) => row[column('Receipt')]), refunds.map((sale) => sale.receipt_no));
		assert.equal(rows.reduce((sum, row) => sum + cents(row[column('Total')]), 0), refunds.reduce((sum, sale) => sum + sale.total_minor, 0));
		assert.ok(rows.every((row) => row[column('Takes back')] && row[column('Paid by')]), 'each names what it takes back and how it was paid');

		const [names, ...lines] = await exported(page, 'Their lines as CSV');
		assert.equal(lines.reduce((sum, row) => sum + cents(row[names.indexOf('Total')]), 0), refunds.reduce((sum, sale) => sum + sale.total_minor, 0));
		assert.deepEqual([...new Set(lines.map((row) => row[names.indexOf('Receipt')]))], refunds.map((sale) => sale.receipt_no));
	},

	async 'an owner takes everything away in one file'({ page, url }) {
		await signIn(page, url);
		await page.goto(url(shop) + '/settings');
		await page.getByRole('button', { name: 'Make the file' }).click();
		await page.getByText('The file is being made.', { exact: false }).first().waitFor();
		let job;
		for (let tries = 0; tries < 450 && job?.state !== 'done'; tries++) {
			job = (await call(page, 'GET', '/api/jobs')).rows.find((one) => one.kind === 'tenants.export');
			await new Promise((next) => setTimeout(next, 100));
		}
		assert.equal(job?.state, 'done');
		const bytes = await page.evaluate(async (id) => {
			let text = '';
			for (const byte of new Uint8Array(await (await fetch(`/api/files/${id}`)).arrayBuffer())) text += String.fromCharCode(byte);
			return btoa(text);
		}, job.file_id);
		const files = unpacked(Buffer.from(bytes, 'base64'));
		assert.match(files['READ ME.txt'], /all that|what your shop has/);
		const [head, ...rows] = table(files['customers.csv']);
		const customers = await all(page, '/api/customers?active=all');
		assert.deepEqual(rows.map((row) => row[head.indexOf('name')]).sort(), customers.map((one) => one.name).sort());
		assert.ok(table(files['sales.csv']).length > 100 && table(files['postings.csv']).length > 100);
		assert.ok(Object.values(files).every((text) => !text.includes('$argon2id$')), 'no secret leaves');
	},

	async 'the customers are taken out as a file'({ page, url }) {
		await signIn(page, url);
		await page.goto(url(shop) + '/customers');
		const customers = await all(page, '/api/customers?active=all');
		const [head, ...rows] = await exported(page, 'These customers as CSV');
		assert.deepEqual(rows.map((row) => row[head.indexOf('Name')]), customers.map((one) => one.name));
		assert.deepEqual(rows.map((row) => row[head.indexOf('Phone')].replace(/^'/, '')), customers.map((one) => one.phone ?? ''));
	},

	async 'cash that moves at a register appears before the manager’s eyes'({ page, url }) {
		await signIn(page, url);
		const shift = (await call(page, 'GET', '/api/shifts?open=true&limit=50')).rows.find((one) => /counter/i.test(one.register_name));
		await page.goto(`${url(shop)}/cash-movements?shift=${shift.id}`);
		await page.getByRole('button', { name: /One shift/ }).waitFor();
		const before = await call(page, 'GET', `/api/cash-movement-sums?shift_id=${shift.id}`);
		await page.evaluate(() => (window.stayed = true));
		const move = (way, reason, amount_minor, note) => call(page, 'POST', `/api/shifts/${shift.id}/${way}`, { id: crypto.randomUUID(), reason, amount_minor, note });
		await move('cash-out', 'supplier', 1234, 'Bread from Köhler');
		const row = page.getByRole('row').filter({ hasText: 'Bread from Köhler' });
		await row.waitFor();
		assert.match(await row.innerText(), /−12\.34/);
		await move('cash-in', 'change', 2000, 'Coins');
		await page.getByRole('row').filter({ hasText: 'Coins' }).waitFor();
		const after = await call(page, 'GET', `/api/cash-movement-sums?shift_id=${shift.id}`);
		assert.deepEqual([after.in_minor - before.in_minor, after.out_minor - before.out_minor, after.count - before.count], [2000, 1234, 2]);
		const report = await call(page, 'GET', `/api/shifts/${shift.id}/x`);
		assert.deepEqual([report.cash_in_minor, report.cash_out_minor, report.drops_minor], [after.in_minor, after.out_minor, after.drops_minor], 'the list and the report agree');
		assert.equal(await page.evaluate(() => window.stayed), true, 'nothing was loaded again');
	},
};
