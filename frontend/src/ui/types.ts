import type { Component, Snippet } from 'svelte';

/** A Lucide icon, or anything drawn like one. */
export type Icon = Component<{ size?: number | string; strokeWidth?: number | string; class?: string }>;

export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'info' | 'accent';

/** Label, hint and error of a form part; every input takes these. */
export type FieldProps = {
	label: string;
	/** The label is read aloud but not shown, as in a table cell. */
	labelHidden?: boolean;
	hint?: string;
	error?: string;
	required?: boolean;
	disabled?: boolean;
	readonly?: boolean;
	name?: string;
	id?: string;
};

export type Option = { value: string; label: string; note?: string; icon?: Icon; disabled?: boolean };

export type MenuEntry =
	| { label: string; icon?: Icon; combo?: string; danger?: boolean; disabled?: boolean; checked?: boolean; run: () => void }
	| { heading: string }
	| 'rule';

export type TabEntry = { value: string; label: string; count?: number };

export type Command = { id: string; label: string; group?: string; note?: string; icon?: Icon; combo?: string; words?: string; /** Was searched for elsewhere: shown whatever was typed. */ found?: boolean; run: () => void };

export type Sort = { by: string; descending: boolean };

export type Column<Row> = {
	key: string;
	label: string;
	/** Figures sit at the end of their cell, in tabular digits. */
	numeric?: boolean;
	sortable?: boolean;
	/** CSS width; without one the column shares what is left. */
	width?: string;
	/** Plain text of the cell; `cell` draws it instead where text is not enough. */
	text?: (row: Row) => string;
	cell?: Snippet<[Row]>;
	/** Left out until a person asks for it. */
	optional?: boolean;
	/** Changes the cell in its place. */
	edit?: CellEdit<Row>;
	/** On a phone the first `primary` column is the card's title; `hidden` columns are left out. */
	narrow?: 'primary' | 'end' | 'hidden';
};

export type CellEdit<Row> = {
	kind: 'text' | 'money';
	/** What is there now: text, or minor units. */
	value: (row: Row) => string | number;
	/** What the row is called, for people who cannot see it. */
	name: (row: Row) => string;
	allowed?: (row: Row) => boolean;
	/** Tells of its own failures; the cell shows what the list holds then. */
	save: (row: Row, value: string | number) => Promise<void>;
};

/** What a person wants of a grid; no columns at all is the grid's own choice. */
export type GridLayout = { columns: string[]; dense: boolean };

/** One page of rows, as list routes answer; `next` is the cursor of the page after it, or null. */
export type Page<Row> = { rows: Row[]; next: string | null };

export type Series = { label: string; values: (number | null)[]; colour?: string };
