import { get } from 'svelte/store';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Live, type LiveMessage } from './live';

class Socket {
	onopen?: () => void;
	onclose?: (() => void) | null;
	onmessage?: (event: { data: string }) => void;
	sent: unknown[] = [];
	closed = false;
	send(text: string) {
		this.sent.push(JSON.parse(text));
	}
	close() {
		this.closed = true;
	}
	say(message: LiveMessage) {
		this.onmessage?.({ data: JSON.stringify(message) });
	}
}

function setup() {
	const sockets: Socket[] = [];
	const invalidateQueries = vi.fn((_filter?: { queryKey?: readonly unknown[] }): Promise<unknown> => Promise.resolve());
	const onRefused = vi.fn();
	const live = new Live({
		queries: { invalidateQueries },
		url: 'ws://shop.test/live',
		random: () => 0.5,
		onRefused,
		connect: () => {
			const socket = new Socket();
			sockets.push(socket);
			return socket as unknown as WebSocket;
		},
	});
	return { live, sockets, invalidateQueries, onRefused };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('live', () => {
	test('says hello, then is live', () => {
		const { live, sockets } = setup();
		live.start(['sales']);
		sockets[0]!.onopen!();
		expect(sockets[0]!.sent).toEqual([{ type: 'hello', epoch: null, seq: null, topics: ['sales'] }]);
		expect(get(live.state).status).toBe('connecting');
		sockets[0]!.say({ type: 'welcome', epoch: 'e1', seq: 7 });
		expect(get(live.state).status).toBe('live');
	});

	test('what was fetched before the first welcome is fetched again, and only then', async () => {
		const { live, sockets, invalidateQueries } = setup();
		live.start(['sales']);
		sockets[0]!.onopen!();
		expect(invalidateQueries).not.toHaveBeenCalled();
		sockets[0]!.say({ type: 'welcome', epoch: 'e1', seq: 7 });
		expect(invalidateQueries).toHaveBeenCalledExactlyOnceWith(undefined);
		sockets[0]!.onclose!();
		await vi.advanceTimersByTimeAsync(10_000);
		sockets[1]!.say({ type: 'welcome', epoch: 'e1', seq: 7 });
		expect(invalidateQueries).toHaveBeenCalledTimes(1);
		live.stop();
		live.start(['sales']);
		sockets[2]!.say({ type: 'welcome', epoch: 'e1', seq: 9 });
		expect(invalidateQueries).toHaveBeenCalledTimes(2);
	});

	test('a change refreshes the queries of its topic', () => {
		const { live, invalidateQueries } = setup();
		live.receive({ type: 'change', seq: 8, topic: 'sales', id: 'a', op: 'insert' });
		expect(invalidateQueries).toHaveBeenCalledWith({ queryKey: ['sales'] });
		live.receive({ type: 'reload', topic: null });
		expect(invalidateQueries).toHaveBeenLastCalledWith(undefined);
	});

	test('a burst refreshes once now and once after', async () => {
		const { live, invalidateQueries } = setup();
		let finish = () => {};
		invalidateQueries.mockImplementationOnce(() => new Promise<void>((resolve) => (finish = resolve)));
		for (let seq = 1; seq <= 50; seq++) live.receive({ type: 'change', seq, topic: 'sales', id: String(seq), op: 'insert' });
		expect(invalidateQueries).toHaveBeenCalledTimes(1);
		finish();
		await vi.advanceTimersByTimeAsync(0);
		expect(invalidateQueries).toHaveBeenCalledTimes(2);
	});

	test('comes back with growing waits and resumes where it was', () => {
		const { live, sockets } = setup();
		live.start(['sales']);
		sockets[0]!.say({ type: 'welcome', epoch: 'e1', seq: 7 });
		sockets[0]!.say({ type: 'change', seq: 9, topic: 'sales', id: null, op: 'update' });
		sockets[0]!.onclose!();
		expect(get(live.state).status).toBe('waiting');
		vi.advanceTimersByTime(749);
		expect(sockets).toHaveLength(1);
		vi.advanceTimersByTime(1);
		expect(sockets).toHaveLength(2);
		sockets[1]!.onopen!();
		expect(sockets[1]!.sent).toEqual([{ type: 'hello', epoch: 'e1', seq: 9, topics: ['sales'] }]);
		for (let i = 1; i < 9; i++) {
			sockets.at(-1)!.onclose!();
			vi.advanceTimersByTime(10_000);
			expect(sockets).toHaveLength(i + 2);
		}
	});

	test('a restored database refreshes everything', async () => {
		const { live, sockets, invalidateQueries } = setup();
		live.start(['sales']);
		sockets[0]!.say({ type: 'welcome', epoch: 'e1', seq: 7 });
		await vi.advanceTimersByTimeAsync(0);
		invalidateQueries.mockClear();
		sockets[0]!.say({ type: 'welcome', epoch: 'e2', seq: 3 });
		expect(invalidateQueries).toHaveBeenCalledWith(undefined);
	});

	test('stays away when the server says that the session is over', () => {
		const { live, sockets, onRefused } = setup();
		live.start(['sales']);
		sockets[0]!.say({ type: 'bye', code: 'unauthenticated' });
		vi.advanceTimersByTime(60_000);
		expect(onRefused).toHaveBeenCalledWith('unauthenticated');
		expect(sockets).toHaveLength(1);
		expect(get(live.state).status).toBe('off');
	});
});
