type Json = Record<string, unknown>;
type Options = { publicKey: Json };

/** The browser can make and use passkeys here: it has them, and the connection is one that it gives them to. */
export function passkeysHere(): boolean {
	return window.isSecureContext && 'PublicKeyCredential' in window && 'parseCreationOptionsFromJSON' in PublicKeyCredential;
}

/** Has the browser answer a challenge with a passkey. Null if the person thought better of it. */
export function answerTo(options: unknown): Promise<Json | null> {
	return settled(() => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON((options as Options).publicKey as never) }));
}

/** Has the browser make a passkey. Null if the person thought better of it. */
export function makePasskey(options: unknown): Promise<Json | null> {
	return settled(() => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON((options as Options).publicKey as never) }));
}

async function settled(ask: () => Promise<Credential | null>): Promise<Json | null> {
	try {
		const credential = (await ask()) as PublicKeyCredential | null;
		return credential && (credential.toJSON() as unknown as Json);
	} catch (error) {
		// What browsers throw when it is called off, or takes too long.
		if (error instanceof DOMException && error.name === 'NotAllowedError') return null;
		throw error;
	}
}
