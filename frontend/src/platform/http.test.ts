import { describe, expect, test, vi } from 'vitest';
import { body, createHttp } from './http';
import { Problem } from './problem';

type Paths = {
	'/api/items': {
		get: { responses: { 200: { content: { 'application/json': { name: string }[] } } } };
		post: { requestBody: { content: { 'application/json': { name: string } } }; responses: { 200: { content: { 'application/json': { id: string } } } } };
	};
};

const json = (value: unknown, status = 200, type = 'application/json') => new Response(JSON.stringify(value), { status, headers: { 'Content-Type': type } });

function setup(...answers: (Response | Error)[]) {
	const keys: (string | null)[] = [];
	const onSignedOut = vi.fn();
	const http = createHttp<Paths>({
		baseUrl: 'http://shop.test',
		onSignedOut,
		fetch: async (request) => {
			keys.push(request.headers.get('Idempotency-Key'));
			const answer = answers.shift()!;
			if (answer instanceof Error) throw answer;
			return answer;
		},
	});
	const add = (name: string) => body(http.POST('/api/items', { body: { name } }));
	return { http, add, keys, onSignedOut };
}

describe('idempotency keys', () => {
	test('every write has its own, reads have none', async () => {
		const { http, add, keys } = setup(json({ id: '1' }), json({ id: '2' }), json([]));
		await add('tea');
		await add('tea');
		await http.GET('/api/items');
		expect(keys[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
		expect(keys[1]).not.toBe(keys[0]);
		expect(keys[2]).toBeNull();
	});
	test('a write that got no answer keeps its key when it is sent again', async () => {
		const { add, keys } = setup(new TypeError('failed'), json({}, 503), json({ id: '1' }), json({ id: '2' }));
		await expect(add('tea')).rejects.toMatchObject({ code: 'network.unreachable', unreachable: true });
		await expect(add('tea')).rejects.toBeInstanceOf(Problem);
		expect(await add('tea')).toEqual({ id: '1' });
		await add('tea');
		expect(new Set(keys.slice(0, 3)).size).toBe(1);
		expect(keys[3]).not.toBe(keys[0]);
	});
	test('another body is another submission', async () => {
		const { add, keys } = setup(new TypeError('failed'), json({ id: '1' }));
		await add('tea').catch(() => undefined);
		await add('coffee');
		expect(keys[1]).not.toBe(keys[0]);
	});
});

describe('problems', () => {
	test('a refusal becomes a Problem with its code, fields and reference', async () => {
		const problem = { code: 'catalog.sku_taken', title: 'SKU taken', detail: 'Tea has it', ref: 'r-1', fields: [{ path: 'sku', code: 'taken', message: 'Already used' }] };
		const { add } = setup(json(problem, 409, 'application/problem+json'));
		await expect(add('tea')).rejects.toMatchObject({ code: 'catalog.sku_taken', detail: 'Tea has it', ref: 'r-1', status: 409, fields: { sku: 'Already used' } });
	});
	test('a page instead of a problem still says its status', async () => {
		const { http } = setup(new Response('<h1>oops</h1>', { status: 500, headers: { 'Content-Type': 'text/html' } }));
		await expect(http.GET('/api/items')).rejects.toMatchObject({ code: 'http.500', status: 500 });
	});
	test('401 says that the session is over', async () => {
		const { http, onSignedOut } = setup(json({ code: 'users.signed_out', title: 'Sign in' }, 401, 'application/problem+json'));
		await expect(http.GET('/api/items')).rejects.toMatchObject({ code: 'users.signed_out' });
		expect(onSignedOut).toHaveBeenCalledOnce();
	});
});
