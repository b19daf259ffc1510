// The sound of the browser's telephone, on the audio thread: 20 ms frames of 8 kHz out of the microphone, and back into the loudspeaker.

const RATE = 8000;
const FRAME = 160;
// Until so much is there, nothing is played: the network is uneven (60 ms).
const AHEAD = 3 * FRAME;

class Tel extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = RATE / sampleRate;
    this.out = [];
    this.heard = [];
    this.at = 0;
    this.sum = 0;
    this.count = 0;
    this.ahead = false;
    this.port.onmessage = ({ data }) => {
      if (data === 'clear') {
        this.heard = [];
        this.at = 0;
      } else {
        this.heard.push(...data);
      }
    };
  }

  // Samples of the microphone that fall into one of ours are averaged: that is filter enough for speech.
  listen(sound, length) {
    for (let n = 0; n < length; n += 1) {
      this.sum += sound ? sound[n] : 0;
      this.count += 1;
      this.at8 = (this.at8 ?? 0) + this.step;
      if (this.at8 >= 1) {
        this.at8 -= 1;
        this.out.push(this.sum / this.count);
        this.sum = 0;
        this.count = 0;
      }
    }
    while (this.out.length >= FRAME) this.port.postMessage(this.out.splice(0, FRAME));
  }

  play(into) {
    if (this.heard.length >= AHEAD) this.ahead = true;
    for (let n = 0; n < into.length; n += 1) {
      const before = Math.floor(this.at);
      if (!this.ahead || before + 1 >= this.heard.length) {
        this.ahead = false;
        into[n] = 0;
        continue;
      }
      const part = this.at - before;
      into[n] = this.heard[before] * (1 - part) + this.heard[before + 1] * part;
      this.at += this.step;
    }
    const done = Math.floor(this.at);
    this.heard.splice(0, done);
    this.at -= done;
  }

  process(inputs, outputs) {
    const into = outputs[0][0];
    this.listen(inputs[0]?.[0], into.length);
    this.play(into);
    for (const other of outputs[0].slice(1)) other.set(into);
    return true;
  }
}

registerProcessor('tel', Tel);
