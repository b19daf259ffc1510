// The real counter: the widget in a real browser against it, and every LINE request that leaves it against LINE's own
// OpenAPI description.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startCounter } from './counter.mjs';
import { loadSchemas, problems } from './openapi.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const here = path.dirname(fileURLToPath(import.meta.url));
const shared = process.env.SHARED_DIR || path.resolve(here, '../../../shared');
const WAIT = { timeout: 20000 };
let counter;
let browser;

before(async () => {
  counter = await startCounter();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  if (process.env.SHOTS) mkdirSync(process.env.SHOTS, { recursive: true });
});

after(async () => {
  await browser?.close();
  await counter?.stop();
});

async function shot(page, name) {
  if (process.env.SHOTS) await page.screenshot({ path: path.join(process.env.SHOTS, `${name}.png`) });
}

async function say(page, words) {
  await page.locator('textarea').fill(words);
  await page.keyboard.press('Enter');
}

test('a resident asks, gets an answer from the city, reloads and finds the talk as it was', async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'ja-JP' });
  const page = await context.newPage();
  await page.goto(`${counter.url}/chat/aoba`);
  await page.getByText('自動応答').first().waitFor(WAIT);
  await say(page, 'フライパンの捨て方を教えて');
  await page.getByText('フライパンは「').first().waitFor(WAIT);
  await shot(page, 'real-phone');
  await page.addScriptTag({ content: axe }).catch(() => page.evaluate(axe));
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }));
  assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes.length}`), []);
  await page.reload();
  await page.getByText('フライパンは「').first().waitFor(WAIT);
  assert.equal(await page.getByText('フライパンの捨て方を教えて', { exact: true }).count(), 1);
  assert.equal(await page.getByText('フライパンは「').count(), 1);
  await context.close();
});

test('a lost connection loses and doubles nothing', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'ja-JP' });
  const page = await context.newPage();
  await page.goto(`${counter.url}/chat/aoba`);
  await page.getByText('自動応答').first().waitFor(WAIT);
  await context.setOffline(true);
  await say(page, '乾電池は何ごみ？');
  await context.setOffline(false);
  await page.getByText('乾電池', { exact: false }).nth(1).waitFor(WAIT);
  assert.equal(await page.getByText('乾電池は何ごみ？', { exact: true }).count(), 1);
  await shot(page, 'real-desktop');
  await context.close();
});

test('the demo page shows a phone and the chat', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'ja-JP' });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(`${counter.url}/demo`);
  await page.frameLocator('iframe').first().getByText('自動応答').first().waitFor(WAIT);
  await shot(page, 'real-demo');
  assert.deepEqual(errors, []);
  await context.close();
});

test('every LINE request that leaves is valid against the platform\'s own description', async (t) => {
  const file = path.join(shared, 'data/line-openapi/messaging-api.yml');
  if (!existsSync(file)) {
    assert.notEqual(process.env.CI, 'true', `${file} is missing`);
    t.skip(`${file} is not here`);
    return;
  }
  const schemas = await loadSchemas(file);
  const control = async (method, what, body) => {
    const answer = await fetch(`${counter.url}/demo/line/_stand_in/${what}`, { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
    assert.ok(answer.ok, `${what}: ${answer.status}`);
    return answer.json().catch(() => null);
  };
  const user = 'Uaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
  await control('POST', `users/${user}/follow`, {});
  const guide = await readFile(path.resolve(here, '../../intents/guide/mod.rs'), 'utf8');
  const intents = [...guide.split('pub const INTENTS')[1].split('];')[0].matchAll(/"([^"]+)"/g)].map((m) => m[1]);
  const taps = [
    'do:shelter.search?place=34.650000,135.600000', 'do:shelter.search?place=34.650000,135.600000&need=pets', 'do:shelter.search', 'cancel',
    'do:shelter.status', 'do:waste.sort?item=燃やすごみ/生ごみ', 'do:waste.sort', 'cancel', 'do:waste.schedule', 'cancel',
    'do:place.nearest?category=aed&place=34.650000,135.600000', 'do:place.hours?office=shimin', 'do:place.holiday_clinic', 'do:library.hours',
    'do:faq?entry=kokuho-join', 'human', 'menu', 'do:people.callback', 'cancel', 'lang:en', 'menu', 'lang:ja',
    ...intents.map((intent) => `do:${intent}`),
  ];
  const words = ['こんにちは', '税金のことで聞きたい', 'English please', '日本語に戻して', '火事です、家が燃えています', 'ラーメン屋教えて', '違う', '使えない！', 'あ'.repeat(4000), '保険 払えない'];
  for (const data of taps) await control('POST', `users/${user}/postback`, { data });
  for (const text of words) await control('POST', `users/${user}/send`, { type: 'text', text });
  await control('POST', `users/${user}/send`, { type: 'location', latitude: 34.65, longitude: 135.6, address: 'あおば市' });
  const expected = taps.length + words.length + 2;
  let talk = { entries: [], last: 0 };
  let answers = 0;
  const until = Date.now() + 60000;
  while (answers < expected && Date.now() < until) {
    talk = await control('GET', `users/${user}/messages?after=${talk.last}&wait_ms=1000`);
    answers += talk.entries.filter((entry) => entry.via !== 'user').length;
  }
  assert.equal(answers, expected);
  const requests = await control('GET', 'requests');
  const list = Array.isArray(requests) ? requests : requests.requests;
  const kinds = new Set();
  let checked = 0;
  for (const request of list.filter((r) => /message\/(reply|push)$/.test(r.path))) {
    const body = typeof request.body === 'string' ? JSON.parse(request.body) : request.body;
    const name = request.path.endsWith('reply') ? 'ReplyMessageRequest' : 'PushMessageRequest';
    assert.deepEqual(problems(schemas, name, body), [], JSON.stringify(body).slice(0, 2000));
    body.messages.forEach((message) => kinds.add(message.type));
    checked += 1;
  }
  assert.ok(checked >= Math.min(expected, 50), `${checked} requests were kept`);
  assert.ok(kinds.has('text') && kinds.has('flex'), [...kinds].join());
});
