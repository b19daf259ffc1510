// The sheets that ask for something: a sticker, a place, a date. Each gives a promise of the answer, or of null.

import { el } from './dom.js';
import { STICKERS } from './render.js';

const byId = (id) => document.getElementById(id);

// Points of the invented city.
const PLACES = [
  { title: 'あおば市役所', address: 'あおば市中央町一丁目1-1', latitude: 34.65, longitude: 135.6 },
  { title: '青葉駅前', address: 'あおば市朝日町一丁目1-3', latitude: 34.6512, longitude: 135.6027 },
  { title: 'さくら町三丁目', address: 'あおば市さくら町三丁目', latitude: 34.6637, longitude: 135.6112 },
  { title: '舟待町二丁目', address: 'あおば市舟待町二丁目', latitude: 34.6575, longitude: 135.5805 },
];

// Opens `sheet`; `begin` gets the function that answers and closes.
function ask(sheet, begin) {
  return new Promise((resolve) => {
    let answer = null;
    const off = new AbortController();
    begin((given) => {
      answer = given;
      sheet.close();
    }, off.signal);
    sheet.addEventListener('close', () => {
      off.abort();
      resolve(answer);
    }, { once: true });
    sheet.showModal();
  });
}

export function pickSticker() {
  return ask(byId('sticker-sheet'), (done) => {
    byId('stickers').replaceChildren(...STICKERS.map((sticker) => {
      const face = el('span', 'face', sticker.face);
      face.setAttribute('aria-hidden', 'true');
      const button = el('button', '', face, sticker.words);
      button.type = 'button';
      button.addEventListener('click', () => done(sticker));
      return button;
    }));
  });
}

export function pickPlace() {
  const [input, error] = [byId('point'), byId('place-error')];
  return ask(byId('place-sheet'), (done, signal) => {
    error.textContent = '';
    byId('places').replaceChildren(...PLACES.map((place) => {
      const button = el('button', '', place.title);
      button.type = 'button';
      button.addEventListener('click', () => done(place));
      return button;
    }));
    byId('place-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const point = readPoint(input.value);
      if (point) return done(point);
      error.textContent = '「34.65, 135.60」のように、緯度と経度を数字で入れてください。';
      input.focus();
    }, { signal });
    byId('place-here').addEventListener('click', () => {
      if (!navigator.geolocation) return void (error.textContent = 'このブラウザでは現在地を使えません。');
      error.textContent = '現在地を調べています…';
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => signal.aborted || done({ title: '現在地', latitude: coords.latitude, longitude: coords.longitude }),
        () => (error.textContent = '現在地が分かりませんでした。下の一覧から選ぶか、数字で入れてください。'),
        { timeout: 10000 },
      );
    }, { signal });
  });
}

// Full-width digits and commas are what a Japanese keyboard gives.
function readPoint(text) {
  const numbers = text.normalize('NFKC').split(/[,、\s]+/).filter(Boolean).map(Number);
  const [latitude, longitude] = numbers;
  const fine = numbers.length === 2 && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return fine ? { title: '指定した地点', latitude, longitude } : null;
}

// Gives the `params` of LINE's date picker: {date}, {time} or {datetime}.
export function pickDate(action) {
  const mode = ['date', 'time', 'datetime'].includes(action.mode) ? action.mode : 'date';
  const input = byId('date');
  return ask(byId('date-sheet'), (done, signal) => {
    byId('date-title').textContent = action.label || '日時を選ぶ';
    byId('date-label').textContent = { date: '日付', time: '時刻', datetime: '日付と時刻' }[mode];
    input.type = mode === 'datetime' ? 'datetime-local' : mode;
    for (const name of ['min', 'max']) input[name] = (action[name] || '').replace('t', 'T');
    input.value = (action.initial || '').replace('t', 'T');
    byId('date-form').addEventListener('submit', (event) => {
      event.preventDefault();
      if (input.value) done({ [mode]: input.value });
    }, { signal });
  });
}
