import { m } from '@/paraglide.gen/messages';
import type { Tone } from '@/ui/types';

const names: Record<string, () => string> = {
	open: m.appr_state_open,
	approved: m.appr_state_approved,
	refused: m.appr_state_refused,
	withdrawn: m.appr_state_withdrawn,
	expired: m.appr_state_expired,
};
const tones: Record<string, Tone> = { open: 'accent', approved: 'good', refused: 'bad' };

export const stateName = (state: string): string => names[state]?.() ?? state;
export const stateTone = (state: string): Tone => tones[state] ?? 'neutral';
