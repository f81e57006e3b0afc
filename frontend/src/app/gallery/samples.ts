/** Things to show parts with. Names are as long, and in as many scripts, as real ones. */
export type Sample = { id: string; name: string; code: string; sold: string; minor: number; stock: string; state: 'good' | 'warn' | 'bad' };

const names = [
	'Bananas', 'Organic Unsweetened Berry Coconut Granola', 'Sourdough loaf', 'Fire Roasted Hatch Green Chile Almonds', 'Whole Milk 1 gal',
	'زيت زيتون بكر ممتاز ٥٠٠ مل', '有机绿茶 250克', 'Brötchen mit Kürbiskernen', 'කිරි පිටි 400g', 'Extra long name of a product that somebody typed in with every detail they could think of, in one go',
];

export const samples: Sample[] = Array.from({ length: 2000 }, (_, at) => ({
	id: String(at),
	name: names[at % names.length]!,
	code: String(4006381330000 + at * 7),
	sold: at % 10 === 0 ? `${(84320 + at * 13) / 1000}` : String((at * 37) % 190),
	minor: 19 + ((at * 7919) % 48000),
	stock: String(((at * 31) % 90) - 3),
	state: at % 7 === 3 ? 'bad' : at % 5 === 2 ? 'warn' : 'good',
}));

export const hours = { labels: Array.from({ length: 15 }, (_, h) => String(h + 6)), today: [12000, 26000, 41000, 62000, 90000, 118000, 141000, 132000, 98000, 61000, null, null, null, null, null], before: [11000, 28000, 38000, 59000, 82000, 109000, 130000, 135000, 121000, 110000, 98000, 86000, 64000, 42000, 21000] };
