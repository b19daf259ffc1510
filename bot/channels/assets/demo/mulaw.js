// G.711 μ-law, as base64, and linear samples from -1 to 1.

const BIAS = 0x84;
const CLIP = 32635;

function one(sample) {
  let value = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
  const sign = value < 0 ? 0x80 : 0;
  value = Math.min(Math.abs(value), CLIP) + BIAS;
  const exponent = 31 - Math.clz32(value) - 7;
  return ~(sign | (exponent << 4) | ((value >> (exponent + 3)) & 0x0f)) & 0xff;
}

const LINEAR = Float32Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff;
  const size = ((((bits & 0x0f) << 3) + BIAS) << ((bits >> 4) & 7)) - BIAS;
  return (bits & 0x80 ? -size : size) / 32768;
});

export function encode(samples) {
  return btoa(String.fromCharCode(...samples.map(one)));
}

export function decode(payload) {
  return Array.from(atob(payload), (byte) => LINEAR[byte.charCodeAt(0)]);
}
