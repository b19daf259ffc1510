// Small tools that every part of the page uses.

// An element with a class and content: nodes, or text that stays text.
export function el(tag, name, ...content) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  node.append(...content.filter((one) => one !== null && one !== undefined));
  return node;
}

// An address that may be followed, or null.
export function safeUri(uri) {
  try {
    const url = new URL(uri);
    return ['https:', 'http:', 'tel:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

// Text with its web addresses as links, the way LINE shows it.
export function linked(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(/https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+/g)) {
    const uri = safeUri(match[0]);
    if (!uri) continue;
    nodes.push(text.slice(at, match.index), link(uri, match[0]));
    at = match.index + match[0].length;
  }
  nodes.push(text.slice(at));
  return nodes.filter((one) => one !== '');
}

export function link(uri, ...content) {
  const node = el('a', '', ...content);
  node.href = uri;
  node.target = '_blank';
  node.rel = 'noopener noreferrer';
  return node;
}

export function clock(ms) {
  return new Date(ms).toLocaleTimeString('ja-JP', { hour: '2-digit', minute: '2-digit' });
}
