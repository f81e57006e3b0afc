import type { Permission } from '@/api/modules.gen';

/** Who looks at this page, for screens that show less to some. `app/session` fills it in; the server decides for itself. */
export const me = $state<{ id: string; name: string; role: string; permissions: readonly string[]; stores: readonly Store[]; limited: boolean }>({ id: '', name: '', role: '', permissions: [], stores: [], limited: false });

/** A store that the person may look at. */
export type Store = { id: string; name: string; time_zone: string; active: boolean };

/** Whether to show something that needs a permission. */
export function can(permission: Permission): boolean {
	return me.permissions.includes(permission);
}
