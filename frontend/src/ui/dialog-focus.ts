/** Where the keyboard goes when a dialog opens: its first field, else its last action, else the dialog itself. Never its × button. */
export function focusFirst(event: Event, content: HTMLElement | null): void {
	if (!content) return;
	event.preventDefault();
	const field = content.querySelector<HTMLElement>('[autofocus], .body :is(input, textarea, select, [role=combobox]):not(:disabled, [tabindex="-1"])');
	const action = content.querySelector<HTMLElement>('footer button:last-of-type');
	(field ?? action ?? content).focus();
}

/** A toast lies above a dialog, and so does the keyboard on the screen: using them is not turning away from the dialog. */
export function stayForToasts(event: Event): void {
	if ((event.target as Element | null)?.closest('[data-toasts], [data-keyboard]')) event.preventDefault();
}

/** Where the keyboard goes when a dialog has closed: back to where it was, unless another dialog has opened meanwhile and has it. */
export function returnUnlessTaken(event: Event): void {
	if (document.querySelector('[role=dialog][data-state=open]')) event.preventDefault();
}
