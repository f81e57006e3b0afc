import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { afterIdle } from './idle';

describe('nobody at the till', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it('waits from the last touch, and not after its end', () => {
		const page = new EventTarget() as unknown as Window;
		const lock = vi.fn();
		const end = afterIdle(1000, lock, page);
		vi.advanceTimersByTime(900);
		page.dispatchEvent(new Event('keydown'));
		vi.advanceTimersByTime(900);
		expect(lock).not.toHaveBeenCalled();
		vi.advanceTimersByTime(100);
		expect(lock).toHaveBeenCalledTimes(1);
		page.dispatchEvent(new Event('pointerdown'));
		end();
		vi.advanceTimersByTime(5000);
		expect(lock).toHaveBeenCalledTimes(1);
	});
});
