/** Light, dark, or as the system has it. Remembered on this device. */
export type Theme = 'system' | 'light' | 'dark';

const place = 'souk.theme';
const stored = localStorage.getItem(place);
const state = $state<{ theme: Theme }>({ theme: stored === 'light' || stored === 'dark' ? stored : 'system' });

export const theme = {
	get now(): Theme {
		return state.theme;
	},
	set(next: Theme): void {
		state.theme = next;
		if (next === 'system') localStorage.removeItem(place);
		else localStorage.setItem(place, next);
		apply();
	},
};

function apply(): void {
	const root = document.documentElement;
	if (state.theme === 'system') delete root.dataset.theme;
	else root.dataset.theme = state.theme;
}

apply();
