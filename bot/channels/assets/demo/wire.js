// The stand-in's control side, and who we are there.

// Beside this script, so that a path prefix of a reverse proxy is kept.
const BASE = new URL('line/_stand_in/', import.meta.url);
const KEY = 'madoguchi-demo-line-user';

// `U` and 32 hexadecimal digits, once per browser. Kept in memory where storage is switched off.
let user = stored();
if (!user) renewUser();

function stored() {
  try {
    const id = localStorage.getItem(KEY);
    return /^U[0-9a-f]{32}$/.test(id || '') ? id : null;
  } catch {
    return null;
  }
}

export function userId() {
  return user;
}

export function renewUser() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  user = 'U' + Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
  try {
    localStorage.setItem(KEY, user);
  } catch {
    // The next visit is another user then.
  }
  return user;
}

// What the user does: 'send', 'postback', 'follow', 'unfollow'. Gives {status, webhookEventId, …}.
export function act(what, body) {
  return post('users/' + user + '/' + what, JSON.stringify(body || {}), 'application/json');
}

export function sendPhoto(blob) {
  return post('users/' + user + '/photo', blob, blob.type);
}

export function redeliver(eventId) {
  return post('redeliver/' + encodeURIComponent(eventId), '{}', 'application/json');
}

export function contentUrl(messageId) {
  return new URL('content/' + encodeURIComponent(messageId), BASE).href;
}

// Waits for something after entry `after`, or a loading animation other than number `typing`.
export async function listen(after, typing, wait, signal) {
  const url = new URL('users/' + user + '/messages', BASE);
  url.search = new URLSearchParams({ after, typing, wait_ms: wait });
  const response = await fetch(url, { signal, cache: 'no-store' });
  if (!response.ok) throw new Error('status ' + response.status);
  return response.json();
}

async function post(path, body, type) {
  const response = await fetch(new URL(path, BASE), { method: 'POST', body, headers: { 'content-type': type } });
  const told = await response.json().catch(() => ({}));
  if (response.status === 409) throw new Error('ブロックしている間は送れません');
  if (!response.ok) throw new Error(told.message || 'status ' + response.status);
  return told;
}
