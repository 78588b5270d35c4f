// A kernel that is none: it shows the wallboard of the test, and answers what is behind a number.

const world = await (await fetch("/world.json")).json();
const { default: widget } = await import("/wall.js");
let passed = 0;
let slept = 0;
const today = Date.now.bind(Date);
Date.now = () => today() + slept;
const now = performance.now.bind(performance);
performance.now = () => now() + passed;
const listeners = [];
globalThis.kernel = {
  sent: [],
  emit: (message) => listeners.forEach((listener) => listener(structuredClone(message))),
  // A lid shut: the time of day goes on, the page's own clock stands still, and then the page is looked at again.
  sleep: (ms) => {
    slept += ms;
    document.dispatchEvent(new Event("visibilitychange"));
  },
  pass: (ms) => (passed += ms), // at once; timers do not know of it
};
const model = {
  on: (name, listener) => name === "msg:custom" && listeners.push(listener),
  off: () => {},
  send: (message) => {
    if (kernel.isGone) throw new Error("Cannot send");
    kernel.sent.push(message);
    if (message.type === "behind") setTimeout(() => kernel.emit({ ...world.behind, measure: message.measure, group: message.group }), 0);
  },
};
const made = widget();
made.initialize({ model });
made.render({ model, el: document.getElementById("wall") });
kernel.emit(world.board);
