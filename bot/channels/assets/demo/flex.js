// Flex messages, near enough to how LINE draws them: boxes, texts, buttons, pictures, separators.
// Everything from the message reaches the page as text, or as a checked colour, length or address.

import { el, safeUri } from './dom.js';

const SIZE = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, '3xl': 35, '4xl': 48, '5xl': 74 };
const SPACE = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const RADIUS = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const BORDER = { none: 0, light: 0.5, normal: 1, medium: 2, 'semi-bold': 3, bold: 4 };
const BUBBLE = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 386 };
const ALIGN = { start: 'start', center: 'center', end: 'end' };
const GRAVITY = { top: 'flex-start', center: 'center', bottom: 'flex-end' };

export function flex(contents, tap) {
  if (contents.type !== 'carousel') return bubble(contents, tap);
  const list = el('ul', 'carousel');
  for (const one of contents.contents || []) list.append(el('li', '', bubble(one, tap)));
  list.tabIndex = 0;
  list.setAttribute('aria-label', '横に並んだカード ' + list.children.length + '枚');
  return list;
}

function bubble(given, tap) {
  const node = el('div', 'flex-bubble');
  node.style.width = (BUBBLE[given.size] || BUBBLE.mega) + 'px';
  for (const name of ['header', 'hero', 'body', 'footer']) {
    if (!given[name]) continue;
    const block = el('div', 'flex-' + name, part(given[name], 'vertical', tap));
    const style = (given.styles || {})[name] || {};
    paint(block, 'backgroundColor', style.backgroundColor);
    node.append(block);
  }
  tappable(node, given.action, tap);
  return node;
}

function part(given, layout, tap) {
  const make = { box, text, button, image, separator, icon: image, filler }[given.type];
  if (!make) return el('span', 'flex-unknown', '(' + given.type + ')');
  const node = make(given, tap);
  // In a row parts share the width; in a column they take what they need.
  const share = Number.isFinite(given.flex) ? given.flex : layout === 'vertical' ? 0 : 1;
  node.style.flex = share === 0 ? '0 0 auto' : share + ' 1 0';
  if (layout !== 'vertical') node.style.minWidth = '0';
  if (given.gravity && layout === 'horizontal') node.style.alignSelf = GRAVITY[given.gravity] || '';
  return node;
}

function box(given, tap) {
  const row = given.layout !== 'vertical';
  const node = el('div', 'flex-box ' + (row ? 'row' : 'column'));
  if (given.layout === 'baseline') node.style.alignItems = 'baseline';
  const gap = length(given.spacing, SPACE) || '0px';
  (given.contents || []).forEach((one, n) => {
    const child = part(one, row ? 'horizontal' : 'vertical', tap);
    const before = length(one.margin, SPACE) || gap;
    if (n > 0) child.style[row ? 'marginInlineStart' : 'marginTop'] = before;
    node.append(child);
  });
  for (const [name, css] of [['paddingAll', 'padding'], ['paddingTop'], ['paddingBottom'], ['paddingStart', 'paddingInlineStart'], ['paddingEnd', 'paddingInlineEnd'], ['width'], ['height']]) {
    const value = length(given[name], SPACE);
    if (value) node.style[css || name] = value;
  }
  paint(node, 'backgroundColor', given.backgroundColor);
  const border = length(given.borderWidth, BORDER);
  if (border) {
    node.style.border = border + ' solid';
    paint(node, 'borderColor', given.borderColor);
  }
  const radius = length(given.cornerRadius, RADIUS);
  if (radius) node.style.borderRadius = radius;
  if (given.justifyContent) node.style.justifyContent = given.justifyContent;
  if (given.alignItems) node.style.alignItems = given.alignItems;
  tappable(node, given.action, tap);
  return node;
}

function text(given, tap) {
  const node = el('p', 'flex-text' + (given.wrap ? ' wrap' : ''));
  if (given.contents && given.contents.length) {
    for (const one of given.contents) node.append(styled(el('span', '', one.text || ''), one));
  } else {
    node.textContent = given.text || '';
  }
  styled(node, { size: 'md', ...given });
  node.style.textAlign = ALIGN[given.align] || '';
  if (given.maxLines > 0) {
    node.style.webkitLineClamp = String(given.maxLines);
    node.classList.add('clamp');
  }
  tappable(node, given.action, tap);
  return node;
}

function styled(node, given) {
  const size = length(given.size, SIZE);
  // In rem, so that the reader's own font size counts.
  if (size) node.style.fontSize = parseFloat(size) / 16 + 'rem';
  if (given.weight === 'bold') node.style.fontWeight = '700';
  if (given.style === 'italic') node.style.fontStyle = 'italic';
  if (given.decoration && given.decoration !== 'none') node.style.textDecoration = given.decoration;
  paint(node, 'color', given.color);
  return node;
}

function button(given, tap) {
  const style = ['primary', 'secondary'].includes(given.style) ? given.style : 'link';
  const node = tap.control(given.action || {}, 'flex-button ' + style + (given.height === 'sm' ? ' low' : ''));
  paint(node, style === 'link' ? 'color' : 'backgroundColor', given.color);
  return node;
}

function image(given, tap) {
  const node = el('img', 'flex-image');
  const source = safeUri(given.url);
  if (source) node.src = source;
  node.alt = '';
  node.loading = 'lazy';
  const ratio = /^(\d+):(\d+)$/.exec(given.aspectRatio || '');
  node.style.aspectRatio = ratio ? ratio[1] + ' / ' + ratio[2] : given.type === 'icon' ? '' : '1';
  node.style.objectFit = given.aspectMode === 'cover' ? 'cover' : 'contain';
  tappable(node, given.action, tap);
  return node;
}

function separator(given) {
  const node = el('hr', 'flex-separator');
  paint(node, 'borderColor', given.color);
  return node;
}

function filler() {
  return el('span', '');
}

function tappable(node, action, tap) {
  if (!action) return;
  node.classList.add('tappable');
  tap.area(node, action);
}

// A keyword, pixels or percent; anything else is left out.
function length(value, keywords) {
  if (typeof value !== 'string') return '';
  if (value in keywords) return keywords[value] + 'px';
  return /^\d+(\.\d+)?(px|%)$/.test(value) ? value : '';
}

function paint(node, property, color) {
  if (/^#[0-9a-f]{6}([0-9a-f]{2})?$/i.test(color || '')) node.style[property] = color;
}
