// What a tap does: the action objects of LINE.

import { el, safeUri } from './dom.js';
import { pickDate } from './sheets.js';

export class Tap {
  // `phone` says, sends postbacks, and asks for a place or a photo.
  constructor(phone) {
    this.phone = phone;
  }

  // A button, or a link where the action opens an address.
  control(action, name) {
    if (action.type === 'uri') {
      const uri = safeUri(action.uri);
      const node = el('a', name, action.label || action.uri || '');
      if (uri) {
        node.href = uri;
        node.target = '_blank';
        node.rel = 'noopener noreferrer';
      }
      return node;
    }
    const node = el('button', name, action.label || '');
    node.type = 'button';
    node.addEventListener('click', () => this.run(action));
    return node;
  }

  // Makes a box, text or picture answer to taps and keys.
  area(node, action) {
    const isLink = action.type === 'uri';
    node.tabIndex = 0;
    node.setAttribute('role', isLink ? 'link' : 'button');
    if (node.tagName === 'IMG') node.alt = action.label || '';
    const run = (event) => {
      // A button inside a tappable box answers for itself.
      if (event.target.closest('button, a, [role]') !== node) return;
      event.preventDefault();
      this.run(action);
    };
    node.addEventListener('click', run);
    node.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || (event.key === ' ' && !isLink)) run(event);
    });
  }

  async run(action) {
    switch (action.type) {
      case 'message':
        return this.phone.say(action.text || '');
      case 'postback':
        if (action.fillInText) this.phone.fill(action.fillInText);
        return this.phone.postback(action.data || '', action.displayText || action.text);
      case 'datetimepicker': {
        const params = await pickDate(action);
        return params ? this.phone.postback(action.data || '', undefined, params) : undefined;
      }
      case 'uri': {
        const uri = safeUri(action.uri);
        if (uri) window.open(uri, '_blank', 'noopener,noreferrer');
        return undefined;
      }
      case 'location':
        return this.phone.askPlace();
      case 'camera':
      case 'cameraRoll':
        return this.phone.askPhoto();
      case 'clipboard':
        await navigator.clipboard.writeText(action.clipboardText || '').catch(() => {});
        return this.phone.note('コピーしました。');
      default:
        return this.phone.note('この操作はこのページではできません。');
    }
  }
}
