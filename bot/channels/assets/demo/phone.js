// The phone: listens to the talk, and sends what its user does.

import { el } from './dom.js';
import { pickPlace, pickSticker } from './sheets.js';
import { Talk } from './talk.js';
import { Tap } from './tap.js';
import { act, listen, redeliver, renewUser, sendPhoto, userId } from './wire.js';

const byId = (id) => document.getElementById(id);
const WAIT_MS = 20000;
const RETRY_MS = [1000, 2000, 4000, 8000];
const PHOTO_SIDE = 1280; // pixels; the stand-in takes up to 10 MB

export class Phone {
  constructor() {
    this.talk = new Talk(new Tap(this), () => {
      this.text.focus();
      this.deliver(act('follow'));
    });
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
    this.talk.reset();
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
        this.after = page.last;
        this.typing = page.typing.n;
        wait = WAIT_MS;
        this.talk.draw(page);
        byId('composer').hidden = page.blocked;
        byId('gone').hidden = !page.blocked;
      } catch {
        if (signal.aborted) return;
        this.note('サーバーにつながりません。つなぎ直しています…');
        await new Promise((done) => setTimeout(done, RETRY_MS[Math.min(fails++, RETRY_MS.length - 1)]));
      }
    }
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
