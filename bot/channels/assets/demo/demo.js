// The page: which panel is in view on a narrow screen, and the start of each.

import { Phone } from './phone.js';
import { Tel } from './tel.js';

const phone = new Phone();
phone.start();
new Tel();

const tabs = Array.from(document.querySelectorAll('.tabs button'));
const web = document.getElementById('web');
const wide = matchMedia('(min-width: 60rem)');

function show(name) {
  for (const tab of tabs) {
    const here = tab.dataset.tab === name;
    if (here) tab.setAttribute('aria-current', 'true');
    else tab.removeAttribute('aria-current');
    document.getElementById('panel-' + tab.dataset.tab).classList.toggle('off', !here);
  }
  document.body.dataset.tab = name;
  loadWeb();
}

// The chat opens a session of its own, so it is loaded when it is first seen.
function loadWeb() {
  if (!web.src && (wide.matches || document.body.dataset.tab === 'web')) web.src = web.dataset.src;
}

for (const tab of tabs) tab.addEventListener('click', () => show(tab.dataset.tab));
wide.addEventListener('change', loadWeb);

for (const tip of document.querySelectorAll('#tips button')) {
  tip.addEventListener('click', () => {
    show('line');
    phone.say(tip.textContent);
  });
}

for (const button of document.querySelectorAll('dialog [data-close]')) {
  button.addEventListener('click', () => button.closest('dialog').close());
}

show('line');
