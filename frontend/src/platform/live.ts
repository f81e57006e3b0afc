import { readonly, writable, type Readable } from 'svelte/store';

/** What the server says. Events carry ids, never data. */
export type LiveMessage =
	| { type: 'welcome'; epoch: string; seq: number }
	| { type: 'change'; seq: number; topic: string; id: string | null; op: string }
	| { type: 'reload'; topic: string | null }
	| { type: 'bye'; code: string };

export type LiveState = {
	status: 'off' | 'connecting' | 'live' | 'waiting';
	/** Since when it has been so, in ms of the epoch. */
	since: number;
};

/** The part of a TanStack QueryClient that is needed here. */
export type Invalidator = {
	invalidateQueries(filter?: { queryKey?: readonly unknown[] }): Promise<unknown>;
};

export type LiveOptions = {
	queries: Invalidator;
	url?: string;
	connect?: (url: string) => WebSocket;
	random?: () => number;
	/** The server closed the stream for good: session over or right withdrawn. */
	onRefused?: (code: string) => void;
};

const firstWait_ms = 500;
const longestWait_ms = 10_000;
const final = new Set(['unauthenticated', 'forbidden', 'wrong_host']);

/**
 * Keeps every screen fresh: it listens to the tenant's change stream and
 * invalidates the queries whose key starts with the changed topic. It resumes
 * where it stopped, by (epoch, seq). Screens never touch it, except to show
 * `state`. In a till, where Go holds the socket, feed `receive` instead of `start`.
 */
export class Live {
	readonly state: Readable<LiveState>;
	#state = writable<LiveState>({ status: 'off', since: Date.now() });
	#options: LiveOptions;
	#topics: string[] = [];
	#socket: WebSocket | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#attempt = 0;
	#running = false;
	#epoch: string | null = null;
	#seq: number | null = null;
	#refreshing = new Map<string, 'busy' | 'again'>();

	constructor(options: LiveOptions) {
		this.#options = options;
		this.state = readonly(this.#state);
	}

	/** Starts listening to these topics, or changes to them. Comes back by itself after every loss. */
	start(topics: readonly string[]): void {
		this.#topics = [...topics];
		this.#running = true;
		this.#attempt = 0;
		globalThis.addEventListener?.('online', this.#now);
		this.#open();
	}

	stop(): void {
		this.#running = false;
		globalThis.removeEventListener?.('online', this.#now);
		clearTimeout(this.#timer);
		this.#drop();
		this.#epoch = this.#seq = null;
		this.#set('off');
	}

	/** Takes one message of the stream, from whatever carries it. */
	receive(message: LiveMessage): void {
		switch (message.type) {
			case 'welcome':
				if (this.#epoch !== message.epoch) {
					// The first welcome: what was fetched before it may have changed since, unheard. Another epoch:
					// the database was restored, and what we hold may never have happened.
					this.#refresh(null);
					this.#seq = message.seq;
					this.#epoch = message.epoch;
				}
				this.#attempt = 0;
				this.#set('live');
				break;
			case 'change':
				this.#seq = Math.max(this.#seq ?? 0, message.seq);
				this.#refresh(message.topic);
				break;
			case 'reload':
				this.#refresh(message.topic);
				break;
			case 'bye':
				if (final.has(message.code)) {
					this.stop();
					this.#options.onRefused?.(message.code);
				}
		}
	}

	#now = (): void => {
		if (!this.#running || this.#socket) return;
		this.#attempt = 0;
		this.#open();
	};

	#open(): void {
		clearTimeout(this.#timer);
		this.#drop();
		this.#set('connecting');
		const connect = this.#options.connect ?? ((url: string) => new WebSocket(url));
		const socket = connect(this.#options.url ?? defaultUrl());
		this.#socket = socket;
		socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', epoch: this.#epoch, seq: this.#seq, topics: this.#topics }));
		socket.onmessage = (event) => this.receive(JSON.parse(String(event.data)) as LiveMessage);
		socket.onclose = () => this.#lost(socket);
	}

	#lost(socket: WebSocket): void {
		if (socket !== this.#socket || !this.#running) return;
		this.#socket = null;
		this.#set('waiting');
		this.#timer = setTimeout(() => this.#open(), this.#wait());
	}

	/** Half of the wait is chance, so that a thousand screens do not come back in the same instant. */
	#wait(): number {
		const ceiling = Math.min(longestWait_ms, firstWait_ms * 2 ** ++this.#attempt);
		const random = this.#options.random ?? Math.random;
		return Math.max(firstWait_ms, ceiling / 2 + (random() * ceiling) / 2);
	}

	#drop(): void {
		const socket = this.#socket;
		this.#socket = null;
		if (!socket) return;
		socket.onclose = socket.onmessage = socket.onopen = null;
		socket.close(1000);
	}

	#set(status: LiveState['status']): void {
		this.#state.update((was) => (was.status === status ? was : { status, since: Date.now() }));
	}

	/**
	 * One refresh per topic at a time, and one more after it if anything changed
	 * meanwhile: a stream of changes can neither be missed nor keep cancelling
	 * the fetch that would show it.
	 */
	#refresh(topic: string | null): void {
		const slot = topic ?? '';
		if (this.#refreshing.has(slot)) {
			this.#refreshing.set(slot, 'again');
			return;
		}
		this.#refreshing.set(slot, 'busy');
		const done = this.#options.queries.invalidateQueries(topic === null ? undefined : { queryKey: [topic] });
		void done
			.catch(() => undefined)
			.then(() => {
				const again = this.#refreshing.get(slot) === 'again';
				this.#refreshing.delete(slot);
				if (again) this.#refresh(topic);
			});
	}
}

function defaultUrl(): string {
	const { protocol, host } = globalThis.location;
	return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/live`;
}
