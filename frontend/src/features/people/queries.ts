import { api, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type Person = Schema<'Person'>;
export type NewPerson = Schema<'NewPerson'>;

/** Key and fetcher of everyone who works here. */
export const peopleQuery = () => ({ queryKey: ['people.list'], queryFn: () => body(api.GET('/api/people')) });

export const addPerson = (person: NewPerson) => body(api.POST('/api/people', { body: person }));

export const changePerson = ({ id, name, role, role_id, active, version }: Person) => body(api.PUT('/api/people/{id}', { params: { path: { id } }, body: { name, role, role_id, active, version } }));

export const setPin = (id: string, pin: string) => body(api.PUT('/api/people/{id}/pin', { params: { path: { id } }, body: { pin } }));
