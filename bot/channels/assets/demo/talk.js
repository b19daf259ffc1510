// The talk as it is seen: entries, the loading animation, quick replies, and where it is scrolled to.

import { clock, el } from './dom.js';
import { message } from './render.js';

export class Talk {
  // `follow` adds the account as a friend.
  constructor(tap, follow) {
    this.tap = tap;
    this.follow = follow;
    this.log = document.getElementById('log');
    this.bar = document.getElementById('quick');
    // Stay at the end while what is around or in the talk changes its size, unless the reader scrolled up.
    this.log.addEventListener('scroll', () => this.scrolled());
    this.log.addEventListener('load', () => this.pinned && this.toEnd(), true);
    if (window.ResizeObserver) new ResizeObserver(() => this.pinned && this.toEnd()).observe(this.log);
  }

  // Empty, as before the first page.
  reset() {
    this.fresh = true;
    this.pinned = true;
    this.top = 0;
    this.log.setAttribute('aria-live', 'off');
    this.log.replaceChildren();
    this.showTyping(0);
    this.quick([]);
  }

  // What is new, after what is there.
  draw(page) {
    const first = this.fresh;
    this.fresh = false;
    if (first) this.log.append(this.welcome(page.last === 0));
    for (const entry of page.entries) this.log.append(this.entry(entry));
    if (page.entries.length) this.quick(quickReplies(page.entries.at(-1)));
    this.showTyping(page.blocked ? 0 : page.typing.until - page.now);
    if (first || this.pinned || page.entries.some((entry) => entry.via === 'user')) this.toEnd();
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
      this.follow();
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
      node.append(one.type === 'postback' ? tapped(one) : this.safely(one, mine));
    }
    const how = { push: '・プッシュ', multicast: '・一斉送信' }[entry.via] || '';
    node.append(el('span', 'when', clock(entry.at) + how));
    return node;
  }

  // A message that cannot be drawn must not cost the rest of the talk.
  safely(one, mine) {
    try {
      return message(one, this.tap, mine);
    } catch (error) {
      console.error(error);
      return el('div', 'bubble', one.altText || '(表示できないメッセージ)');
    }
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
    const bar = this.bar;
    const focused = bar.contains(document.activeElement);
    bar.replaceChildren(...items.map((item) => this.tap.control(item.action || {}, 'chip')));
    bar.hidden = items.length === 0;
    // A chip that vanishes under the focus hands it on; not to the text, which would open the keyboard.
    if (focused) this.log.focus({ preventScroll: true });
  }

  // Only going up lets go of the end: the event comes late, when the sizes may have changed already.
  scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    if (scrollHeight - scrollTop - clientHeight < 80) this.pinned = true;
    else if (scrollTop < this.top) this.pinned = false;
    this.top = scrollTop;
  }

  toEnd() {
    this.pinned = true;
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
