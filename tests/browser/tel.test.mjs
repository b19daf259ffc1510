// The telephone of the newcomer's page: a real call in a real browser. There is no microphone here: the keys are left.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { startCounter } from './counter.mjs';

const WAIT = { timeout: 20000 };
const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
let counter;
let browser;

before(async () => {
  counter = await startCounter({ BOT_PHONE__LINES: '1', BOT_PHONE__SIP_LISTEN: '127.0.0.1:0' });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ARGS,
  });
  if (process.env.SHOTS) mkdirSync(process.env.SHOTS, { recursive: true });
});

after(async () => {
  await browser?.close();
  await counter?.stop();
});

// The page, and the messages of its call in both directions.
async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'ja-JP', ...options });
  const page = await context.newPage();
  const errors = [];
  const [received, sent] = [[], []];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => received.push(JSON.parse(payload)));
    socket.on('framesent', ({ payload }) => sent.push(JSON.parse(payload)));
  });
  await page.goto(`${counter.url}/demo`);
  return { context, page, errors, received, sent };
}

async function until(page, what, so) {
  const began = Date.now();
  while (!so()) {
    assert.ok(Date.now() - began < WAIT.timeout, what);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

const count = (messages, event) => messages.filter((message) => message.event === event).length;

test('a call from the page is greeted, takes keys and is hung up', async () => {
  const { context, page, errors, received, sent } = await open();
  const keys = page.getByRole('group', { name: '電話の番号ボタン' });
  assert.equal(await keys.getByRole('button', { name: '1', exact: true }).isDisabled(), true);
  await page.getByRole('button', { name: '電話をかける' }).click();
  await page.getByText(/^通話中 0:.*番号ボタン/).waitFor(WAIT);
  await until(page, 'the greeting is heard', () => count(received, 'media') > 50);
  // Silence is sent as well, as 20 ms of G.711: the line is not dead.
  await until(page, 'the silence is sent', () => count(sent, 'media') > 20);
  const frame = sent.find((message) => message.event === 'media').media.payload;
  assert.equal(Buffer.from(frame, 'base64').length, 160);
  if (process.env.SHOTS) await page.screenshot({ path: path.join(process.env.SHOTS, 'tel.png') });
  // A key silences the greeting at once, here too, and is answered.
  await keys.getByRole('button', { name: '1', exact: true }).click();
  await until(page, 'the greeting is broken off', () => count(received, 'clear') > 0);
  const before = count(received, 'media');
  await until(page, 'the answer is heard', () => count(received, 'media') > before + 50);
  await page.getByRole('button', { name: '切る' }).click();
  await page.getByText('電話を切りました').waitFor(WAIT);
  // The line is free again.
  await page.getByRole('button', { name: '電話をかける' }).click();
  const again = count(received, 'media');
  await until(page, 'the second call is greeted', () => count(received, 'media') > again + 20);
  await page.getByRole('button', { name: '切る' }).click();
  assert.deepEqual(errors, []);
  await context.close();
});
