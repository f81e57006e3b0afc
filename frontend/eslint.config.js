import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

// Imports point one way: ui ← features ← app. `api` and `platform` are for
// everyone. Two features meet in `app`, never in each other.
const zones = {
	meta: { type: 'problem', schema: [] },
	create(context) {
		const here = zoneOf(context.filename.split('/src/').pop());
		const check = (node) => {
			if (typeof node.source?.value !== 'string' || !here) return;
			const there = zoneOf(resolve(context.filename, node.source.value));
			if (!there || allowed(here, there)) return;
			context.report({ node, message: `${here.join('/')} may not import ${there.join('/')}` });
		};
		return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check };
	},
};

function zoneOf(path) {
	const [zone, name] = (path ?? '').split('/');
	if (zone === 'features') return [zone, name];
	return ['ui', 'app', 'api', 'platform'].includes(zone) ? [zone] : null;
}

function resolve(from, to) {
	if (to.startsWith('@/')) return to.slice(2);
	if (!to.startsWith('.')) return null;
	return new URL(to, `file://${from}`).pathname.split('/src/').pop();
}

function allowed([zone, name], [target, targetName]) {
	if (zone === 'app') return true;
	if (target === 'app') return false;
	if (target === 'features') return zone === 'features' && name === targetName;
	if (target === 'ui') return zone === 'ui' || zone === 'features';
	return true;
}

export default ts.config(
	{ ignores: ['dist/', 'src/paraglide.gen/', 'src/**/*.gen.ts', 'project.inlang/'] },
	js.configs.recommended,
	...ts.configs.recommended,
	...svelte.configs['flat/recommended'],
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
	},
	{
		plugins: { souk: { rules: { zones } } },
		rules: {
			'souk/zones': 'error',
			// TypeScript resolves names better than ESLint does.
			'no-undef': 'off',
			'max-lines': ['error', { max: 500, skipBlankLines: true }],
			// Maps that nothing on screen reads need not be reactive.
			'svelte/prefer-svelte-reactivity': 'off',
			// Our router takes plain paths; this rule is for SvelteKit's.
			'svelte/no-navigation-without-resolve': 'off',
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
		},
	},
);
