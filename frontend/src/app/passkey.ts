import { api } from '@/api/client';
import { body } from '@/platform/http';
import { answerTo } from '@/platform/passkey';
import type { Session } from './session.svelte';

/** Signs in by a passkey, alone or as the second step. Null if the person thought better of it. */
export async function enterByPasskey(token?: string): Promise<Session | null> {
	const challenge = await body(api.POST('/api/session/passkey/challenge', { body: { token } }));
	const credential = await answerTo(challenge.options);
	if (!credential) return null;
	return (await body(api.POST('/api/session/passkey', { body: { token, challenge: challenge.id, credential } }))) as Session;
}
