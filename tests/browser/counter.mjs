// Starts the real counter with the demo city, on a data folder of its own and a free port.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export async function startCounter(settings = {}) {
  const data = await mkdtemp(path.join(os.tmpdir(), 'madoguchi-browser-'));
  const target = process.env.CARGO_TARGET_DIR || path.join(root, 'target');
  const binary = process.env.MADOGUCHI_BINARY || path.join(target, 'release/bot');
  const env = { ...process.env, BOT_DATA: data, BOT_LISTEN: '127.0.0.1:0', BOT_PHONE__LINES: '0', BOT_VOICE__SPEECH: path.join(target, 'speech'), BOT_LOG: process.env.BOT_LOG || 'error', ...settings };
  delete env.DATABASE_URL;
  delete env.MADOGUCHI_BINARY;
  const child = spawn(binary, ['serve', '--demo'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
      const found = out.match(/serves at (http:\/\/\S+)/);
      if (found) resolve(found[1]);
    });
    child.on('exit', (code) => reject(new Error(`the counter ended with ${code} before it served`)));
    child.on('error', reject);
  });
  return {
    url,
    async stop() {
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}
