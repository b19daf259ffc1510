// A telephone in the browser: it speaks with the counter as a cloud carrier does.

import { decode, encode } from './mulaw.js';

const CITY = 'aoba';

export class Tel {
  constructor() {
    this.dial = document.getElementById('tel-dial');
    this.state = document.getElementById('tel-state');
    this.keys = document.getElementById('tel-keys');
    this.socket = null;
    this.began = 0;
    this.dial.addEventListener('click', () => (this.socket || this.waiting ? this.hangUp() : this.call()));
    for (const key of this.keys.querySelectorAll('button')) key.addEventListener('click', () => this.press(key.value));
  }

  async call() {
    this.waiting = true;
    this.dial.textContent = '切る';
    this.say('呼び出しています');
    try {
      const answer = await fetch(`demo/tel/${CITY}`, { method: 'POST' });
      if (!answer.ok) throw new Error(answer.status === 404 ? 'この版では電話の声が用意されていません。make speech のあとで起動し直してください。' : 'つながりませんでした。もう一度かけてください。');
      const { call, pass } = await answer.json();
      this.context = new AudioContext();
      await this.context.audioWorklet.addModule('demo/tel-sound.js');
      if (!this.waiting) return this.end('電話を切りました');
      this.sound = new AudioWorkletNode(this.context, 'tel', { numberOfInputs: 1, numberOfOutputs: 1, outputChannelCount: [1] });
      this.sound.connect(this.context.destination);
      await this.context.resume();
      this.connect(call, pass);
      this.microphone();
    } catch (error) {
      this.end(error.message);
    }
  }

  connect(call, pass) {
    const url = new URL(`phone/${CITY}/media`, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url);
    this.socket = socket;
    this.waiting = false;
    const tell = (message) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));
    this.tell = tell;
    socket.addEventListener('open', () => {
      tell({ event: 'connected', protocol: 'Call' });
      tell({ event: 'start', start: { streamSid: call, callSid: call, customParameters: { pass } } });
      this.keys.disabled = false;
      this.began = Date.now();
      this.clock = setInterval(() => this.time(), 1000);
      this.time();
    });
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data);
      if (message.event === 'media') this.sound.port.postMessage(decode(message.media.payload));
      if (message.event === 'clear') this.sound.port.postMessage('clear');
    });
    socket.addEventListener('close', () => this.socket === socket && this.end('電話が終わりました'));
    this.sound.port.onmessage = ({ data }) => tell({ event: 'media', media: { payload: encode(data) } });
  }

  // Without a microphone the keys are left.
  async microphone() {
    const context = this.context;
    try {
      this.mic = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
      if (this.context !== context) return this.closeMic();
      context.createMediaStreamSource(this.mic).connect(this.sound);
    } catch {
      this.note = 'マイクは使わず、番号ボタンで答えます';
      this.time();
    }
  }

  press(key) {
    this.tell?.({ event: 'dtmf', dtmf: { digit: key } });
  }

  hangUp() {
    this.tell?.({ event: 'stop' });
    this.end('電話を切りました');
  }

  end(why) {
    const socket = this.socket;
    clearInterval(this.clock);
    [this.socket, this.waiting, this.tell, this.note] = [null, false, null, null];
    socket?.close();
    this.closeMic();
    this.context?.close();
    this.context = null;
    this.keys.disabled = true;
    this.dial.textContent = '電話をかける';
    this.say(why);
  }

  closeMic() {
    for (const track of this.mic?.getTracks() ?? []) track.stop();
    this.mic = null;
  }

  time() {
    if (!this.socket) return;
    const seconds = Math.floor((Date.now() - this.began) / 1000);
    this.say(`通話中 ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}${this.note ? `（${this.note}）` : ''}`);
  }

  say(words) {
    this.state.textContent = words;
  }
}
