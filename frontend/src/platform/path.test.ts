import { expect, test } from 'vitest';
import { best, fit } from './path';

test('a pattern takes the parts it names', () => {
	expect(fit('/items/{id}', '/items/a%20b')).toEqual({ id: 'a b' });
	expect(fit('/items/{id}', '/items')).toBeNull();
	expect(fit('/', '/')).toEqual({});
	expect(fit('/items/{id}', '/items/%zz')).toEqual({ id: '%zz' });
});

test('a fixed part beats a taken one, whatever the order', () => {
	const routes = [{ path: '/items/{id}' }, { path: '/items/new' }];
	expect(best(routes, '/items/new')?.route.path).toBe('/items/new');
	expect(best(routes, '/items/7')?.params).toEqual({ id: '7' });
	expect(best(routes, '/nowhere')).toBeNull();
});
