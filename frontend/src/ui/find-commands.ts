import type { Command } from './types';

const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Commands whose words begin with what was typed, best first; all of them, in their order, when nothing was. */
export function findCommands(commands: readonly Command[], text: string): Command[] {
	const wanted = plain(text).split(/\s+/).filter(Boolean);
	if (!wanted.length) return commands.filter((c) => !c.found);
	return commands
		.map((command, order) => ({ command, order, score: command.found ? 0.5 : score(command, wanted) }))
		.filter((c) => c.score > 0)
		.sort((a, b) => b.score - a.score || a.order - b.order)
		.map((c) => c.command);
}

/** Every word must be found; a word of the label counts more than one beside it, a beginning more than a middle. */
function score(command: Command, wanted: readonly string[]): number {
	const label = plain(command.label);
	const words = label.split(/[\s/·-]+/);
	const aside = plain([command.words, command.group, command.note].filter(Boolean).join(' '));
	let sum = 0;
	for (const word of wanted) {
		if (label.startsWith(word)) sum += 8;
		else if (words.some((w) => w.startsWith(word))) sum += 5;
		else if (label.includes(word)) sum += 2;
		else if (aside.split(/\s+/).some((w) => w.startsWith(word))) sum += 1;
		else return 0;
	}
	return sum;
}
