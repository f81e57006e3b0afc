/** Runs something once nobody has touched the page for so long; returns what ends the waiting. */
export function afterIdle(ms: number, run: () => void, page: Pick<Window, 'addEventListener' | 'removeEventListener'> = window): () => void {
	let waiting = setTimeout(run, ms);
	const again = () => {
		clearTimeout(waiting);
		waiting = setTimeout(run, ms);
	};
	const touches = ['keydown', 'pointerdown'] as const;
	touches.forEach((touch) => page.addEventListener(touch, again, { capture: true }));
	return () => {
		clearTimeout(waiting);
		touches.forEach((touch) => page.removeEventListener(touch, again, { capture: true }));
	};
}
