// What a page cannot do by itself: live updates, keys, the notice of something new. Without it every form still works.
'use strict';
const $ = (selector) => document.querySelector(selector);
const talk = $('#talk');
const log = $('#history');
const base = $('.brand')?.getAttribute('href') ?? '/backoffice';

// Fetches at once, then at most six times a second: many changes are one look.
function calm(look) {
  let running = false;
  let again = false;
  return async () => {
    if (running) { again = true; return; }
    running = true;
    do {
      again = false;
      await look().catch(() => {});
      await new Promise((done) => setTimeout(done, 150));
    } while (again);
    running = false;
  };
}

async function get(address) {
  const answer = await fetch(address, { headers: { 'x-live': document.hidden ? '1' : 'seen' }, redirect: 'manual' });
  if (answer.type === 'opaqueredirect') { location.reload(); throw new Error('logged out'); }
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

const parse = (html) => { const holder = document.createElement('template'); holder.innerHTML = html; return holder.content; };

let alarms = Number($('#list')?.dataset.alarms ?? 0);
let waiting = Number($('#list')?.dataset.waiting ?? 0);
const title = document.title;

const renewList = calm(async () => {
  const list = $('#list');
  if (!list || list.contains(document.activeElement) && document.activeElement.matches('input, select')) return;
  const fresh = parse(await get(list.dataset.src)).querySelector('#list');
  const scrolled = list.scrollTop;
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  const open = talk && fresh.querySelector(`li > a[href*="${talk.dataset.id}"]`);
  if (open) open.setAttribute('aria-current', 'true');
  list.replaceChildren(...fresh.childNodes);
  list.scrollTop = scrolled;
  if (focused) [...list.querySelectorAll('a')].find((link) => link.getAttribute('href') === focused)?.focus();
  const [nowAlarms, nowWaiting] = [Number(fresh.dataset.alarms), Number(fresh.dataset.waiting)];
  if (nowAlarms > alarms) tell('緊急の発言があります', true);
  else if (nowWaiting > waiting) tell('職員を待つ会話が増えました', false);
  [alarms, waiting] = [nowAlarms, nowWaiting];
  document.title = nowWaiting > 0 ? `(${nowWaiting}) ${title}` : title;
});

const renewTalk = calm(async () => {
  const near = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  const fresh = parse(await get(talk.dataset.src));
  const head = fresh.querySelector('template');
  if (head) {
    const form = $('#reply');
    // What was being written before the other's reply came stays; sending it then means that it was read.
    if (form && !form.elements.text.value.trim()) form.elements.seen.value = head.dataset.seen;
    else if (form && form.elements.seen.value !== head.dataset.seen) { say('ほかの職員が返信しました。読んでから送ってください。'); form.dataset.seen = head.dataset.seen; }
    const next = head.content.querySelector('#talkhead');
    if (next && !$('#talkhead').contains(document.activeElement)) $('#talkhead').replaceWith(next);
    const [side, panel] = [head.content.querySelector('.panel'), $('.panel')];
    if (side && panel && !panel.contains(document.activeElement)) panel.replaceWith(side);
    head.remove();
  }
  log.replaceChildren(...fresh.childNodes);
  if (near) log.scrollTop = log.scrollHeight;
});

function say(words) {
  const status = $('#status');
  status.textContent = words;
  setTimeout(() => { if (status.textContent === words) status.textContent = ''; }, 6000);
}

// A notice of the browser if it was allowed, and a sound (a short one; twice for an emergency).
function tell(words, urgent) {
  say(words);
  if (on('notices') && document.hidden && 'Notification' in window && Notification.permission === 'granted') new Notification('まどぐち', { body: words, tag: urgent ? 'alarm' : 'new' });
  beep(urgent ? 2 : 1);
}

// What this browser is told: on unless somebody has switched it off.
const on = (what) => localStorage.getItem(`madoguchi-${what}`) !== 'off';

let sound;
function beep(times) {
  if (!sound || !on('sound')) return;
  for (let n = 0; n < times; n += 1) {
    const [tone, volume] = [sound.createOscillator(), sound.createGain()];
    const at = sound.currentTime + n * 0.35;
    tone.frequency.value = times > 1 ? 880 : 620;
    volume.gain.setValueAtTime(0.06, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.25);
    tone.connect(volume).connect(sound.destination);
    tone.start(at);
    tone.stop(at + 0.26);
  }
}

// Browsers allow sound and notices only after somebody has done something.
addEventListener('pointerdown', allow, { once: true });
addEventListener('keydown', allow, { once: true });
function allow() {
  sound ??= new AudioContext();
  if ('Notification' in window && Notification.permission === 'default' && on('notices') && $('#list')) Notification.requestPermission().catch(() => {});
}

if ($('#list')) {
  const events = new EventSource(`${base}/events${talk ? `?talk=${talk.dataset.id}` : ''}`);
  events.addEventListener('list', renewList);
  events.addEventListener('talk', () => { renewList(); if (talk) renewTalk(); });
  events.addEventListener('who', (event) => { const { who, typing } = JSON.parse(event.data); there(who, typing); });
  // After a gap: look once.
  let lost = false;
  events.addEventListener('error', () => { lost = true; });
  events.addEventListener('open', () => { if (lost) { renewList(); if (talk) renewTalk(); } lost = false; });
  setInterval(renewList, 60000);
}

const others = new Map();
function there(who, typing) {
  others.set(who, { typing, until: Date.now() + 15000 });
  showOthers();
}
function showOthers() {
  const place = $('#others');
  if (!place) return;
  for (const [who, { until }] of others) if (until < Date.now()) others.delete(who);
  place.textContent = [...others].map(([who, { typing }]) => (typing ? `${who}さんが返信を書いています` : `${who}さんも見ています`)).join('　');
}

if (talk) {
  log.scrollTop = log.scrollHeight;
  const here = (typing) => fetch(talk.dataset.presence, { method: 'POST', headers: { 'x-live': '1' }, body: new URLSearchParams({ csrf: talk.dataset.csrf, typing: typing ? '1' : '0' }) }).catch(() => {});
  here(false);
  setInterval(() => { if (!document.hidden) here(Boolean($('#text')?.value.trim())); showOthers(); }, 8000);
  let typed = 0;
  $('#text')?.addEventListener('input', () => { if (Date.now() - typed > 3000) { typed = Date.now(); here(true); } });

  // A form that is sent without leaving the page.
  for (const id of ['#reply', '#noteform']) {
    $(id)?.addEventListener('submit', async (event) => {
      event.preventDefault();
      const form = event.currentTarget;
      const button = form.querySelector('button[type=submit]');
      if (button.disabled) return;
      button.disabled = true;
      try {
        const answer = await fetch(form.action, { method: 'POST', headers: { 'x-live': '1' }, body: form.enctype === 'multipart/form-data' ? new FormData(form) : new URLSearchParams(new FormData(form)) });
        if (answer.ok) {
          form.querySelectorAll('textarea, input:not([type=hidden]), select').forEach((field) => { field.value = ''; });
          if (form.elements.form) form.elements.form.value = crypto.randomUUID?.() ?? form.elements.form.value.replace(/.{12}$/, String(Date.now()).slice(-12).padStart(12, '0'));
          delete form.dataset.seen;
          await renewTalk();
        } else {
          const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
          say(page.querySelector('[role=alert], main p')?.textContent ?? '送れませんでした。');
          if (answer.status === 409) { await renewTalk(); if (form.dataset.seen) form.elements.seen.value = form.dataset.seen; }
        }
      } catch { say('送れませんでした。つながりを確かめて、もう一度送ってください。'); }
      button.disabled = false;
    });
  }
  $('#text')?.addEventListener('keydown', (event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form.requestSubmit(); });
  $('#canned')?.addEventListener('change', (event) => { const text = $('#text'); text.value += (text.value ? '\n' : '') + event.target.value; event.target.value = ''; text.focus(); });
}

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.matches('input, textarea, select')) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  const links = [...document.querySelectorAll('.list li > a')];
  const at = links.findIndex((link) => link === document.activeElement || link.hasAttribute('aria-current'));
  const keys = {
    j: () => links[Math.min(at + 1, links.length - 1)]?.click(),
    k: () => links[Math.max(at - 1, 0)]?.click(),
    '/': () => $('input[type=search]')?.focus(),
    r: () => $('#text')?.focus(),
    n: () => $('#note')?.focus(),
    t: () => $('#take')?.click(),
    g: () => { location.href = base; },
    '?': () => { location.href = `${base}/keys`; },
  };
  if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
});

// The page of keys and notices.
for (const what of ['sound', 'notices']) {
  const box = $(`#${what}`);
  if (!box) continue;
  box.checked = on(what);
  box.addEventListener('change', () => { localStorage.setItem(`madoguchi-${what}`, box.checked ? 'on' : 'off'); });
}
$('#try')?.addEventListener('click', async () => {
  beep(1);
  const state = $('#notice-state');
  if (!('Notification' in window)) { state.textContent = 'このブラウザーは通知を出せません。'; return; }
  const allowed = on('notices') ? await Notification.requestPermission() : 'off';
  if (allowed === 'granted') new Notification('まどぐち', { body: '通知はこのように出ます。' });
  state.textContent = { granted: '通知を出しました。', denied: 'ブラウザーの設定で通知が止められています。', off: '通知は切ってあります。' }[allowed] ?? '';
});
