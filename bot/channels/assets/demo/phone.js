// The phone: listens to the talk, draws it, and sends what its user does.

import { clock, el } from './dom.js';
import { message } from './render.js';
import { pickPlace, pickSticker } from './sheets.js';
import { Tap } from './tap.js';
import { act, listen, redeliver, renewUser, sendPhoto, userId } from './wire.js';

const byId = (id) => document.getElementById(id);
const WAIT_MS = 20000;
const RETRY_MS = [1000, 2000, 4000, 8000];
const PHOTO_SIDE = 1280; // pixels; the stand-in takes up to 10 MB

export class Phone {
  constructor() {
    this.tap = new Tap(this);
    this.log = byId('log');
    this.text = byId('text');
    this.bind();
    this.reset();
  }

  bind() {
    const on = (id, what, run) => byId(id).addEventListener(what, run);
    on('composer', 'submit', async (event) => {
      event.preventDefault();
      const text = this.text.value.trim();
      if (!text) return;
      this.fill('');
      // What did not go out is given back, unless something else is being written already.
      if (!(await this.say(text)) && !this.text.value) this.fill(text);
    });
    // Enter sends, but not the Enter that ends a conversion (229 is Safari's way to say so).
    on('text', 'keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      byId('composer').requestSubmit();
    });
    on('text', 'input', () => this.grow());
    on('sticker-open', 'click', async () => {
      const sticker = await pickSticker();
      if (!sticker) return;
      const { packageId, stickerId, keywords } = sticker;
      this.send({ type: 'sticker', packageId, stickerId, keywords });
    });
    on('place-open', 'click', () => this.askPlace());
    on('photo-open', 'click', () => this.askPhoto());
    on('photo', 'change', () => this.photo());
    on('menu-open', 'click', () => byId('menu-sheet').showModal());
    on('block', 'click', () => this.leave('unfollow'));
    on('unblock', 'click', () => this.deliver(act('follow')));
    on('renew', 'click', () => {
      byId('menu-sheet').close();
      renewUser();
      this.start();
    });
  }

  // Everything from the beginning, for whoever the user is now.
  reset() {
    this.after = 0;
    this.typing = 0;
    this.log.setAttribute('aria-live', 'off');
    this.log.replaceChildren();
    this.dots = null;
    this.quick([]);
    byId('user-id').textContent = userId();
  }

  start() {
    if (this.stop) this.stop.abort();
    this.stop = new AbortController();
    this.reset();
    this.listen(this.stop.signal);
  }

  async listen(signal) {
    let [fails, wait] = [0, 0];
    while (!signal.aborted) {
      try {
        const page = await listen(this.after, this.typing, wait, signal);
        if (signal.aborted) return;
        if (fails) this.note('');
        fails = 0;
        // The stand-in forgets with its server; then the talk begins anew.
        if (page.last < this.after) {
          this.reset();
          wait = 0;
          continue;
        }
        this.draw(page);
        wait = WAIT_MS;
      } catch {
        if (signal.aborted) return;
        this.note('サーバーにつながりません。つなぎ直しています…');
        await new Promise((done) => setTimeout(done, RETRY_MS[Math.min(fails++, RETRY_MS.length - 1)]));
      }
    }
  }

  draw(page) {
    const first = this.after === 0 && this.log.getAttribute('aria-live') === 'off';
    const atEnd = first || this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    if (first) this.log.append(this.welcome(page.last === 0));
    for (const entry of page.entries) this.log.append(this.entry(entry));
    if (page.entries.length) this.quick(quickReplies(page.entries.at(-1)));
    this.after = page.last;
    this.typing = page.typing.n;
    this.showTyping(page.typing.until - page.now);
    const mine = page.entries.some((entry) => entry.via === 'user');
    if (atEnd || mine) this.toEnd();
    byId('composer').hidden = page.blocked;
    byId('gone').hidden = !page.blocked;
    // Only what comes from now on is read out, not the history.
    if (first) requestAnimationFrame(() => this.log.setAttribute('aria-live', 'polite'));
  }

  welcome(empty) {
    const words = el('p', '', empty ? '友だちに追加すると、あいさつが届きます。' : 'ここから始まりました。');
    if (!empty) return el('div', 'welcome', words);
    const add = el('button', 'main', '友だちに追加');
    add.type = 'button';
    add.addEventListener('click', () => {
      card.remove();
      this.text.focus();
      this.deliver(act('follow'));
    });
    const card = el('div', 'welcome', words, add);
    return card;
  }

  entry(entry) {
    const mine = entry.via === 'user';
    const [given] = entry.messages;
    const quiet = mine && { follow: '友だちに追加しました', unfollow: 'ブロックしました' }[given.type];
    if (quiet) return el('p', 'event', quiet);
    const node = el('div', 'entry ' + (mine ? 'mine' : 'theirs'));
    node.append(el('span', 'sr', mine ? 'あなた' : 'あおば市'));
    for (const one of entry.messages) {
      node.append(one.type === 'postback' ? tapped(one) : message(one, this.tap, mine));
    }
    const how = { push: '・プッシュ', multicast: '・一斉送信' }[entry.via] || '';
    node.append(el('span', 'when', clock(entry.at) + how));
    return node;
  }

  // The loading animation, for as long as the platform was asked to show it.
  showTyping(ms) {
    clearTimeout(this.typingEnd);
    if (this.dots) this.dots.remove();
    this.dots = null;
    if (ms <= 0) return;
    this.dots = el('div', 'typing', el('i', ''), el('i', ''), el('i', ''));
    this.dots.setAttribute('role', 'img');
    this.dots.setAttribute('aria-label', '返事を用意しています');
    this.log.append(this.dots);
    this.typingEnd = setTimeout(() => this.showTyping(0), ms);
  }

  quick(items) {
    const bar = byId('quick');
    const focused = bar.contains(document.activeElement);
    bar.replaceChildren(...items.map((item) => this.tap.control(item.action || {}, 'chip')));
    bar.hidden = items.length === 0;
    // A chip that vanishes under the focus hands it on; not to the text, which would open the keyboard.
    if (focused) this.log.focus({ preventScroll: true });
  }

  say(text) {
    return this.send({ type: 'text', text });
  }

  send(given) {
    return this.deliver(act('send', given));
  }

  postback(data, displayText, params) {
    return this.deliver(act('postback', { data, displayText, params }));
  }

  async askPlace() {
    const place = await pickPlace();
    if (place) this.send({ type: 'location', ...place });
  }

  askPhoto() {
    byId('photo').click();
  }

  async photo() {
    const [file] = byId('photo').files;
    byId('photo').value = '';
    if (!file) return;
    try {
      this.deliver(sendPhoto(await smaller(file)));
    } catch {
      this.note('この写真は読み込めませんでした。');
    }
  }

  leave(what) {
    byId('menu-sheet').close();
    this.deliver(act(what));
  }

  // Says so if the bot did not take what was sent, and offers to deliver it again. False if nothing was sent.
  async deliver(under) {
    try {
      const told = await under;
      if (told.status >= 200 && told.status < 300) {
        this.note('');
        return true;
      }
      const again = el('button', '', 'もう一度届ける');
      again.type = 'button';
      again.addEventListener('click', () => this.deliver(redeliver(told.webhookEventId)));
      this.note('窓口のサーバーが受け取れませんでした' + (told.status ? '（状態 ' + told.status + '）。' : '。'), again);
      return true;
    } catch (error) {
      this.note('送れませんでした（' + error.message + '）。');
      return false;
    }
  }

  note(words, ...more) {
    byId('notice').replaceChildren(...(words ? [words, ...more] : []));
  }

  fill(words) {
    this.text.value = words;
    this.grow();
    if (words) this.text.focus();
  }

  grow() {
    this.text.style.height = 'auto';
    this.text.style.height = Math.min(this.text.scrollHeight, 120) + 'px';
  }

  // The panel came into view: while it was hidden nothing could scroll.
  shown() {
    this.toEnd();
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }
}

// LINE shows them under the newest message only, until anything follows it.
function quickReplies(entry) {
  const last = entry.messages.at(-1);
  return (entry.via !== 'user' && last && last.quickReply && last.quickReply.items) || [];
}

// A tapped choice looks typed if it has words; otherwise LINE shows nothing, and we what was picked.
function tapped(given) {
  if (given.displayText) return el('div', 'bubble', given.displayText);
  const picked = Object.values(given.postback.params || {}).join(' ').replace('T', ' ');
  return el('p', 'event', picked ? '選んだ日時: ' + picked : 'ボタンを押しました');
}

// A phone's photo is large; the bot needs no more than this.
async function smaller(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, PHOTO_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error('no picture'))), 'image/jpeg', 0.85));
}
