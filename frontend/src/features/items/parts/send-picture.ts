import { api } from '@/api/client';
import { body } from '@/platform/http';
import { uuid } from '@/platform/uuid';

const part_bytes = 1 << 20;

/** Sends a photo part by part; gives the picture that was made of it. `told` hears the share that is there, 0 to 1. */
export async function sendPicture(file: File, told: (share: number) => void, stop: AbortSignal) {
	const { id } = await body(api.POST('/api/pictures/files', { body: { id: uuid(), name: file.name || 'picture', size: file.size }, signal: stop }));
	const parts = Math.max(1, Math.ceil(file.size / part_bytes));
	for (let part = 0; part < parts; part++) {
		const bytes = await base64(file.slice(part * part_bytes, (part + 1) * part_bytes));
		await body(api.PUT('/api/files/{id}/parts/{part}', { params: { path: { id, part } }, body: { bytes, last: part === parts - 1 }, signal: stop }));
		told((part + 1) / parts);
	}
	return body(api.POST('/api/pictures', { body: { file_id: id }, signal: stop }));
}

function base64(blob: Blob): Promise<string> {
	return new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => resolve(String(reader.result).replace(/^data:[^,]*,/, ''));
		reader.onerror = () => reject(reader.error ?? new Error('The file could not be read'));
		reader.readAsDataURL(blob);
	});
}
