import { m } from '@/paraglide.gen/messages';
import type { Tone } from '@/ui/types';
import type { Reason, TransferState } from './queries';

const states: Record<TransferState, { label: () => string; tone: Tone }> = {
	draft: { label: m.transfers_draft, tone: 'neutral' },
	sent: { label: m.transfers_sent, tone: 'info' },
	received: { label: m.transfers_received, tone: 'good' },
	cancelled: { label: m.transfers_cancelled, tone: 'neutral' },
};
const reasons: Record<Reason, () => string> = {
	damaged: m.stock_damaged,
	expired: m.stock_expired,
	lost: m.stock_lost,
	stolen: m.stock_stolen,
	found: m.stock_found,
	miscounted: m.transfers_miscounted,
	other: m.stock_other,
};

export const stateName = (state: TransferState): string => states[state].label();
export const stateTone = (state: TransferState): Tone => states[state].tone;
export const stateOptions = () => Object.entries(states).map(([value, { label }]) => ({ value, label: label() }));
export const reasonName = (reason: string): string => reasons[reason as Reason]?.() ?? reason;
/** What can be the matter when too little arrived, or too much. */
export const reasonOptions = (tooMuch: boolean) => (tooMuch ? ['miscounted', 'found', 'other'] : ['miscounted', 'damaged', 'lost', 'stolen', 'expired', 'other']).map((value) => ({ value, label: reasonName(value) }));
