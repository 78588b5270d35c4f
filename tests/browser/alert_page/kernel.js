// A kernel that is none, for the Alerts tab: what the browser says is kept for the test, what the test says is delivered.

globalThis.sent = [];
globalThis.heard = []; // frequencies of notes, in the order they were started
globalThis.played = []; // lengths of files
globalThis.notified = [];
globalThis.peaks = [];

// Let time pass at once, for what is counted from a moment; timers do not know of it.
let passed = 0;
const now = performance.now.bind(performance);
performance.now = () => now() + passed;
globalThis.pass = (ms) => (passed += ms);

const listeners = [];
globalThis.real = { comm_live: true, on: () => {}, off: () => {} }; // as JupyterLab has it
const model = {
  widget_manager: (globalThis.manager = {}),
  set: () => real,
  send: (message) => sent.push(structuredClone(message)),
  on: (name, listener) => name === "msg:custom" && listeners.push(listener),
  off: () => {},
  get: () => undefined,
};
globalThis.deliver = (texts) => {
  for (const text of texts) {
    const { buffers = [], ...message } = JSON.parse(text);
    const bytes = buffers.map((one) => new DataView(Uint8Array.from(one).buffer));
    listeners.forEach((listener) => listener(structuredClone(message), bytes));
  }
};

const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function started(...when) {
  heard.push(this.frequency.value);
  start.apply(this, when);
};
const ramp = AudioParam.prototype.linearRampToValueAtTime;
AudioParam.prototype.linearRampToValueAtTime = function ramped(value, at) {
  if (value > 0) peaks.push(value);
  return ramp.call(this, value, at);
};
const startFile = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function started(...when) {
  played.push(this.buffer.duration);
  startFile.apply(this, when);
};
if (globalThis.Notification) {
  const Real = Notification;
  globalThis.Notification = class extends Real {
    constructor(title, options) {
      super(title, options);
      notified.push({ title, ...options, close: () => this.onclick() });
    }
  };
}

const { default: widget } = await import("/alert.js");
const made = widget();
made.initialize({ model });
globalThis.undraw = made.render({ model, el: document.getElementById("alerts") });
globalThis.isReady = true;
