// A kernel that is none: it shows the wallboard of the test, and answers what is behind a number.

const world = await (await fetch("/world.json")).json();
const { default: widget } = await import("/wall.js");
let passed = 0;
const now = performance.now.bind(performance);
performance.now = () => now() + passed;
const listeners = [];
globalThis.kernel = {
  sent: [],
  emit: (message) => listeners.forEach((listener) => listener(structuredClone(message))),
  pass: (ms) => (passed += ms), // at once; timers do not know of it
};
const model = {
  on: (name, listener) => name === "msg:custom" && listeners.push(listener),
  off: () => {},
  send: (message) => {
    kernel.sent.push(message);
    if (message.type === "behind") setTimeout(() => kernel.emit({ ...world.behind, measure: message.measure, group: message.group }), 0);
  },
};
const made = widget();
made.initialize({ model });
made.render({ model, el: document.getElementById("wall") });
kernel.emit(world.board);
