// Who wrote what: a change shows in the trail with what was before, and the proof can be taken away.
import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';

async function signIn(page, url, shop = 'corner-shop') {
	await page.goto(url(shop) + '/');
	await page.getByLabel('E-mail').fill(`owner@${shop}.example`);
	await page.getByLabel('Password', { exact: true }).fill('souk-demo');
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('navigation', { name: 'Sections' }).waitFor();
}

export const stories = {
	async 'a change shows in the audit with what was before and after'({ page, url }) {
		await signIn(page, url);
		const item = await page.evaluate(async () => {
			const { rows } = await (await fetch('/api/items?limit=1')).json();
			const one = await (await fetch(`/api/items/${rows[0].id}`)).json();
			const { id, ...facts } = one;
			const keep = ['sku', 'name', 'category_id', 'unit', 'sold_by', 'plu', 'tax_code', 'price_minor', 'cost_minor', 'track_stock', 'min_stock', 'description', 'favourite', 'barcodes', 'version'];
			const edit = Object.fromEntries(keep.filter((key) => facts[key] !== undefined).map((key) => [key, facts[key]]));
			edit.description = `Kept cool ${crypto.randomUUID()}`;
			const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() };
			const answer = await fetch(`/api/items/${id}`, { method: 'PUT', headers, body: JSON.stringify(edit) });
			if (!answer.ok) throw new Error(await answer.text());
			return { id, description: edit.description };
		});
		const written = page.getByRole('row').filter({ hasText: 'changed' }).filter({ hasText: 'Item' });
		for (let tries = 0; ; tries++) {
			await page.goto(`${url('corner-shop')}/settings/audit?kind=items&record=${item.id}`);
			if (await written.first().waitFor({ timeout: 1500 }).then(() => true, () => false)) break;
			assert.ok(tries < 10, 'the change is in the trail');
		}
		await written.first().getByRole('button').first().click();
		const sheet = page.getByRole('dialog');
		await sheet.getByText(item.description).waitFor();
		await sheet.getByText('Olivia Hart').or(sheet.getByText(/PUT \/items/)).first().waitFor();
	},
	async 'the proof of the audit is checked and taken away'({ page, url }) {
		await signIn(page, url);
		await page.goto(url('corner-shop') + '/settings/audit');
		await page.getByRole('button', { name: 'Check and take the proof' }).click();
		await page.getByText('holds', { exact: true }).waitFor();
		const proof = await page.evaluate(async () => {
			const { rows } = await (await fetch('/api/jobs')).json();
			const job = rows.find((one) => one.kind === 'audit.proof' && one.state === 'done');
			return [...new Uint8Array(await (await fetch(`/api/files/${job.file_id}`)).arrayBuffer())];
		});
		const lines = gunzipSync(Buffer.from(proof)).toString().trim().split('\n').map((line) => JSON.parse(line));
		assert.equal(lines[0].souk_audit_proof, 1);
		assert.equal(lines.at(-1).rows, lines.filter((line) => line.row).length);
	},
};
