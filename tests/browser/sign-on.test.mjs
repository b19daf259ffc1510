// Single sign-on against a real OpenID provider, which this test starts: the whole way through a browser, and the ways that must fail.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Provider from 'oidc-provider';
import { chromium } from 'playwright-core';
import { startCounter } from './counter.mjs';
import { fine } from './look.mjs';

const WAIT = { timeout: 20000 };
const PASSWORD = 'aoba-demo-2026';
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
let counter;
let browser;
let house;
let city;

/** A provider whose accounts are whatever is typed; its address before the counter's is known. */
async function startProvider() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  return {
    issuer,
    open(back) {
      const provider = new Provider(issuer, {
        clients: [{ client_id: 'counter', client_secret: 'a secret: with signs/+&', redirect_uris: [back], token_endpoint_auth_method: 'client_secret_basic' }],
        findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
        pkce: { required: () => true },
        features: { devInteractions: { enabled: true } },
      });
      server.on('request', provider.callback());
    },
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}

before(async () => {
  house = await startProvider();
  city = await mkdtemp(path.join(os.tmpdir(), 'madoguchi-city-'));
  await cp(path.join(root, 'fixtures/cities/aoba'), city, { recursive: true });
  await appendFile(path.join(city, 'city.toml'), `\n[staff]\nsecond_factor = true\n[staff.sign_on]\nissuer = "${house.issuer}"\nclient_id = "counter"\nclient_secret = "a secret: with signs/+&"\nname = "職員認証"\n`);
  counter = await startCounter({ BOT_DEMO__FOLDER: city });
  house.open(`${counter.url}/backoffice/sign-on/aoba/back`);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});

after(async () => {
  await browser?.close();
  await counter?.stop();
  await house?.stop();
  if (city) await rm(city, { recursive: true, force: true });
});

/** Goes to the provider by the button, and logs in there as this person. */
async function through(login) {
  const page = await (await browser.newContext({ locale: 'ja-JP' })).newPage();
  await page.goto(`${counter.url}/backoffice`);
  await fine(page, 'sign-on');
  await page.getByRole('link', { name: '職員認証でログイン' }).click();
  await page.locator('input[name=login]').fill(login, WAIT);
  await page.locator('input[name=password]').fill('anything');
  await page.locator('button[type=submit]').click();
  const consent = page.getByRole('button', { name: /continue/i });
  await Promise.race([consent.waitFor(WAIT), page.waitForURL(`${counter.url}/**`, WAIT)]).catch(() => {});
  if (await consent.count()) await consent.click();
  await page.waitForURL(`${counter.url}/**`, WAIT);
  return page;
}

test('whom no administrator has linked is refused; who is linked comes in', async () => {
  const stranger = await through('emp-0042');
  await stranger.getByText('ログインできませんでした').waitFor(WAIT);
  await fine(stranger, 'sign-on-refused');
  // An administrator links the account; this city asks them for a second factor first.
  const boss = await (await browser.newContext({ locale: 'ja-JP' })).newPage();
  await boss.goto(`${counter.url}/backoffice`);
  await boss.getByLabel('職員ID').fill('kanri');
  await boss.getByLabel('パスワード').fill(PASSWORD);
  await boss.keyboard.press('Enter');
  await boss.getByRole('heading', { name: '確認コードの設定' }).waitFor(WAIT);
  await fine(boss, 'second-set-up');
  const secret = (await boss.locator('main code').first().textContent()).replaceAll(' ', '');
  await boss.getByLabel('6桁の数字').fill(await code(secret));
  await boss.keyboard.press('Enter');
  await boss.getByText('予備のコード').first().waitFor(WAIT);
  await fine(boss, 'second-spare-codes');
  // Another browser: the password, then the code.
  const again = await (await browser.newContext({ locale: 'ja-JP' })).newPage();
  await again.goto(`${counter.url}/backoffice`);
  await again.getByLabel('職員ID').fill('kanri');
  await again.getByLabel('パスワード').fill(PASSWORD);
  await again.keyboard.press('Enter');
  await again.waitForURL('**/backoffice/second', WAIT);
  await fine(again, 'second-ask');
  await boss.goto(`${counter.url}/backoffice/aoba/staff`);
  await boss.getByLabel('佐藤の認証基盤での識別子').fill('emp-0042');
  await boss.getByRole('row').filter({ hasText: '佐藤' }).getByRole('button', { name: '連携', exact: true }).click();
  await boss.getByText('連携：emp-0042').waitFor(WAIT);
  // The provider asks for its own second factor: ours is not asked for again.
  const sato = await through('emp-0042');
  await sato.getByRole('navigation', { name: '部屋' }).waitFor(WAIT);
  assert.equal(new URL(sato.url()).pathname, '/backoffice/aoba');
  assert.match(await sato.locator('.who').textContent(), /佐藤/);
});

test('answers to no login, to another one, or with a made-up code open nothing', async () => {
  const back = `${counter.url}/backoffice/sign-on/aoba/back`;
  const refused = async (address, headers = {}) => {
    const answer = await fetch(address, { headers, redirect: 'manual' });
    assert.equal(answer.status, 403, address);
    assert.ok(!String(answer.headers.get('set-cookie')).includes('madoguchi_staff='));
  };
  await refused(`${back}?code=x&state=y`);
  const begun = await fetch(`${counter.url}/backoffice/sign-on/aoba`, { redirect: 'manual' });
  assert.equal(begun.status, 303);
  const cookie = begun.headers.get('set-cookie').split(';')[0];
  const away = new URL(begun.headers.get('location'));
  assert.equal(away.searchParams.get('code_challenge_method'), 'S256');
  assert.ok(away.searchParams.get('nonce') && away.searchParams.get('state'));
  await refused(`${back}?code=x&state=another`, { cookie });
  await refused(`${back}?code=made-up&state=${away.searchParams.get('state')}`, { cookie });
  await refused(`${back}?error=access_denied&state=${away.searchParams.get('state')}`, { cookie });
  await refused(`${back}?code=x&state=${away.searchParams.get('state')}`, { cookie: `${cookie.slice(0, -4)}AAAA` });
});

/** The code that a device shows now (RFC 6238). */
async function code(base32) {
  const { createHmac } = await import('node:crypto');
  const bits = [...base32].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((eight) => parseInt(eight, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const mac = createHmac('sha1', secret).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}
