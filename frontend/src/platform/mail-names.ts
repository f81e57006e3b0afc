import { m } from '@/paraglide.gen/messages';
import type { Schema } from '@/api/client';

type State = Schema<'Mail'>['state'];

const names: Record<State, () => string> = {
	queued: m.mail_state_queued, sending: m.mail_state_sending, sent: m.mail_state_sent, kept: m.mail_state_kept, failed: m.mail_state_failed,
};
const tones: Record<State, 'info' | 'good' | 'neutral' | 'bad'> = { queued: 'info', sending: 'info', sent: 'good', kept: 'neutral', failed: 'bad' };

/** What became of an e-mail. */
export const mailState = (state: State): string => names[state]();
export const mailTone = (state: State) => tones[state];
