// One message of the talk as an element.

import { el, link, linked, safeUri } from './dom.js';
import { flex } from './flex.js';
import { contentUrl } from './wire.js';

// LINE's own pictures may not be used here; these stand for them.
export const STICKERS = [
  { packageId: '446', stickerId: '1988', face: '😊', words: 'こんにちは', keywords: ['Hello', 'Hi'] },
  { packageId: '446', stickerId: '1989', face: '🙏', words: 'ありがとう', keywords: ['Thank you', 'thanks'] },
  { packageId: '446', stickerId: '1990', face: '👌', words: 'OK', keywords: ['OK', 'Yes'] },
  { packageId: '446', stickerId: '1991', face: '🤔', words: 'うーん', keywords: ['Hmm', 'thinking'] },
  { packageId: '446', stickerId: '1992', face: '😢', words: 'こまった', keywords: ['Sad', 'trouble'] },
  { packageId: '446', stickerId: '1993', face: '👋', words: 'またね', keywords: ['Bye', 'See you'] },
];

// `tap` makes things that can be tapped; `mine` is the side it is shown on.
export function message(given, tap, mine) {
  switch (given.type) {
    case 'text':
    case 'textV2':
      return el('div', 'bubble', ...linked(given.text || ''));
    case 'image':
      return picture(given, mine);
    case 'sticker':
      return sticker(given);
    case 'location':
      return location(given);
    case 'flex':
      return flex(given.contents || {}, tap);
    case 'template':
      return template(given.template || {}, tap);
    case 'video':
    case 'audio':
    case 'file':
      return media(given);
    default:
      return el('div', 'bubble', given.altText || '(このページでは表示できない種類: ' + given.type + ')');
  }
}

function picture(given, mine) {
  const node = el('img', 'picture');
  const source = mine ? contentUrl(given.id) : safeUri(given.previewImageUrl);
  if (source) node.src = source;
  node.alt = mine ? '送った写真' : '画像';
  const whole = !mine && safeUri(given.originalContentUrl);
  return whole ? link(whole, node) : node;
}

function sticker(given) {
  const known = STICKERS.find((one) => one.stickerId === given.stickerId);
  const face = el('span', 'face', known ? known.face : '🏷️');
  face.setAttribute('aria-hidden', 'true');
  const words = known ? known.words : (given.keywords || []).join('、');
  return el('div', 'sticker', face, el('span', 'sr', 'スタンプ '), words);
}

function location(given) {
  const point = Number(given.latitude) + ',' + Number(given.longitude);
  const uri = 'https://www.google.com/maps/search/?api=1&query=' + encodeURIComponent(point);
  const title = el('strong', '', given.title || '位置情報');
  const address = el('span', 'address', given.address || point.replace(',', ', '));
  return el('div', 'bubble location', title, address, link(uri, '地図を開く'));
}

function media(given) {
  const names = { video: '動画', audio: '音声', file: 'ファイル' };
  const source = safeUri(given.originalContentUrl);
  return el('div', 'bubble', names[given.type], given.fileName ? ' ' + given.fileName : '', source ? link(source, ' 開く') : null);
}

function template(given, tap) {
  if (given.type === 'carousel' || given.type === 'image_carousel') {
    const list = el('ul', 'carousel');
    for (const column of given.columns || []) list.append(el('li', '', card(column, tap)));
    list.tabIndex = 0;
    list.setAttribute('aria-label', '横に並んだカード ' + list.children.length + '枚');
    return list;
  }
  const node = card(given, tap);
  if (given.type === 'confirm') node.classList.add('confirm');
  return node;
}

function card(given, tap) {
  const node = el('div', 'template');
  const source = safeUri(given.thumbnailImageUrl || given.imageUrl);
  if (source) {
    const image = el('img', '');
    image.src = source;
    image.alt = '';
    node.append(image);
  }
  if (given.title) node.append(el('strong', 'template-title', given.title));
  if (given.text) node.append(el('p', 'template-text', given.text));
  const actions = el('div', 'template-actions');
  for (const action of given.actions || (given.action ? [given.action] : [])) actions.append(tap.control(action, 'flex-button link'));
  node.append(actions);
  return node;
}
