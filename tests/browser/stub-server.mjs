// A small stand-in for the web chat server: the same API, conversations in memory, and a bot that
// echoes or, when asked for "全部", answers with every kind of part. It lets the widget be tested
// (and looked at: `node stub-server.mjs 8080`) without the real server.
import http from 'node:http';
import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const ASSETS = new URL('../../bot/channels/assets/widget/', import.meta.url);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CITY_NAMES = { aoba: 'あおば市' };
const MAX_TEXT = 2000;

// As strict as the real page should be; the widget has to live with it.
const CSP = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, Last-Event-ID',
  'Access-Control-Expose-Headers': 'Retry-After',
  'Access-Control-Max-Age': '600',
};

const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="300" viewBox="0 0 640 300">
<rect width="640" height="300" fill="#dcebe4"/><path d="M0 210Q160 120 320 200T640 170V300H0Z" fill="#7fb08f"/>
<rect x="230" y="110" width="180" height="110" fill="#f7f4ea" stroke="#4b6b5a" stroke-width="4"/>
<path d="M215 112L320 60 425 112Z" fill="#4b6b5a"/></svg>`;

export function everyPart() {
  return [
    { type: 'text', text: 'いろいろな形の返事です。\n一つずつ順番に届きます。くわしくは https://www.city.aoba.example/guide をご覧ください。' },
    {
      type: 'choices',
      text: 'どの手続きについて知りたいですか。',
      choices: [
        { label: '住民票の写し', value: 'topic:residence' },
        { label: 'ごみの分別', value: 'topic:waste' },
        { label: '引っ越しのときに必要な手続きをまとめて見る', value: 'topic:move' },
      ],
    },
    {
      type: 'cards',
      text: '近くの避難所です。',
      cards: [
        {
          title: 'さくら小学校', subtitle: '避難所・約350 m', lines: ['収容 420人', 'ペット同伴できます', '車いす対応トイレあり'],
          place: { lat: 34.651, lng: 135.601, address: 'あおば市さくら町二丁目4-1' },
          actions: [{ label: 'ここについて聞く', value: 'shelter:1' }, { label: '市のページ', url: 'https://www.city.aoba.example/shelter/1' }],
        },
        {
          title: '青葉公民館', lines: ['収容 120人'], place: { lat: 34.653, lng: 135.604, address: 'あおば市本町一丁目2-8' },
          actions: [{ label: '動かしてはいけないリンク', url: 'javascript:window.__hacked=1' }, { label: 'ここについて聞く', value: 'shelter:2' }],
        },
      ],
    },
    { type: 'place', text: 'あおば市役所', address: 'あおば市中央一丁目1-1', lat: 34.65, lng: 135.6, url: 'https://maps.example/route?to=34.65,135.6' },
    { type: 'date', text: '引っ越す日を教えてください。', mode: 'date', min: '2026-10-01', max: '2026-12-28', value: 'move-date:' },
    { type: 'date', text: '来られる時刻を教えてください。', mode: 'time' },
    { type: 'date', text: '面談の希望日時を教えてください。', mode: 'datetime' },
    { type: 'image', text: '市役所本庁舎の外観', url: '/picture.svg' },
    { type: 'link', text: '申請はこちらからできます。', label: '粗大ごみの申し込み', url: 'https://www.city.aoba.example/sodai' },
    { type: 'handoff', text: 'くわしいことは職員がお答えします。', desk: '環境事業課', phone: '06-0000-1234', hours: '月-金 9:00-17:30' },
  ];
}

export async function startStub({ port = 0, host = '127.0.0.1', pingMs = 15000 } = {}) {
  const sessions = new Map();
  const streams = new Set();

  const frame = (m) => `id: ${m.seq}\nevent: message\ndata: ${JSON.stringify(m)}\n\n`;
  const send = (s, text) => {
    for (const st of streams) if (st.session === s) st.res.write(text);
  };
  function add(s, message) {
    const m = { seq: s.log.length + 1, at: new Date().toISOString(), ...message };
    s.log.push(m);
    send(s, frame(m));
    return m;
  }
  const bot = (s, parts, from = 'bot') => add(s, { from, id: randomUUID(), parts });

  function answer(s, input) {
    if (input.text === '静かに') return;
    send(s, 'event: typing\ndata: {}\n\n');
    if (input.text === '考えて') return;
    if (input.text === '全部') bot(s, everyPart());
    else if (input.text === '職員') bot(s, [{ type: 'text', text: '職員の山田です。お待たせしました。' }], 'staff');
    else if (input.postback) bot(s, [{ type: 'text', text: `選択: ${input.postback}` }]);
    else if (input.location) bot(s, [{ type: 'text', text: `位置: ${input.location.lat}, ${input.location.lng}` }]);
    else {
      bot(s, [
        { type: 'text', text: `受け取りました: ${input.text}` },
        { type: 'choices', text: 'ほかに知りたいことはありますか。', choices: [{ label: 'はい', value: 'more:yes' }, { label: 'いいえ', value: 'more:no' }] },
      ]);
    }
  }

  function body(req) {
    return new Promise((resolve, reject) => {
      const chunks = [];
      req.on('data', (c) => chunks.push(c));
      req.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      req.on('error', reject);
    });
  }

  const server = http.createServer(async (req, res) => {
    const url = new URL(req.url, 'http://stub');
    const json = (status, value, headers = {}) => {
      res.writeHead(status, { 'Content-Type': 'application/json', ...CORS, ...headers });
      res.end(JSON.stringify(value));
    };
    try {
      if (req.method === 'OPTIONS') {
        res.writeHead(204, CORS);
        return res.end();
      }
      if (url.pathname === '/widget.js') {
        res.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8', 'X-Content-Type-Options': 'nosniff', ...CORS });
        return res.end(await readFile(new URL('widget.js', ASSETS)));
      }
      if (url.pathname === '/picture.svg') {
        res.writeHead(200, { 'Content-Type': 'image/svg+xml' });
        return res.end(PICTURE);
      }
      const m = /^\/chat\/([a-z0-9-]+)(?:\/(session|messages|events))?$/.exec(url.pathname);
      if (!m) return json(404, { error: 'not found' });
      const [, city, what] = m;
      if (!what) {
        const page = (await readFile(new URL('chat.html', ASSETS), 'utf8')).replaceAll('{{city}}', city).replaceAll('{{city_name}}', CITY_NAMES[city] || city);
        res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': CSP });
        return res.end(page);
      }
      if (what === 'session' && req.method === 'POST') {
        const token = randomUUID();
        const s = { token, city, log: [], ids: new Map() };
        sessions.set(token, s);
        bot(s, [{ type: 'text', text: `こんにちは。${CITY_NAMES[city] || city}の窓口です。` }]);
        return json(201, { token, name: CITY_NAMES[city], name_en: 'Aoba City' });
      }
      const s = sessions.get((req.headers.authorization || '').replace(/^Bearer /, ''));
      if (!s) return json(401, { error: 'unknown token' });
      if (what === 'messages' && req.method === 'POST') {
        let input;
        try { input = JSON.parse(await body(req)); } catch { return json(400, { error: 'JSONではありません' }); }
        if (!UUID.test(input.id || '')) return json(400, { error: 'idがありません' });
        if (s.ids.has(input.id)) return json(202, { id: input.id });
        const text = input.text ?? input.label ?? (input.location ? '現在地を送りました' : '');
        if (!text) return json(400, { error: '空のメッセージです' });
        if (text.length > MAX_TEXT) return json(413, { error: `メッセージは${MAX_TEXT}字までです` });
        s.ids.set(input.id, input);
        add(s, { from: 'resident', id: input.id, text });
        json(202, { id: input.id });
        return answer(s, input);
      }
      if (what === 'events' && req.method === 'GET') {
        res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', ...CORS });
        res.write(': hello\n\n');
        const after = Number(req.headers['last-event-id'] || 0);
        for (const old of s.log) if (old.seq > after) res.write(frame(old));
        const st = { session: s, res };
        streams.add(st);
        const ping = setInterval(() => res.write(': ping\n\n'), pingMs);
        res.on('close', () => {
          clearInterval(ping);
          streams.delete(st);
        });
        return undefined;
      }
      return json(405, { error: 'method' });
    } catch (e) {
      if (!res.headersSent) json(500, { error: String(e) });
      else res.destroy();
      return undefined;
    }
  });
  await new Promise((resolve) => server.listen(port, host, resolve));

  return {
    url: `http://${host}:${server.address().port}`,
    sessions,
    /** Puts a message of the bot or the staff into every conversation. */
    say: (parts, from) => sessions.forEach((s) => void bot(s, parts, from)),
    stop: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stub = await startStub({ port: Number(process.argv[2] || 8080) });
  console.log(`${stub.url}/chat/aoba`);
}
