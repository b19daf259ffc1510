// The staff's pages in a real browser: a resident on the widget, one on LINE, two members of staff, one story.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { startCounter } from './counter.mjs';
import { fine } from './look.mjs';

const WAIT = { timeout: 20000 };
const PASSWORD = 'aoba-demo-2026';
const USER = 'Ubbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb';
// One red pixel.
const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';
let counter;
let browser;

before(async () => {
  counter = await startCounter();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});

after(async () => {
  await browser?.close();
  await counter?.stop();
});

async function enter(login) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'ja-JP' });
  const page = await context.newPage();
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(String(error)));
  await page.goto(`${counter.url}/backoffice`);
  if (login === 'sato') await fine(page, 'login');
  await page.getByLabel('職員ID').fill(login);
  await page.getByLabel('パスワード').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: '部屋' }).waitFor(WAIT);
  return page;
}

async function line(what, body) {
  const answer = await fetch(`${counter.url}/demo/line/_stand_in/users/${USER}/${what}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${what}: ${answer.status}`);
}

test('two residents, two members of staff, one story', async () => {
  const sato = await enter('sato');
  await fine(sato, 'empty');
  const chat = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'ja-JP' })).newPage();
  await chat.goto(`${counter.url}/chat/aoba`);
  await chat.getByText('自動応答').first().waitFor(WAIT);
  const say = async (words) => { await chat.locator('textarea').fill(words); await chat.keyboard.press('Enter'); };
  await say('犬の登録をしたい');
  await chat.getByText('どの動物').first().waitFor(WAIT);
  await say('犬');
  await chat.getByText('お名前').first().waitFor(WAIT);
  await say('職員と話したい');
  await chat.getByText('職員がこのトークに返信します').waitFor(WAIT);
  // It appears without a reload.
  await sato.locator('.list li').filter({ hasText: '職員と話したい' }).waitFor(WAIT);
  // By keyboard alone.
  await sato.keyboard.press('j');
  await sato.getByText('職員を待っています').waitFor(WAIT);
  await sato.locator('.panel').getByText('途中の手続き').waitFor(WAIT);
  await sato.keyboard.press('r');
  await sato.keyboard.type('総合案内の佐藤です。どうされましたか。');
  await fine(sato, 'talk');
  // A colleague looks in, and both know.
  const tanaka = await enter('tanaka');
  await tanaka.locator('.list li').filter({ hasText: '職員と話したい' }).locator('a').click();
  await sato.getByText('田中さんも見ています').waitFor(WAIT);
  await tanaka.locator('#text').fill('田中です。');
  const [took] = await Promise.all([sato.waitForResponse((r) => r.url().endsWith('/reply')), sato.keyboard.press('Control+Enter')]);
  assert.equal(took.status(), 204);
  await chat.getByText('総合案内の佐藤です').waitFor(WAIT);
  // The second one is told, and what was written is still there.
  await tanaka.getByText('総合案内の佐藤です').first().waitFor(WAIT);
  const [late] = await Promise.all([tanaka.waitForResponse((r) => r.url().endsWith('/reply')), tanaka.getByRole('button', { name: '返信する' }).click()]);
  assert.equal(late.status(), 409);
  assert.equal(await tanaka.locator('#text').inputValue(), '田中です。');
  // The resident writes: it is there within a moment; the machine is silent.
  const began = Date.now();
  await say('<b>こわい犬</b>がいます\u202E');
  await sato.getByText('<b>こわい犬</b>').first().waitFor(WAIT);
  const shown = Date.now() - began;
  console.log(`shown to staff after ${shown} ms`);
  await sato.keyboard.press('Escape');
  await sato.keyboard.press('n');
  await sato.keyboard.type('保健所に確認ずみ');
  await sato.keyboard.press('Enter');
  await sato.getByText('のメモ（住民には見えません）').waitFor(WAIT);
  await fine(sato, 'answered');
  // LINE: life and limb.
  await line('follow', {});
  await line('send', { type: 'text', text: '助けて、火事です！家が燃えています' });
  await sato.getByText('緊急：火事').first().waitFor(WAIT);
  await fine(sato, 'emergency');
  await sato.getByRole('button', { name: '確認しました' }).click();
  await sato.getByText('助けて、火事です').last().waitFor(WAIT);
  await sato.locator('#talkhead').getByRole('button', { name: '担当になる' }).click();
  await sato.getByText('佐藤が担当になりました').waitFor(WAIT);
  // A photo from LINE is there without a reload, and really shown.
  await line('send', { type: 'image' });
  await sato.locator('img.photo').waitFor(WAIT);
  await sato.waitForFunction(() => document.querySelector('img.photo').naturalWidth > 0);
  // A file and a form go out to LINE.
  await sato.getByText('選択肢・手続き・ファイルを付ける').click();
  await sato.locator('#text').fill('こちらをご覧ください。');
  await sato.locator('input[type=file]').setInputFiles({ name: 'annai.txt', mimeType: 'text/plain', buffer: Buffer.from('ご案内') });
  await sato.locator('select[name=offer]').selectOption({ label: '犬の登録' });
  await fine(sato, 'attached');
  await sato.getByRole('button', { name: '返信する' }).click();
  await sato.getByText('annai.txt').first().waitFor(WAIT);
  // Back to the web, whose resident answers with a photo: it appears by itself.
  await sato.goto(`${counter.url}/backoffice/aoba?box=mine`);
  await sato.locator('.list li').filter({ hasText: 'こわい犬' }).locator('a').click();
  await sato.locator('#history').waitFor(WAIT);
  await chat.locator('input[type=file]').setInputFiles({ name: 'inu.png', mimeType: 'image/png', buffer: Buffer.from(PICTURE, 'base64') });
  await chat.getByText('写真を送りました').waitFor(WAIT);
  await sato.locator('#history img.photo').waitFor(WAIT);
  await sato.waitForFunction(() => document.querySelector('img.photo').naturalWidth > 0);
  // Back to the machine: the form goes on where it stood.
  await sato.getByRole('button', { name: '対応を終える' }).click();
  await chat.getByText('いかがでしたか').waitFor(WAIT);
  await chat.getByText('続きです').first().waitFor(WAIT);
  assert.equal(await chat.getByText('保健所').count(), 0);
  assert.deepEqual([...sato.errors, ...tanaka.errors], []);
});

test('the other rooms', async () => {
  const boss = await enter('kanri');
  for (const [name, place] of [['figures', 'figures'], ['unclear', 'unclear'], ['canned', 'canned'], ['audit', 'audit'], ['staff', 'staff'], ['promises', 'promises'], ['notices', 'notices'], ['callbacks', 'callbacks'], ['bookings', 'bookings'], ['bookings-figures', 'bookings/figures'], ['money', 'money'], ['keys', 'keys'], ['all', '?box=all'], ['found', '?box=all&q=%E7%8A%AC']]) {
    await boss.goto(`${counter.url}/backoffice/aoba${place.startsWith('?') ? '' : '/'}${place}`);
    await fine(boss, name);
  }
  await boss.goto(`${counter.url}/backoffice/own`);
  await fine(boss, 'own');
  await boss.goto(`${counter.url}/backoffice/second/set-up`);
  await fine(boss, 'second-factor');
  // A person under protection: a page in between, with a reason.
  await boss.goto(`${counter.url}/backoffice/aoba?box=all`);
  await boss.locator('.list li a').first().click();
  await boss.getByRole('button', { name: '保護対象の印を付ける' }).click();
  await boss.getByText('保護対象の方の会話です').waitFor(WAIT);
  await fine(boss, 'protected');
  await boss.getByLabel('担当している支援のため').check();
  await boss.getByRole('button', { name: '確認して開く' }).click();
  await boss.locator('#history').waitFor(WAIT);
  await fine(boss, 'looked');
  // By keyboard to the page of keys; the sound is this browser's.
  await boss.keyboard.press('?');
  await boss.getByRole('heading', { name: 'キーと通知' }).waitFor(WAIT);
  await boss.getByLabel('音を鳴らす').uncheck();
  await boss.reload();
  assert.equal(await boss.getByLabel('音を鳴らす').isChecked(), false);
  await boss.keyboard.press('g');
  await boss.locator('#list').waitFor(WAIT);
  assert.deepEqual(boss.errors, []);
});
