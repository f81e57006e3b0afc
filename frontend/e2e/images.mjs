import assert from 'node:assert/strict';

async function signIn(page, url, shop = 'corner-shop', who = 'owner') {
	await page.goto(url(shop) + '/');
	await page.getByLabel('E-mail').fill(`${who}@${shop}.example`);
	await page.getByLabel('Password', { exact: true }).fill('souk-demo');
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await page.getByRole('navigation', { name: 'Sections' }).waitFor();
}

const place = 'GPS 48.8584N 2.2945E SECRETCAM';

/** EXIF that says the camera was held on its side, and where. */
function notes() {
	const head = Buffer.alloc(8 + 2 + 24 + 4);
	head.write('II*\0', 0, 'latin1');
	head.writeUInt32LE(8, 4);
	head.writeUInt16LE(2, 8);
	const entry = (at, tag, kind, count, value) => {
		head.writeUInt16LE(tag, at);
		head.writeUInt16LE(kind, at + 2);
		head.writeUInt32LE(count, at + 4);
		head.writeUInt32LE(value, at + 8);
	};
	entry(10, 0x010f, 2, place.length, head.length);
	entry(22, 0x0112, 3, 1, 6);
	return Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), head, Buffer.from(place)]);
}

/** A photo as a camera makes it: drawn by the browser, with notes put in. */
async function photo(page, colour) {
	const drawn = await page.evaluate(async (fill) => {
		const canvas = new OffscreenCanvas(800, 600);
		const to = canvas.getContext('2d');
		to.fillStyle = '#f3ead9';
		to.fillRect(0, 0, 800, 600);
		to.fillStyle = fill;
		to.beginPath();
		to.arc(400, 300, 220, 0, 7);
		to.fill();
		return [...new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer())];
	}, colour);
	const body = notes();
	const segment = Buffer.alloc(4);
	segment.writeUInt16BE(0xffe1, 0);
	segment.writeUInt16BE(body.length + 2, 2);
	return Buffer.concat([Buffer.from(drawn.slice(0, 2)), segment, body, Buffer.from(drawn.slice(2))]);
}

export const stories = {
	async 'an item gets a picture, and nothing of where it was taken'({ page, url }) {
		const name = `Orange ${Date.now()}`;
		await signIn(page, url);
		await page.goto(url('corner-shop') + '/items?item=new');
		const form = page.getByRole('dialog');
		await form.getByLabel('Name').fill(name);
		await form.getByLabel('Price').first().fill('1.20');

		const choose = form.locator('input[type=file]');
		await choose.setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('I am no photo') });
		await form.getByText('This is not a picture that can be read').waitFor();
		assert.equal(await form.getByLabel('Name').inputValue(), name, 'the form is kept');

		const file = await photo(page, '#e8871e');
		assert.ok(file.includes(place));
		await choose.setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: file });
		await form.getByRole('button', { name: 'Remove', exact: true }).waitFor();
		assert.equal(await form.getByText('This is not a picture').count(), 0);
		const shown = form.getByRole('img', { name: 'Picture' });
		await page.waitForFunction((img) => img.complete && img.naturalWidth > 0, await shown.elementHandle());
		assert.deepEqual(await shown.evaluate((img) => [img.naturalWidth, img.naturalHeight]), [600, 800], 'it stands upright');
		await form.getByRole('button', { name: 'Add item' }).click();
		await form.waitFor({ state: 'detached' });

		await page.goto(url('corner-shop') + `/items?q=${encodeURIComponent(name)}`);
		const row = page.getByRole('row', { name });
		const thumb = row.locator('.thumb img');
		await thumb.waitFor();
		const { type, keep, text } = await thumb.evaluate(async (img) => {
			const answer = await fetch(img.src);
			return { type: answer.headers.get('Content-Type'), keep: answer.headers.get('Cache-Control'), text: String.fromCharCode(...new Uint8Array(await answer.arrayBuffer())) };
		});
		assert.equal(type, 'image/jpeg');
		assert.match(keep, /private.*immutable/);
		assert.doesNotMatch(text, /Exif|SECRETCAM|GPS/);

		await row.getByText(name, { exact: true }).click();
		await form.getByRole('button', { name: 'Remove', exact: true }).click();
		await form.getByText('The picture goes when you save').waitFor();
		await form.getByRole('button', { name: 'Undo' }).click();
		await form.getByRole('button', { name: 'Remove', exact: true }).click();
		await form.getByRole('button', { name: 'Save' }).click();
		await form.waitFor({ state: 'detached' });
		await thumb.waitFor({ state: 'detached' });
	},
};
