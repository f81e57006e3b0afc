import { useQueryClient } from '@tanstack/svelte-query';
import { money } from '@/platform/format';
import { Problem } from '@/platform/problem';
import { region } from '@/platform/region.svelte';
import { words } from '@/platform/words';
import { m } from '@/paraglide.gen/messages';
import { toasts } from '@/ui/toast.svelte';
import { changeItem, itemQuery, type Item, type ItemRow } from '../queries';
import { patchOf } from './draft';

type Field = 'name' | 'price_minor';
type Value = string | number;
type Clash = { row: ItemRow; field: Field; mine: Value; stored: Item };

/** Changes a name or a price in its row, and asks when somebody else has changed it meanwhile. */
export function createInPlace() {
	const queries = useQueryClient();
	let clash = $state.raw<Clash | null>(null);
	const label = (field: Field) => (field === 'name' ? m.items_name() : m.items_price());
	const write = (value: Value) => (typeof value === 'number' ? money(value, region.currency, region.locale) : value);
	const fresh = (id: string) => queries.fetchQuery({ ...itemQuery(id), staleTime: 0 });

	async function store(item: Item, field: Field, value: Value, undo: boolean): Promise<void> {
		const before = item[field];
		await changeItem(item.id, patchOf(item, { [field]: value }));
		void queries.invalidateQueries({ queryKey: ['catalog.items'] });
		const text = undo ? m.items_changed_one({ field: label(field), name: item.name }) : m.items_undone();
		toasts.say(text, { tone: 'good', undo: undo ? () => void attempt(() => back(item.id, field, before)) : undefined });
	}
	async function back(id: string, field: Field, value: Value): Promise<void> {
		await store(await fresh(id), field, value, false);
	}
	async function attempt(work: () => Promise<void>): Promise<void> {
		try {
			await work();
		} catch (error) {
			toasts.say(words(error), { tone: 'bad' });
		}
	}
	async function save(row: ItemRow, field: Field, mine: Value): Promise<void> {
		await attempt(async () => {
			const stored = await fresh(row.id);
			if (stored[field] !== row[field] && stored[field] !== mine) {
				clash = { row, field, mine, stored };
				return;
			}
			try {
				await store(stored, field, mine, true);
			} catch (error) {
				if (!Problem.from(error).code.endsWith('changed_meanwhile')) throw error;
				clash = { row, field, mine, stored: await fresh(row.id) };
			}
		});
	}
	return {
		save,
		get clash() {
			return clash && { title: clash.row.name, differences: [{ label: label(clash.field), mine: write(clash.mine), theirs: write(clash.stored[clash.field]) }] };
		},
		/** Settles it: mine is written over theirs, or theirs stays. */
		settle(mine: boolean): void {
			const settled = clash;
			clash = null;
			if (settled && mine) void attempt(() => store(settled.stored, settled.field, settled.mine, true));
			else void queries.invalidateQueries({ queryKey: ['catalog.items'] });
		},
	};
}
