import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import tailwindcss from '@tailwindcss/vite';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const src = fileURLToPath(new URL('./src', import.meta.url));
const server = process.env.SOUK_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
	plugins: [
		tailwindcss(),
		svelte(),
		paraglideVitePlugin({
			project: './project.inlang',
			outdir: './src/paraglide.gen',
			strategy: ['localStorage', 'preferredLanguage', 'baseLocale'],
			emitTsDeclarations: false,
		}),
	],
	resolve: {
		alias: { '@': src },
		// Under vitest the browser build of Svelte is wanted, not the server one.
		conditions: process.env.VITEST ? ['browser'] : undefined,
	},
	// The webview of a till may be a year older than a browser; both read this.
	build: { target: ['es2022', 'safari16.4'], outDir: 'dist', emptyOutDir: true },
	server: {
		proxy: {
			'/api': { target: server },
			'/live': { target: server, ws: true },
		},
	},
	test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
});
