import { api, type Answer, type Schema } from '@/api/client';
import { body } from '@/platform/http';

export type RegisterRow = Schema<'RegisterRow'>;
export type Device = Schema<'Device'>;
export type TillRules = Schema<'TillRules'>;
export type PairingCode = Answer<'/api/registers/{id}/pairing-code', 'post'>;

export const registersQuery = () => ({ queryKey: ['tills.registers', 'list'], queryFn: () => body(api.GET('/api/registers')) });
export const devicesQuery = () => ({ queryKey: ['tills.registers', 'devices'], queryFn: () => body(api.GET('/api/devices')) });
export const storesQuery = () => ({ queryKey: ['company.settings', 'stores'], queryFn: () => body(api.GET('/api/stores')) });
/** They stand with the company's facts, so a change of those is heard here. */
export const rulesKey = ['company.settings', 'till-rules'];
export const rulesQuery = () => ({ queryKey: rulesKey, queryFn: () => body(api.GET('/api/till-rules')) });

export const addRegister = (register: Schema<'NewRegister'>) => body(api.POST('/api/registers', { body: register }));
export const changeRegister = (id: string, facts: Schema<'RegisterFacts'>) => body(api.PUT('/api/registers/{id}', { params: { path: { id } }, body: facts }));
export const makeCode = (register: string) => body(api.POST('/api/registers/{id}/pairing-code', { params: { path: { id: register } } }));
export const revokeDevice = (id: string) => body(api.DELETE('/api/devices/{id}', { params: { path: { id } } }));
export const changeRules = (rules: TillRules) => body(api.PUT('/api/till-rules', { body: rules }));
