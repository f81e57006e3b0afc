/** Cues that tell a cashier, without looking, what became of a scan. The screen always says the same. */
export type Cue = 'ok' | 'unknown' | 'blocked';

type Note = { pitch_hz: number; from_s: number; for_s: number; shape?: OscillatorType };

const notes: Record<Cue, Note[]> = {
	ok: [{ pitch_hz: 1760, from_s: 0, for_s: 0.06 }],
	unknown: [
		{ pitch_hz: 440, from_s: 0, for_s: 0.12, shape: 'triangle' },
		{ pitch_hz: 330, from_s: 0.15, for_s: 0.18, shape: 'triangle' },
	],
	blocked: [{ pitch_hz: 150, from_s: 0, for_s: 0.35, shape: 'sawtooth' }],
};

const place = 'souk.register.muted';
const loudness = 'souk.register.volume';
let context: AudioContext | null = null;

export const sounds = {
	get muted(): boolean {
		return localStorage.getItem(place) === 'yes';
	},
	set muted(off: boolean) {
		if (off) localStorage.setItem(place, 'yes');
		else localStorage.removeItem(place);
	},
	/** 1 to 10; 5 until somebody has chosen. */
	get volume(): number {
		const kept = Number(localStorage.getItem(loudness));
		return kept >= 1 && kept <= 10 ? kept : 5;
	},
	set volume(next: number) {
		localStorage.setItem(loudness, String(next));
	},
	play(cue: Cue): void {
		if (this.muted || typeof AudioContext === 'undefined') return;
		context ??= new AudioContext();
		// Browsers keep sound back until the page was touched once.
		void context.resume().catch(() => undefined);
		for (const note of notes[cue]) sound(context, note, gainOf(this.volume));
	},
};

/** Ears hear ratios: each step is a third louder than the one before, and 5 is a fifth of all there is. */
export function gainOf(volume: number): number {
	return Math.min(0.2 * 1.35 ** (volume - 5), 1);
}

function sound(on: AudioContext, { pitch_hz, from_s, for_s, shape = 'sine' }: Note, loud: number): void {
	const from = on.currentTime + from_s;
	const tone = on.createOscillator();
	const volume = on.createGain();
	tone.type = shape;
	tone.frequency.value = pitch_hz;
	volume.gain.setValueAtTime(0.0001, from);
	volume.gain.exponentialRampToValueAtTime(loud, from + 0.005);
	volume.gain.exponentialRampToValueAtTime(0.0001, from + for_s);
	tone.connect(volume).connect(on.destination);
	tone.start(from);
	tone.stop(from + for_s);
}
