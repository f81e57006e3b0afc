import { svelte } from '@sveltejs/vite-plugin-svelte';
import tailwindcss from '@tailwindcss/vite';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const src = fileURLToPath(new URL('./src', import.meta.url));
const server = process.env.SOUK_SERVER ?? 'http://127.0.0.1:8080';

// Paraglide's own plugin keeps a finished build alive for half a minute, so
// `npm run messages` compiles before build and test, and this again on each edit.
function messages(): Plugin {
	return {
		name: 'souk-messages',
		apply: 'serve',
		configureServer(dev) {
			dev.watcher.add('messages');
			dev.watcher.on('change', (file) => {
				if (/messages\/.*\.json$/.test(file)) execFile('npm', ['run', '-s', 'messages']);
			});
		},
	};
}

export default defineConfig({
	plugins: [
		tailwindcss(),
		svelte(),
		messages(),
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
