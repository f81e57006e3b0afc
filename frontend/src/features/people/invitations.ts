import { api, type Answer } from '@/api/client';
import { body } from '@/platform/http';

export type Invitation = Answer<'/api/invitations', 'get'>['rows'][number];
export type NewInvitation = { id: string; name: string; email: string; role: string; role_id?: string; stores?: string[] };

/** Key and fetcher of those who were invited and have not come. */
export const invitationsQuery = () => ({ queryKey: ['people.invitations'], queryFn: () => body(api.GET('/api/invitations')) });

export const invite = (invitation: NewInvitation) => body(api.POST('/api/invitations', { body: invitation as never }));

export const sendAgain = (id: string) => body(api.POST('/api/invitations/{id}/letters', { params: { path: { id } } }));

export const withdraw = (id: string) => body(api.DELETE('/api/invitations/{id}', { params: { path: { id } } }));

export const sessionsQuery = (id: string) => ({ queryKey: ['people.sessions', id], queryFn: () => body(api.GET('/api/people/{id}/sessions', { params: { path: { id } } })) });

export const endSession = (id: string) => body(api.DELETE('/api/sessions/{id}', { params: { path: { id } } }));
