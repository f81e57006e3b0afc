import { api, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type Person = Schema<'Person'>;
export type NewPerson = Schema<'NewPerson'>;
export type Role = Schema<'Role'>;
export type RightsGroup = Schema<'RightsGroup'>;
export type Effects = Awaited<ReturnType<typeof effectsOf>>;
export type Reason = Schema<'Reason'>;
export type HowFar = Schema<'HowFar'>;
export type Shape = { grants: string[]; denials: string[] };

/** Key and fetcher of everyone who works here. */
export const peopleQuery = () => ({ queryKey: ['people.list'], queryFn: () => body(api.GET('/api/people')) });

/** The built-in roles as this shop has them, and its own. */
export const rolesQuery = () => ({ queryKey: ['people.roles', 'list'], queryFn: () => body(api.GET('/api/roles')) });

export type RoleLimits = Awaited<ReturnType<ReturnType<typeof limitsQuery>['queryFn']>>['rows'][number];

/** How far each role goes alone. */
export const limitsQuery = () => ({ queryKey: ['people.roles', 'limits'], queryFn: () => body(api.GET('/api/limits')) });

export const saveLimits = ({ key, version }: { key: string; version: number }, said: Record<string, number | null>) =>
	body(api.PUT('/api/limits/{key}', { params: { path: { key } }, body: { version, said: said as Record<string, number> } }));

/** What can be granted, by module. It changes only with the program. */
export const rightsQuery = () => ({ queryKey: ['people.roles', 'catalogue'], queryFn: () => body(api.GET('/api/permissions')), staleTime: 60_000 });

/** Why somebody may do what. */
export const reasonsQuery = (id: string) => ({ queryKey: ['people.roles', 'reasons', id], queryFn: () => body(api.GET('/api/people/{id}/rights', { params: { path: { id } } })) });

export const addPerson = (person: NewPerson) => body(api.POST('/api/people', { body: person }));

export const changePerson = ({ id, name, role, role_id, active, version }: Person, stores?: string[]) => body(api.PUT('/api/people/{id}', { params: { path: { id } }, body: { name, role, role_id, active, version, stores } }));

export const setPin = (id: string, pin: string) => body(api.PUT('/api/people/{id}/pin', { params: { path: { id } }, body: { pin } }));

export const addRole = (id: string, name: string, base: string, shape: Shape) => body(api.POST('/api/roles', { body: { id, name, base, ...shape } }));

/** Saves a role as it was read: `version` is the one that the changes were made on. */
export const saveRole = (role: Role, name: string, version: number, shape: Shape) =>
	role.own
		? body(api.PUT('/api/roles/{id}', { params: { path: { id: role.key } }, body: { name, version, ...shape } }))
		: body(api.PUT('/api/built-in-roles/{role}', { params: { path: { role: role.key } }, body: { version, ...shape } }));

export const dropRole = ({ key, version }: Role) => body(api.DELETE('/api/roles/{id}', { params: { path: { id: key }, query: { version } } }));

/** Who would win and lose what; nothing is changed. */
export const effectsOf = (key: string, shape: Shape) => body(api.GET('/api/role-effects', { params: { query: { key, grants: shape.grants.join(), denials: shape.denials.join() } } }));
