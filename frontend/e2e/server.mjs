import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const patience_ms = 120_000;

/** Starts the server with demo shops on a data folder of its own, and with settings beside the usual ones; `stop` ends it and takes the folder away. */
export async function startServer(settings = {}) {
	const program = resolve(process.env.SOUK_BIN ?? '../bin/souk');
	const data = await mkdtemp(join(tmpdir(), 'souk-e2e-'));
	const port = await freePort();
	const server = spawn(program, ['serve', '--demo'], { env: { ...process.env, SOUK_DEMO_DAYS: '8', SOUK_DATA: data, SOUK_ADDR: `127.0.0.1:${port}`, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] });
	let said = '';
	const ended = new Promise((done) => server.once('close', done));
	const stop = async () => {
		server.kill('SIGTERM');
		await ended;
		await rm(data, { recursive: true, force: true });
	};
	const ready = new Promise((done, fail) => {
		const listen = (bytes) => {
			said += bytes;
			if (said.includes('Souk is ready')) done();
		};
		server.stdout.on('data', listen);
		server.stderr.on('data', listen);
		server.once('error', fail);
		server.once('exit', (code) => fail(new Error(`the server ended with ${code}:\n${said}`)));
		setTimeout(() => fail(new Error(`the server was not ready in ${patience_ms / 1000} s:\n${said}`)), patience_ms).unref();
	});
	try {
		await ready;
	} catch (error) {
		await stop();
		throw error;
	}
	const scheme = settings.SOUK_TLS ? 'https' : 'http';
	return { url: (shop) => `${scheme}://${shop}.${settings.SOUK_DOMAIN ?? 'localhost'}:${port}`, data, port, stop };
}

function freePort() {
	return new Promise((done, fail) => {
		const probe = createServer();
		probe.once('error', fail);
		probe.listen(0, '127.0.0.1', () => {
			const { port } = probe.address();
			probe.close(() => done(port));
		});
	});
}
