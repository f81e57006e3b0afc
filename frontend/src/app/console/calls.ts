import { body, createHttp } from '@/platform/http';
import { uuid } from '@/platform/uuid';
import { desk } from './desk.svelte';

export type Me = { name: string; email: string; domain: string; version: string };
export type Step = { kind: 'code' | 'enrol'; token: string };
export type CodeStart = { secret: string; address: string; picture: string };
export type Standing = 'active' | 'suspended' | 'closed';
export type Shop = {
	id: string; slug: string; name: string; state: Standing | 'opening'; demo: boolean; created_at: string; closed_at?: string; plan_id?: string; plan: string; business: string; country: string;
	people: number; tills: number; bytes: number; rows: number; active_at?: string; over_plan: boolean;
};
export type Use = { kind: 'people' | 'stores' | 'tills' | 'items' | 'sales_month'; most?: number | null; used: number };
export type Opening = { id: string; reason: string; role: string; view_only: boolean; ends_at: string };
export type Entry = { at: string; who: string; shop_id?: string; shop: string; action: string; reason: string; detail: Record<string, unknown> };
export type Detail = { shop: Shop; uses: Use[]; openings: Opening[]; log: Entry[] };
export type Limits = { people: number | null; stores: number | null; tills: number | null; items: number | null; sales_month: number | null };
export type Plan = Limits & { id: string; name: string; for_new: boolean; version: number; shops: number };
export type Finding = { check: string; level: 'ok' | 'warning' | 'error'; says: string; do: string };
export type Health = {
	postgresql: string; bytes: number; connections: number; jobs: number; mails: number; mail_due_at?: string; audit: number; audit_since?: string; changes: number;
	active: number; suspended: number; closed: number; answer_ms: number; now: string; live: { sockets: number; post: string };
	report?: { at: string; version: string; commit: string; embedded: boolean; free_bytes: number; health: Finding[]; failed: string; backups: { name: string; taken_at: string; bytes: number; state: 'unchecked' | 'good' | 'bad' }[] };
};
export type ShopsAsked = { q: string; state: string; plan: string; sort: string; skip: number };

type Reads<T> = { responses: { 200: { content: { 'application/json': T } } } };
type Done = { responses: { 204: { content?: never } } };
type Takes<T> = { requestBody: { content: { 'application/json': T } } };
type Of<P> = { parameters: { path: P } };
type ById = Of<{ id: string }>;
type Paths = {
	'/api/console/session': { get: Reads<Me>; post: Reads<Step> & Takes<{ email: string; password: string }>; delete: Done };
	'/api/console/session/enrolment': { post: Reads<CodeStart> & Takes<{ token: string }> };
	'/api/console/session/code': { post: Reads<Me> & Takes<{ token: string; code: string }> };
	'/api/console/session/proof': { post: Done & Takes<{ code: string }> };
	'/api/console/shops': { get: Reads<{ rows: Shop[]; total: number; page: number }> & { parameters: { query: ShopsAsked } } };
	'/api/console/shops/{id}': { get: Reads<Detail> & ById };
	'/api/console/shops/{id}/standing': { put: Done & ById & Takes<{ standing: Standing; reason: string }> };
	'/api/console/shops/{id}/plan': { put: Done & ById & Takes<{ plan_id: string | null; reason: string }> };
	'/api/console/shops/{id}/support': { post: Reads<{ ticket: string; slug: string }> & ById & Takes<{ grant_id: string }> };
	'/api/console/plans': { get: Reads<{ rows: Plan[] }> };
	'/api/console/plans/{id}': { put: Done & ById & Takes<Limits & { name: string; for_new: boolean; version: number }>; delete: Done & ById };
	'/api/console/health': { get: Reads<Health> };
	'/api/console/log': { get: Reads<{ rows: Entry[] }> };
};

const http = createHttp<Paths>({ onSignedOut: () => desk.ended(), onUnproven: () => desk.askProof() });
const at = (id: string) => ({ params: { path: { id } } });

export const me = () => body(http.GET('/api/console/session'));
export const signIn = (email: string, password: string) => body(http.POST('/api/console/session', { body: { email, password } }));
export const enrol = (token: string) => body(http.POST('/api/console/session/enrolment', { body: { token } }));
export const enter = (token: string, code: string) => body(http.POST('/api/console/session/code', { body: { token, code } }));
export const prove = (code: string) => body(http.POST('/api/console/session/proof', { body: { code } }));
export const signOut = () => http.DELETE('/api/console/session');

export const shopsQuery = (asked: ShopsAsked) => ({ queryKey: ['shops', asked], queryFn: () => body(http.GET('/api/console/shops', { params: { query: asked } })), staleTime: 0, placeholderData: <T>(before: T) => before });
export const shopQuery = (id: string) => ({ queryKey: ['shop', id], queryFn: () => body(http.GET('/api/console/shops/{id}', at(id))), staleTime: 0, refetchInterval: 30_000 });
export const plansQuery = () => ({ queryKey: ['plans'], queryFn: () => body(http.GET('/api/console/plans')), staleTime: 0 });
export const healthQuery = () => ({ queryKey: ['health'], queryFn: () => body(http.GET('/api/console/health')), staleTime: 0, refetchInterval: 15_000 });
export const logQuery = () => ({ queryKey: ['log'], queryFn: () => body(http.GET('/api/console/log')), staleTime: 0 });
export const setStanding = (id: string, standing: Standing, reason: string) => body(http.PUT('/api/console/shops/{id}/standing', { ...at(id), body: { standing, reason } }));
export const setPlan = (id: string, plan_id: string | null, reason: string) => body(http.PUT('/api/console/shops/{id}/plan', { ...at(id), body: { plan_id, reason } }));
export const enterShop = (id: string, grant_id: string) => body(http.POST('/api/console/shops/{id}/support', { ...at(id), body: { grant_id } }));
export const putPlan = (plan: Omit<Plan, 'shops'>) => {
	const { id, ...rest } = plan;
	return body(http.PUT('/api/console/plans/{id}', { ...at(id), body: rest }));
};
export const dropPlan = (id: string) => http.DELETE('/api/console/plans/{id}', at(id));
export const newPlan = (): Omit<Plan, 'shops'> => ({ id: uuid(), name: '', people: null, stores: null, tills: null, items: null, sales_month: null, for_new: false, version: 0 });
