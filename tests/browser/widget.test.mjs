// The web chat widget in a real browser. `npm ci && node --test`.
//   WIDGET_BASE   base URL of a running server (default: the stub in this folder)
//   WIDGET_CITY   city id on that server (default aoba)
//   CHROMIUM      path of the browser (default /usr/bin/chromium)
//   SHOTS         folder for screenshots
import { test, before, after, beforeEach, describe } from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { startStub } from './stub-server.mjs';
import { startFaults } from './faults.mjs';

const require = createRequire(import.meta.url);
const axeSource = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
const REAL = process.env.WIDGET_BASE;
const CITY = process.env.WIDGET_CITY || 'aoba';
const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1280, height: 800 };
const WAIT = 15000;

let browser;
let stub; // always there: some tests need a bot whose answers are known
let lab; // line to the stub
let site; // line to the server under test (the stub, unless WIDGET_BASE is set)
let foreign; // a city page of another origin
let context;

before(async () => {
  stub = await startStub();
  lab = await startFaults(stub.url);
  site = REAL ? await startFaults(REAL.replace(/\/$/, '')) : lab;
  foreign = await startForeign();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  if (process.env.SHOTS) mkdirSync(process.env.SHOTS, { recursive: true });
});

after(async () => {
  await browser?.close();
  await foreign?.stop();
  if (site !== lab) await site?.stop();
  await lab?.stop();
  await stub?.stop();
});

beforeEach(() => {
  lab.reset();
  site.reset();
});

// A city's own page with the traps of old sites: tiny root font, loud global rules, strict policy.
async function startForeign() {
  const server = http.createServer((req, res) => {
    const q = new URL(req.url, 'http://x').searchParams;
    const base = q.get('base') || site.url;
    const csp = q.get('csp') === 'strict' ? { 'Content-Security-Policy': `default-src 'none'; script-src ${base}; connect-src ${base}; style-src 'nonce-page'; require-trusted-types-for 'script'` } : {};
    res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...csp });
    res.end(`<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>あおば市ホームページ</title>
<style nonce="page">html{font-size:62.5%}body{margin:0;font:1.6rem/1.8 sans-serif;background:#fff;color:#222}button{background:red;font-size:9px;text-transform:uppercase}main{max-width:70rem;margin:0 auto;padding:2rem}</style></head>
<body><main><h1>あおば市</h1><p>市のお知らせです。<a href="#x">くらしの情報</a></p><p>${'図書館の休館日や検診の日程などをお知らせします。'.repeat(24)}</p></main>
<script src="${base}/widget.js" data-city="${CITY}" async></script></body></html>`);
  });
  await new Promise((resolve) => server.listen(Number(process.env.EMBED_PORT || 0), '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    stop: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

async function withContext(options, run) {
  context = await browser.newContext({ locale: 'ja-JP', viewport: DESKTOP, ...options });
  context.setDefaultTimeout(WAIT);
  const trouble = [];
  context.on('weberror', (e) => trouble.push(String(e.error())));
  context.on('console', (m) => {
    // Failed requests are what several tests ask for; everything else is a fault of the widget.
    if (m.type() === 'error' && !/Failed to load resource|net::ERR_|CORS policy/.test(m.text())) trouble.push(m.text());
  });
  try {
    await run(await context.newPage(), context);
    assert.deepEqual(trouble, [], 'errors on the page');
  } finally {
    await context.close();
  }
}

const fullUrl = (line) => `${line.url}/chat/${CITY}`;

async function openFull(page, line = site) {
  await page.goto(fullUrl(line));
  await live(page);
}

const live = (page) => page.locator('.panel[data-conn=live]').waitFor();
const mine = (page, text) => page.locator('.msg.mine').filter({ hasText: text });
const replies = (page) => page.locator('.msg.bot, .msg.staff');
const botWith = (page, text) => replies(page).filter({ hasText: text });

async function say(page, text) {
  await page.locator('textarea').fill(text);
  await page.locator('textarea').press('Enter');
}

async function waitSent(page, text) {
  await page.locator('.msg.mine[data-state=sent]').filter({ hasText: text }).first().waitFor();
}

// Polls outside the page (for what the proxy saw).
async function until(what, condition) {
  const end = Date.now() + WAIT;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `timed out: ${what}`);
    await new Promise((r) => setImmediate(r));
  }
}

async function countOf(page, locator, n) {
  await locator.nth(n - 1).waitFor();
  assert.equal(await locator.count(), n);
}

// The words on screen in order, without times and states.
const transcript = (page) => page.locator('.msg').evaluateAll((all) =>
  all.map((m) => (m.classList.contains('mine') ? '> ' : '< ') + (m.querySelector('.text')?.textContent ?? '')));

/** Waits until the restored conversation is as long as expected and the replay is over. */
async function restored(page, n) {
  await live(page);
  await page.locator('.msg').nth(n - 1).waitFor();
  await page.waitForFunction(() => !document.querySelector('madoguchi-chat').restoring);
}

async function shot(page, name) {
  if (process.env.SHOTS) await page.screenshot({ animations: 'disabled', path: path.join(process.env.SHOTS, `${name}.png`) });
}

async function axe(page, label) {
  // Colours in the middle of a fade would be measured as they are at that instant.
  await page.waitForFunction(() => {
    const roots = [document, ...[...document.querySelectorAll('madoguchi-chat')].map((c) => c.shadowRoot)];
    return roots.every((r) => r.getAnimations().every((a) => a.effect.getTiming().iterations === Infinity));
  });
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const r = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] });
    return r.violations.map((v) => ({ rule: v.id, nodes: v.nodes.map((n) => `${JSON.stringify(n.target)} ${n.failureSummary}`) }));
  });
  assert.deepEqual(found, [], `axe: ${label}`);
}

describe('placing it', () => {
  test('one script tag on a page of another origin, under a strict policy', () => withContext({}, async (page) => {
    const violations = [];
    await page.exposeFunction('onViolation', (v) => violations.push(v));
    await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (e) => window.onViolation(`${e.violatedDirective} ${e.blockedURI}`)));
    await page.goto(`${foreign.url}?csp=strict`);
    const launcher = page.locator('.launcher');
    await launcher.waitFor();
    assert.equal(site.seen('session').length, 0, 'a mere page view must not make a session');
    await shot(page, 'embedded-closed');
    await launcher.click();
    await live(page);
    assert.ok(await page.locator('textarea').evaluate((n) => n.getRootNode().activeElement === n), 'input has the focus');
    await say(page, '住民票について');
    await waitSent(page, '住民票について');
    await replies(page).nth(1).waitFor();
    const look = await page.locator('.msg.mine .text').first().evaluate((n) => ({ size: parseFloat(getComputedStyle(n).fontSize), send: getComputedStyle(n.getRootNode().querySelector('.send')).backgroundColor }));
    assert.ok(look.size >= 17, `text is ${look.size}px in spite of the page's 62.5%`);
    assert.notEqual(look.send, 'rgb(255, 0, 0)');
    await shot(page, 'embedded-open');
    assert.deepEqual(violations, []);

    await page.locator('textarea').press('Escape');
    await launcher.waitFor();
    assert.ok(await launcher.evaluate((n) => n.getRootNode().activeElement === n), 'launcher has the focus again');
    assert.equal(await page.locator('.panel').isVisible(), false);
  }));

  test('the page of its own', () => withContext({}, async (page) => {
    await openFull(page);
    assert.equal(await page.locator('.launcher').isVisible(), false);
    assert.equal(await page.locator('h1').count(), 1);
    await replies(page).first().waitFor();
    const box = await page.locator('.panel').boundingBox();
    assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, DESKTOP.width, DESKTOP.height]);
    if (!REAL) assert.match(await page.title(), /あおば市/);
  }));

  test('browsers without constructed style sheets get a style element', () => withContext({ bypassCSP: true }, async (page) => {
    await page.addInitScript(() => {
      delete Document.prototype.adoptedStyleSheets;
      delete ShadowRoot.prototype.adoptedStyleSheets;
      window.CSSStyleSheet = undefined;
    });
    await openFull(page);
    assert.equal(await page.locator('madoguchi-chat').evaluate((n) => n.shadowRoot.querySelectorAll('style').length), 1);
    assert.equal(await page.locator('.panel').evaluate((n) => getComputedStyle(n).display), 'flex');
  }));

  test('works where localStorage is forbidden', () => withContext({}, async (page) => {
    await page.addInitScript(() => Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } }));
    await openFull(page);
    await say(page, '記憶なし');
    await waitSent(page, '記憶なし');
  }));
});

describe('talking', () => {
  test('a message shows at once, is sent, and is answered', () => withContext({}, async (page) => {
    await openFull(page);
    await replies(page).first().waitFor();
    const n = await replies(page).count();
    const release = site.hold('messages');
    await say(page, 'ごみの日はいつですか');
    await page.locator('.msg.mine[data-state=sending]').waitFor();
    assert.equal(await page.locator('.msg.mine .state').textContent(), '送信中');
    release();
    await waitSent(page, 'ごみの日はいつですか');
    await replies(page).nth(n).waitFor();
    const [sent] = site.seen('messages');
    const body = JSON.parse(sent.body);
    assert.deepEqual(Object.keys(body).sort(), ['id', 'text']);
    assert.match(body.id, /^[0-9a-f-]{36}$/);
  }));

  test('markup in a message stays text', () => withContext({}, async (page) => {
    await openFull(page, lab);
    const evil = '<img src=x onerror="window.__hacked=1"><b>太字</b>';
    await say(page, evil);
    await botWith(page, evil).waitFor();
    assert.equal(await page.locator('.msg img, .msg b').count(), 0);
    assert.equal(await page.evaluate(() => window.__hacked), undefined);
  }));

  test('choices answer with a postback and stay marked', () => withContext({}, async (page) => {
    await openFull(page, lab);
    await say(page, 'こんにちは');
    const yes = page.getByRole('button', { name: 'はい' });
    await yes.dblclick(); // a nervous double tap is one answer
    await botWith(page, '選択: more:yes').waitFor();
    await countOf(page, mine(page, 'はい'), 1);
    const body = JSON.parse(lab.seen('messages').at(-1).body);
    assert.deepEqual([body.postback, body.label], ['more:yes', 'はい']);
    assert.ok(await yes.evaluate((b) => b.classList.contains('picked')));
  }));

  test('every kind of part', () => withContext({}, async (page) => {
    await openFull(page, lab);
    await say(page, '全部');
    await page.locator('[data-part=handoff]').waitFor();
    const kinds = await page.locator('.msg.bot').last().locator('[data-part]').evaluateAll((all) => all.map((n) => n.dataset.part));
    assert.deepEqual(kinds, ['text', 'choices', 'cards', 'place', 'date', 'date', 'date', 'image', 'link', 'handoff']);

    for (const a of await page.locator('.msg a[href^=http]').all()) {
      assert.equal(await a.getAttribute('target'), '_blank');
      assert.match(await a.getAttribute('rel'), /noopener/);
    }
    assert.equal(await page.locator('a[href^="javascript:"]').count(), 0);
    assert.equal(await page.getByText('動かしてはいけないリンク').count(), 0);
    assert.equal(await page.locator('.text a').first().getAttribute('href'), 'https://www.city.aoba.example/guide');
    assert.equal(await page.locator('a.tel').getAttribute('href'), 'tel:0600001234');
    assert.equal(await page.locator('[data-part=place] a').getAttribute('href'), 'https://maps.example/route?to=34.65,135.6');
    assert.match(await page.locator('.cards a').last().getAttribute('href'), /34\.653/);
    assert.equal(await page.locator('.cards > li').count(), 2);
    assert.equal(await page.locator('img').getAttribute('alt'), '市役所本庁舎の外観');
    await page.waitForFunction(() => document.querySelector('madoguchi-chat').shadowRoot.querySelector('img').naturalWidth > 0);

    const day = page.locator('[data-part=date]').nth(0);
    await day.locator('input').fill('2027-01-05');
    await day.getByRole('button').click();
    await day.getByRole('alert').waitFor();
    assert.equal(await day.locator('input').getAttribute('aria-invalid'), 'true');
    await day.locator('input').fill('2026-11-03');
    await day.getByRole('button').click();
    await botWith(page, '選択: move-date:2026-11-03').waitFor();
    await countOf(page, mine(page, '2026-11-03'), 1);
    assert.equal(await day.getByRole('alert').isVisible(), false);

    const at = page.locator('[data-part=date]').nth(2);
    await at.locator('input').fill('2026-11-03T10:30');
    await at.getByRole('button').click();
    await botWith(page, '受け取りました: 2026-11-03T10:30').waitFor();
  }));

  test('parts come one after another, at once with reduced motion', async () => {
    for (const reducedMotion of ['no-preference', 'reduce']) {
      await withContext({ reducedMotion }, async (page) => {
        await openFull(page, lab);
        await page.evaluate(() => {
          window.gaps = [];
          let last = 0;
          new MutationObserver(() => {
            const n = document.querySelector('madoguchi-chat').shadowRoot.querySelectorAll('[data-part]').length;
            if (n) {
              window.gaps.push(performance.now() - last);
              last = performance.now();
            }
          }).observe(document.querySelector('madoguchi-chat').shadowRoot, { childList: true, subtree: true });
        });
        await say(page, '全部');
        await page.locator('[data-part=handoff]').waitFor();
        const slow = await page.evaluate(() => window.gaps.filter((g, i) => i && g > 150).length);
        if (reducedMotion === 'reduce') assert.ok(slow <= 3, `${slow} pauses`);
        else assert.ok(slow >= 9, `${slow} pauses`);
      });
    }
  });

  test('the typing mark stays until the answer; staff are named', () => withContext({}, async (page) => {
    await openFull(page, lab);
    await say(page, '考えて');
    await page.locator('.typing').waitFor();
    stub.say([{ type: 'text', text: '分かりました' }]);
    await botWith(page, '分かりました').waitFor();
    assert.equal(await page.locator('.typing').isVisible(), false);
    await say(page, '職員');
    await page.locator('.msg.staff').filter({ hasText: '山田' }).waitFor();
    assert.equal(await page.locator('.msg.staff .who').textContent(), '職員');
  }));

  test('choosing a language changes the words and tells the server', () => withContext({}, async (page) => {
    await openFull(page);
    await page.locator('.langbtn').click();
    assert.equal(await page.locator('.langs button').count(), 6);
    await shot(page, 'languages');
    await page.locator('.langs').getByText('English').click();
    await until('postback', () => site.seen('messages').length > 0);
    const body = JSON.parse(site.seen('messages')[0].body);
    assert.deepEqual([body.postback, body.label], ['lang:en', 'English']);
    assert.equal(await page.locator('.send .lbl').textContent(), 'Send');
    assert.equal(await page.locator('.root').getAttribute('lang'), 'en');
    // The choice outlives a reload, and what is Japanese stays marked as Japanese.
    await waitSent(page, 'English');
    await page.reload();
    await live(page);
    assert.equal(await page.locator('.send .lbl').textContent(), 'Send');
    if (!REAL) assert.equal(await page.locator('.msg.bot .text').first().getAttribute('lang'), 'ja');
    for (const [code, send] of [['やさしい日本語', 'おくる'], ['中文', '发送'], ['한국어', '보내기'], ['Tiếng Việt', 'Gửi'], ['日本語', '送信']]) {
      await page.locator('.langbtn').click();
      await page.locator('.langs').getByText(code, { exact: true }).click();
      assert.equal(await page.locator('.send .lbl').textContent(), send);
    }
  }));

  test('the location is sent, and a refusal is explained', () => withContext({}, async (page, ctx) => {
    await openFull(page);
    await page.locator('.loc').click();
    await page.locator('.notice').filter({ hasText: '許可されませんでした' }).waitFor();
    await ctx.grantPermissions(['geolocation']);
    await ctx.setGeolocation({ latitude: 34.6512345, longitude: 135.6012345 });
    await page.locator('.loc').click();
    await waitSent(page, '現在地を送りました');
    const body = JSON.parse(site.seen('messages').at(-1).body);
    assert.deepEqual(body.location, { lat: 34.65123, lng: 135.60123 });
  }));
});

describe('Enter and the input method', () => {
  test('Enter inside a real composition does not send', () => withContext({}, async (page, ctx) => {
    await openFull(page);
    const cdp = await ctx.newCDPSession(page);
    const input = page.locator('textarea');
    await input.focus();
    const composing = await input.evaluateHandle((n) => {
      const seen = [];
      n.addEventListener('keydown', (e) => seen.push([e.key, e.isComposing]));
      return seen;
    });
    await cdp.send('Input.imeSetComposition', { text: 'じゅうみんひょう', selectionStart: 8, selectionEnd: 8 });
    await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 });
    assert.deepEqual(await composing.jsonValue(), [['Enter', true]], 'the browser reports a composition');
    await cdp.send('Input.insertText', { text: '住民票' });
    await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 });
    assert.equal(await input.inputValue(), '住民票');
    assert.equal(await page.locator('.msg.mine').count(), 0);
    await input.press('Enter');
    await waitSent(page, '住民票');
  }));

  test('keyCode 229 and the order of Safari do not send', () => withContext({}, async (page) => {
    await openFull(page);
    const input = page.locator('textarea');
    await input.fill('ごみ');
    const enter = (init) => input.evaluate((n, i) => {
      const e = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, composed: true, keyCode: i.keyCode, isComposing: !!i.isComposing });
      if (i.endFirst) n.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: 'ごみ' }));
      n.dispatchEvent(e);
      if (i.keyup) n.dispatchEvent(new KeyboardEvent('keyup', { key: 'Enter', bubbles: true }));
    }, init);
    await enter({ keyCode: 229 });
    await enter({ keyCode: 13, isComposing: true });
    await enter({ keyCode: 229, endFirst: true });
    await enter({ keyCode: 13, endFirst: true, keyup: true });
    assert.equal(await page.locator('.msg.mine').count(), 0);
    assert.equal(await input.inputValue(), 'ごみ');
    await input.press('Shift+Enter');
    await input.pressSequentially('二行目');
    assert.equal(await input.inputValue(), 'ごみ\n二行目');
    assert.ok((await input.boundingBox()).height > 60, 'the field grew');
    await enter({ keyCode: 13 });
    await waitSent(page, '二行目');
    await input.press('Enter'); // nothing to send
    assert.equal(await page.locator('.msg.mine').count(), 1);
  }));
});

describe('losing and finding the line', () => {
  test('a reload restores everything once, and silently', () => withContext({}, async (page) => {
    await openFull(page);
    await say(page, '一つ目');
    await waitSent(page, '一つ目');
    await replies(page).nth(1).waitFor();
    await say(page, '二つ目');
    await waitSent(page, '二つ目');
    await replies(page).nth(2).waitFor();
    const n = await page.locator('.msg').count();
    const was = await transcript(page);
    await page.reload();
    await restored(page, n);
    assert.deepEqual(await transcript(page), was);
    assert.equal(await page.locator('[role=log] .msg').count(), 0, 'history is outside the live region');
    await say(page, '三つ目');
    await page.locator('[role=log] .msg.mine').waitFor();
    await page.locator('[role=log] .msg.bot, [role=log] .msg.staff').first().waitFor();
    assert.equal(await page.locator('.past .msg').count(), n);
  }));

  test('requests that never arrive: sent again, in order, once each', () => withContext({}, async (page) => {
    await openFull(page);
    await replies(page).first().waitFor();
    site.drop('messages', 'before', 2);
    for (const t of ['順番A', '順番B', '順番C']) await say(page, t);
    await page.locator('.msg.mine[data-state=failed]').waitFor();
    await shot(page, 'not-sent');
    for (const t of ['順番A', '順番B', '順番C']) await waitSent(page, t);
    await replies(page).nth(3).waitFor();
    await page.reload();
    await restored(page, 7);
    assert.deepEqual((await transcript(page)).filter((t) => t.startsWith('> ')), ['> 順番A', '> 順番B', '> 順番C']);
  }));

  test('answers that get lost: the same id again, nothing doubled', () => withContext({}, async (page) => {
    await openFull(page);
    await replies(page).first().waitFor();
    // The stream is away too, so that the echo cannot tell the widget that all is well.
    site.drop('events', 'before', 1);
    site.drop('messages', 'after', 1);
    site.cut();
    await say(page, '届いたはず');
    await waitSent(page, '届いたはず');
    await live(page);
    await replies(page).nth(1).waitFor();
    await countOf(page, mine(page, '届いたはず'), 1);
    await page.reload();
    await restored(page, 3);
    await countOf(page, mine(page, '届いたはず'), 1);
    assert.equal(new Set(site.seen('messages').map((s) => JSON.parse(s.body).id)).size, 1);
  }));

  test('再送 tries at once', () => withContext({}, async (page) => {
    await openFull(page);
    site.drop('messages', 'before', 3); // 1 + 2 + 4 s of patience without the button
    await say(page, '押して送る');
    const again = page.getByRole('button', { name: '再送' });
    await again.click();
    await until('second try', () => site.seen('messages').length >= 2);
    await again.click();
    await until('third try', () => site.seen('messages').length >= 3);
    await again.click();
    await waitSent(page, '押して送る');
    await countOf(page, mine(page, '押して送る'), 1);
  }));

  test('an unsent message survives a reload', () => withContext({}, async (page) => {
    await openFull(page);
    await replies(page).first().waitFor();
    site.drop('messages', 'before', 1);
    await say(page, '閉じても残る');
    await page.locator('.msg.mine[data-state=failed]').waitFor();
    await page.reload();
    await waitSent(page, '閉じても残る');
    await page.reload();
    await live(page);
    await mine(page, '閉じても残る').waitFor();
    await countOf(page, mine(page, '閉じても残る'), 1);
  }));

  test('offline: the `online` event sends what waited', () => withContext({}, async (page, ctx) => {
    await page.clock.install();
    await openFull(page);
    await replies(page).first().waitFor();
    // With the clock standing still no back-off ever ends: only the event can send.
    await page.clock.pauseAt(await page.evaluate(() => Date.now() + 2000));
    await ctx.setOffline(true);
    site.cut();
    await say(page, '圏外で書いた');
    await page.locator('.msg.mine[data-state=failed]').waitFor();
    await page.locator('.net').filter({ hasText: '接続が切れました' }).waitFor();
    await ctx.setOffline(false);
    await waitSent(page, '圏外で書いた');
    await live(page);
    await page.clock.resume();
    await replies(page).nth(1).waitFor();
    await countOf(page, mine(page, '圏外で書いた'), 1);
  }));

  test('a cut stream goes on where it stopped', () => withContext({}, async (page) => {
    await openFull(page, lab);
    await botWith(page, 'こんにちは').waitFor();
    lab.drop('events', 'before', 1);
    lab.cut();
    stub.say([{ type: 'text', text: '切れている間の知らせ' }], 'staff');
    await botWith(page, '切れている間の知らせ').waitFor();
    stub.say([{ type: 'text', text: 'つながった後の知らせ' }], 'staff');
    await botWith(page, 'つながった後の知らせ').waitFor();
    await countOf(page, replies(page), 3);
    assert.equal(lab.seen('events').at(-1).headers['last-event-id'], '1');
    // What came after the break is new, so it is announced.
    assert.equal(await page.locator('[role=log] .msg.staff').count(), 2);
  }));

  test('a stream cut between question and answer', () => withContext({}, async (page) => {
    await openFull(page);
    await replies(page).first().waitFor();
    const release = site.hold('messages');
    await say(page, '途中で切れる');
    await until('request', () => site.seen('messages').length === 1);
    site.cut();
    release();
    await waitSent(page, '途中で切れる');
    await replies(page).nth(1).waitFor();
    const was = await transcript(page);
    assert.equal(was.filter((t) => t === '> 途中で切れる').length, 1);
    await page.reload();
    await restored(page, was.length);
    assert.deepEqual(await transcript(page), was);
  }));

  test('a stream that fell silent is opened anew after 40 s', () => withContext({}, async (page) => {
    await page.clock.install();
    await openFull(page, lab);
    await botWith(page, 'こんにちは').waitFor();
    assert.equal(lab.seen('events').length, 1);
    lab.freeze();
    stub.say([{ type: 'text', text: '凍った線の向こう' }]);
    await page.clock.runFor(39000);
    assert.equal(lab.seen('events').length, 1);
    await page.clock.runFor(3000);
    await botWith(page, '凍った線の向こう').waitFor();
    assert.equal(lab.seen('events').length, 2);
    await countOf(page, replies(page), 2);
  }));

  test('a server that replays too much shows nothing twice', () => withContext({}, async (page) => {
    await openFull(page, lab);
    await say(page, '一度だけ');
    await botWith(page, '受け取りました').waitFor();
    // A server that ignores Last-Event-ID
    await page.route('**/events', (route) => {
      const headers = { ...route.request().headers() };
      delete headers['last-event-id'];
      return route.continue({ headers });
    });
    const n = await page.locator('.msg').count();
    lab.cut();
    await until('second stream', () => lab.seen('events').length === 2);
    stub.say([{ type: 'text', text: '最後の知らせ' }]);
    await botWith(page, '最後の知らせ').waitFor();
    assert.equal(await page.locator('.msg').count(), n + 1);
  }));

  test('an unknown token: a new session, and the resident is told', () => withContext({}, async (page) => {
    await openFull(page);
    await replies(page).first().waitFor();
    await page.evaluate(() => {
      const key = Object.keys(localStorage).find((k) => k.endsWith(':token'));
      localStorage.setItem(key, '00000000-0000-4000-8000-000000000000');
    });
    await page.reload();
    await page.locator('.notice').filter({ hasText: '新しい会話' }).waitFor();
    await live(page);
    await say(page, '新しい会話で');
    await waitSent(page, '新しい会話で');
    assert.equal(await page.locator('.notice').count(), 1);
  }));

  test('a token that becomes unknown while sending loses nothing', () => withContext({}, async (page) => {
    await openFull(page, lab);
    await botWith(page, 'こんにちは').waitFor();
    stub.sessions.clear();
    await say(page, '消えた会話へ');
    await waitSent(page, '消えた会話へ');
    await botWith(page, '受け取りました: 消えた会話へ').waitFor();
    await page.locator('.notice').waitFor();
    await countOf(page, mine(page, '消えた会話へ'), 1);
    assert.equal(lab.seen('session').length, 2);
  }));

  test('refusals show their reason at the message', () => withContext({}, async (page) => {
    await openFull(page);
    site.answer('messages', 413, { error: 'メッセージは2000字までです' });
    await say(page, '長すぎる文');
    const bad = page.locator('.msg.mine[data-state=rejected]');
    await bad.waitFor();
    assert.match(await bad.locator('.state').textContent(), /2000字まで/);
    await say(page, '次の文'); // the refused one does not block the queue
    await waitSent(page, '次の文');
    await shot(page, 'refused');
    await bad.getByRole('button', { name: '書き直す' }).click();
    assert.equal(await page.locator('textarea').inputValue(), '長すぎる文');
    assert.equal(await bad.count(), 0);
    site.answer('messages', 400, { error: '空のメッセージです' });
    await page.locator('textarea').press('Enter');
    await bad.waitFor();
    await page.reload();
    await bad.waitFor(); // still there to be corrected
    await bad.getByRole('button', { name: '取り消す' }).click();
    await live(page);
    assert.equal(await bad.count(), 0);
  }));

  test('429 and 503 are tried again later', () => withContext({}, async (page) => {
    await openFull(page);
    site.answer('messages', 429, { error: 'busy' }, { headers: { 'Retry-After': '1' } });
    site.answer('messages', 503, {});
    await say(page, '混んでいても');
    await page.locator('.msg.mine[data-state=busy]').waitFor();
    await waitSent(page, '混んでいても');
    assert.equal(site.seen('messages').length, 3);
  }));

  test('two tabs share one conversation', () => withContext({}, async (page, ctx) => {
    const other = await ctx.newPage();
    const release = site.hold('session'); // both are opened before either has a token
    await Promise.all([page.goto(fullUrl(site)), other.goto(fullUrl(site))]);
    await until('a session', () => site.seen('session').length > 0);
    release();
    await live(page);
    await live(other);
    assert.equal(site.seen('session').length, 1);
    await say(page, '左の窓から');
    await mine(other, '左の窓から').waitFor();
    await say(other, '右の窓から');
    await mine(page, '右の窓から').waitFor();
    await countOf(page, mine(page, '左の窓から'), 1);
    await countOf(other, mine(other, '右の窓から'), 1);
  }));

  test('a closed chat counts what it missed', () => withContext({}, async (page) => {
    await page.goto(`${foreign.url}?base=${lab.url}`);
    await page.locator('.launcher').click();
    await botWith(page, 'こんにちは').waitFor();
    await page.keyboard.press('Escape');
    stub.say([{ type: 'text', text: 'お返事です' }], 'staff');
    await page.locator('.badge').filter({ hasText: '1' }).waitFor();
    await page.reload(); // the next page of the city's site
    await page.locator('.badge').filter({ hasText: '1' }).waitFor();
    await page.locator('.launcher').click();
    await botWith(page, 'お返事です').waitFor();
    assert.equal(await page.locator('.badge').isVisible(), false);
  }));
});

describe('for everybody', () => {
  const active = (page) => page.evaluate(() => {
    let n = document.activeElement;
    while (n && n.shadowRoot && n.shadowRoot.activeElement) n = n.shadowRoot.activeElement;
    return n ? `${n.className || n.tagName.toLowerCase()}|${n.textContent.trim()}` : '';
  });

  async function tabTo(page, wanted, key = 'Tab') {
    for (let i = 0; i < 40; i++) {
      if (wanted.test(await active(page))) return;
      await page.keyboard.press(key);
    }
    assert.fail(`no way by ${key} to ${wanted}; now at ${await active(page)}`);
  }

  test('keyboard only', () => withContext({}, async (page) => {
    await page.goto(`${foreign.url}?base=${lab.url}`);
    await page.locator('.launcher').waitFor();
    await tabTo(page, /^launcher/);
    const ring = await page.locator('.launcher').evaluate((n) => getComputedStyle(n).outlineStyle + getComputedStyle(n).outlineWidth);
    assert.equal(ring, 'solid3px');
    await page.keyboard.press('Enter');
    await live(page);
    assert.match(await active(page), /^textarea/);
    await page.keyboard.type('keyboard');
    await page.keyboard.press('Enter');
    await botWith(page, '受け取りました: keyboard').waitFor();
    await page.getByRole('button', { name: 'いいえ' }).waitFor();
    await tabTo(page, /^btn\|はい/, 'Shift+Tab');
    await page.keyboard.press('Space');
    await botWith(page, '選択: more:yes').waitFor();
    await tabTo(page, /^langbtn/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    assert.match(await active(page), /日本語/);
    await page.keyboard.press('Escape'); // the list first, then the window
    assert.match(await active(page), /^langbtn/);
    assert.equal(await page.locator('.panel').isVisible(), true);
    await page.keyboard.press('Enter');
    await tabTo(page, /English/);
    await page.keyboard.press('Enter');
    await botWith(page, '選択: lang:en').waitFor();
    await page.keyboard.press('Escape');
    assert.match(await active(page), /^launcher/);
  }));

  test('on a phone the focus stays inside the window that covers the page', () => withContext({ viewport: PHONE }, async (page) => {
    await page.goto(`${foreign.url}?base=${lab.url}`);
    await page.locator('.launcher').click();
    await live(page);
    assert.equal(await page.locator('.panel').getAttribute('aria-modal'), 'true');
    const box = await page.locator('.panel').boundingBox();
    assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, PHONE.width, PHONE.height]);
    for (const key of ['Tab', 'Shift+Tab']) {
      for (let i = 0; i < 12; i++) {
        await page.keyboard.press(key);
        assert.ok(await page.evaluate(() => document.activeElement?.tagName === 'MADOGUCHI-CHAT'), `${key} ${i}`);
      }
    }
  }));

  for (const [size, viewport] of [['phone', PHONE], ['desktop', DESKTOP]]) {
    for (const colorScheme of ['light', 'dark']) {
      test(`axe: ${size}, ${colorScheme}`, () => withContext({ viewport, colorScheme, deviceScaleFactor: size === 'phone' ? 2 : 1 }, async (page) => {
        const name = `${size}-${colorScheme}`;
        await page.goto(`${foreign.url}?base=${lab.url}`);
        await page.locator('.launcher').waitFor();
        await axe(page, `${name} closed`);
        await shot(page, `${name}-closed`);
        await page.locator('.launcher').click();
        await botWith(page, 'こんにちは').waitFor();
        await axe(page, `${name} open`);
        await say(page, 'ごみの出し方を教えてください');
        await botWith(page, '受け取りました').waitFor();
        await page.getByRole('button', { name: 'いいえ' }).waitFor();
        await shot(page, `${name}-talk`);

        await openFull(page, lab);
        await say(page, '全部');
        await page.locator('[data-part=handoff]').waitFor();
        await page.waitForFunction(() => document.querySelector('madoguchi-chat').shadowRoot.querySelector('img').naturalWidth > 0);
        await shot(page, `${name}-long-1`);
        await axe(page, `${name} all parts`);
        for (const [i, part] of ['cards', 'date', 'handoff'].entries()) {
          await page.locator(`[data-part=${part}]`).first().evaluate((n) => n.scrollIntoView({ block: 'start' }));
          await shot(page, `${name}-long-${i + 2}`);
        }
        lab.answer('messages', 413, { error: 'メッセージは2000字までです' });
        await say(page, '断られる文');
        await page.locator('.msg.mine[data-state=rejected]').waitFor();
        await page.locator('.langbtn').click();
        await axe(page, `${name} refused, languages open`);
        await shot(page, `${name}-refused`);
      }));
    }
  }

  test('axe on the server under test', { skip: !REAL }, () => withContext({}, async (page) => {
    await openFull(page, site);
    await replies(page).first().waitFor();
    await axe(page, 'greeting');
    await shot(page, 'real-greeting');
  }));

  test('320 px wide and short windows: nothing cut off, targets of 44 px, every language', () => withContext({ viewport: { width: 320, height: 568 } }, async (page) => {
    await openFull(page, lab);
    await say(page, '全部');
    await page.locator('[data-part=handoff]').waitFor();
    for (const lang of ['ja', 'ja-easy', 'en', 'zh', 'ko', 'vi']) {
      await page.locator('.langbtn').click();
      await page.locator(`.langs [data-code=${lang}]`).click();
      const bad = await page.locator('madoguchi-chat').evaluate((chat) => {
        const out = [];
        const root = chat.shadowRoot;
        const scroller = root.querySelector('.scroll');
        if (scroller.scrollWidth > scroller.clientWidth) out.push(`log ${scroller.scrollWidth} > ${scroller.clientWidth}`);
        if (document.documentElement.scrollWidth > innerWidth) out.push('page scrolls sideways');
        for (const n of root.querySelectorAll('button, a.btn, a.tel, textarea, .when input')) {
          const r = n.getBoundingClientRect();
          if (!r.width) continue;
          if (r.width < 44 || r.height < 43.5) out.push(`${n.className} ${n.textContent} ${r.width}x${r.height}`);
          if (r.left < 0 || r.right > innerWidth + 0.5) out.push(`${n.className} ${n.textContent} sticks out`);
        }
        return out;
      });
      assert.deepEqual(bad, [], lang);
      await shot(page, `narrow-${lang}`);
    }
    // 1280x1024 at 400 %
    await page.setViewportSize({ width: 320, height: 256 });
    const room = await page.locator('.scroll').evaluate((n) => n.clientHeight);
    assert.ok(room >= 90, `${room}px left for the conversation`);
    await axe(page, '400 %');
    await shot(page, 'zoom-400');
  }));

  test('text at 200 % of the reader\'s setting', () => withContext({ viewport: { width: 640, height: 400 }, bypassCSP: true }, async (page) => {
    await openFull(page, lab);
    await page.addStyleTag({ content: 'html{font-size:200%}' });
    await say(page, '大きな文字で');
    await botWith(page, '受け取りました').waitFor();
    assert.ok(await page.locator('.msg.mine .text').evaluate((n) => parseFloat(getComputedStyle(n).fontSize) >= 34));
    assert.ok(await page.locator('.scroll').evaluate((n) => n.scrollWidth <= n.clientWidth && n.clientHeight > 90));
    await shot(page, 'text-200');
  }));

  test('forced colours', () => withContext({ forcedColors: 'active', viewport: PHONE }, async (page) => {
    await openFull(page, lab);
    await say(page, 'はいいろ');
    await botWith(page, '受け取りました').waitFor();
    await page.getByRole('button', { name: 'いいえ' }).waitFor();
    const borders = await page.locator('.bubble').evaluateAll((all) => all.every((n) => parseFloat(getComputedStyle(n).borderTopWidth) >= 1));
    assert.ok(borders);
    await shot(page, 'forced-colours');
  }));

  test('a long answer is followed to its start, not to its end', () => withContext({ viewport: PHONE, reducedMotion: 'reduce' }, async (page) => {
    await openFull(page, lab);
    await say(page, '全部');
    await page.locator('[data-part=handoff]').waitFor();
    const top = await page.locator('.msg.mine').evaluate((n) => n.getBoundingClientRect().top - n.getRootNode().querySelector('.scroll').getBoundingClientRect().top);
    assert.ok(top >= 0 && top < 60, `own question at ${top}px`);
    await page.locator('.jump').click();
    await page.locator('.jump').waitFor({ state: 'hidden' });
    // Someone reading further up is left in peace.
    await page.locator('.scroll').evaluate((n) => { n.scrollTop = 0; });
    await page.locator('.jump').waitFor();
    stub.say([{ type: 'text', text: '邪魔をしない知らせ' }]);
    await botWith(page, '邪魔をしない知らせ').waitFor();
    assert.equal(await page.locator('.scroll').evaluate((n) => n.scrollTop), 0);
  }));
});
