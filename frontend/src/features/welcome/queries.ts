import { api, type Answer } from '@/api/client';
import { body } from '@/platform/http';

export type Progress = Answer<'/api/welcome', 'get'>;

export const progressQuery = () => ({ queryKey: ['company.settings', 'progress'], queryFn: () => body(api.GET('/api/welcome')), staleTime: 0 });
export const shopQuery = () => ({ queryKey: ['company.settings', 'company'], queryFn: () => body(api.GET('/api/company')) });
export const addSamples = () => body(api.POST('/api/welcome/samples', { body: {} }));
export const removeSamples = () => body(api.DELETE('/api/welcome/samples'));
