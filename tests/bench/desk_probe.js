// What a page notes of a live desk: when which mark came over the wire, when it was painted, and how many bytes came.
(() => {
  const probe = (globalThis.deskProbe = { bytes: 0, frames: 0, came: {}, patches: [], painted: [], shown: new Map() });
  // Hand over what was noted since, so that the page's memory is the desk's.
  probe.take = () => {
    const { came, patches, painted } = probe;
    Object.assign(probe, { came: {}, patches: [], painted: [] });
    return { came, patches, painted };
  };
  const MARK = /zq\d{7}/g;
  const decoder = new TextDecoder();
  const Plain = globalThis.WebSocket;
  globalThis.WebSocket = class extends Plain {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        const text = typeof data === "string" ? data : data instanceof ArrayBuffer ? decoder.decode(data) : "";
        probe.frames += 1;
        probe.bytes += typeof data === "string" ? data.length : (data.byteLength ?? data.size);
        if (!text.includes('"patch"')) return;
        const now = Date.now();
        probe.patches.push(text.length);
        for (const mark of text.match(MARK) ?? []) probe.came[mark] ??= now;
      });
    }
  };

  // A row that stood there before and says something else now; and a line that came to the thread in front.
  function fresh() {
    const found = [];
    const now = new Map();
    for (const row of document.querySelectorAll(".dk-item:not([hidden])")) {
      const [mark] = row.querySelector(".dk-item-text").textContent.match(MARK) ?? [];
      now.set(row.dataset.key, mark);
      if (mark && probe.shown.has(row.dataset.key) && probe.shown.get(row.dataset.key) !== mark) found.push(mark);
    }
    probe.shown = now;
    return found;
  }

  const channel = new MessageChannel();
  const waiting = [];
  channel.port1.onmessage = () => {
    const at = Date.now(); // a task of its own, after the frame in which the row was changed
    for (const mark of waiting.splice(0)) probe.painted.push([mark, at]);
  };
  new MutationObserver(() => {
    const marks = fresh();
    if (!marks.length) return;
    waiting.push(...marks);
    channel.port2.postMessage(null);
  }).observe(document, { subtree: true, childList: true, characterData: true });
})();
