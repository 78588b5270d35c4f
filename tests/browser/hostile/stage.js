// A page on which pieces of views are shown and everything that a text could do is noted.

// `noted` and `ran` are there from the beginning; see `stage.py`.
for (const name of ["alert", "confirm", "prompt", "print", "open"]) globalThis[name] = () => void (noted.dialogs += 1);
addEventListener("securitypolicyviolation", (event) => noted.errors.push(event.violatedDirective));

const OURS = new Set(
  ("DIV SPAN P B I BDI BR DL DT DD PRE SMALL STRONG EM TABLE CAPTION THEAD TBODY TFOOT TR TH TD UL OL LI H1 H2 H3 H4 SECTION HEADER " +
    "FOOTER MAIN NAV ASIDE ARTICLE FORM TITLE LABEL FIELDSET LEGEND BUTTON INPUT TEXTAREA SELECT OPTION OPTGROUP TIME KBD CODE STYLE SVG G PATH CIRCLE RECT LINE " +
    "POLYLINE POLYGON TEXT TSPAN DEFS CLIPPATH USE METER PROGRESS DIALOG CANVAS DATALIST DETAILS SUMMARY OUTPUT MARK").split(" "),
);
const OF_PLOTLY = new Set(["A", "IMAGE", "SYMBOL", "LINEARGRADIENT", "STOP", "MASK", "FILTER"]);
const CARRIERS = ["href", "xlink:href", "src", "srcset", "srcdoc", "action", "formaction", "data", "ping", "background", "poster"];

// What stands on a page that our own views never make: an element, a handler, an address, a name that hides a global.
function strange(root, { isChart = false } = {}) {
  const found = [];
  for (const one of root.querySelectorAll("*")) {
    const tag = one.tagName.toUpperCase();
    if (!OURS.has(tag) && !(isChart && OF_PLOTLY.has(tag))) found.push(one.outerHTML.slice(0, 120));
    for (const { name, value } of one.attributes) {
      const isCarrier = CARRIERS.includes(name) && !(isChart && (value === "" || value.startsWith("#") || tag === "IMAGE"));
      const isTaken = (name === "id" || name === "name") && !/^[\w-]*$/.test(value) && !isChart;
      if (/^on/i.test(name) || /^data-commandlinker/.test(name) || isCarrier || isTaken) found.push(`${tag} ${name}=${value.slice(0, 80)}`);
    }
  }
  return found;
}

// A hand goes over everything; links are clicked, and buttons where that is wanted.
function stir(root, { clicks = "a" } = {}) {
  for (const one of root.querySelectorAll("*")) {
    for (const type of ["pointerover", "mouseover", "mouseenter", "mousemove", "pointerenter", "wheel"]) {
      one.dispatchEvent(new MouseEvent(type, { bubbles: true }));
    }
    if (one.tabIndex >= 0) one.focus?.({ preventScroll: true });
    if (one.matches(clicks)) one.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  }
}

const settled = (ms = 50) => new Promise((go) => setTimeout(() => requestAnimationFrame(() => setTimeout(go, 0)), ms));
globalThis.settled = settled;

function stage() {
  const root = document.createElement("div");
  root.className = "dk-desk";
  document.getElementById("stage").replaceChildren(root);
  return root;
}

// Markup is shown as `ipywidgets.HTML` shows it.
globalThis.lay = async (texts, clicks = "*") => {
  const root = stage();
  for (const text of texts) {
    const place = document.createElement("div");
    root.append(place);
    place.innerHTML = text;
  }
  await settled();
  stir(root, { clicks });
  await settled();
  return { strange: strange(root), text: root.textContent };
};

const plotly = () =>
  (plotly.loaded ??= new Promise((go) => {
    const script = document.createElement("script");
    Object.assign(script, { src: "/plotly.js", onload: go });
    document.head.append(script);
  }));

const MOST_HOVERED = 5;
const HOVER_MS = 60;

// A chart is drawn, some of its points hovered, each of its links clicked.
globalThis.draw = async (chart) => {
  await plotly();
  const root = stage();
  await Plotly.newPlot(root, chart.data, chart.layout, { displayModeBar: false });
  let hovered = 0;
  const found = { strange: [] };
  for (const [curveNumber, trace] of (root.calcdata ?? []).entries()) {
    for (const pointNumber of trace.keys()) {
      if (hovered > MOST_HOVERED) break;
      try {
        Plotly.Fx.hover(root, [{ curveNumber, pointNumber }]);
        hovered += 1;
      } catch {
        break; // of a kind whose points are not hovered one by one
      }
      await settled(HOVER_MS); // which plotly lets pass between two
      found.strange.push(...strange(root, { isChart: true }));
    }
  }
  const links = [...root.querySelectorAll("a")].filter((one) => one.getAttributeNames().some((name) => name.endsWith("href")));
  for (const one of links) one.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  found.strange.push(...strange(root, { isChart: true }), ...links.map((one) => one.outerHTML.slice(0, 120)));
  Object.assign(found, { text: root.textContent, hovered });
  return found;
};

// An own widget is shown; what it sends goes to its kernel half, which answers through `toKernel`.
const played = new Map();
globalThis.play = async (name, traits) => {
  const root = stage();
  const listeners = [];
  const model = {
    get: (key) => traits[key],
    set: (key, value) => (traits[key] = value),
    save_changes: () => {},
    on: (event, listener) => event === "msg:custom" && listeners.push(listener),
    off: () => {},
    send: (message) => hear(message),
  };
  const hear = async (message) => {
    for (const answer of await toKernel(name, message)) for (const listener of listeners) listener(answer, []);
  };
  const { default: made } = await import(`/own/${name}.js`);
  const widget = typeof made === "function" ? await made() : made;
  await widget.initialize?.({ model });
  await widget.render({ model, el: root });
  played.set(name, { root, tell: (message) => listeners.forEach((listener) => listener(message, [])) });
  for (let n = 0; n < 50 && !root.textContent; n += 1) await settled(20); // until its kernel half has answered
  await settled();
};

globalThis.bring = async (name, messages) => {
  messages.forEach(played.get(name).tell);
  await settled();
};

// Go through a list of which only what is in sight exists.
globalThis.scrolled = async (name, box) => {
  const { root } = played.get(name);
  const list = root.querySelector(box);
  const found = { strange: [], text: "" };
  for (let top = 0; top < list.scrollHeight; top += list.clientHeight) {
    list.scrollTop = top;
    await settled(0);
    stir(list);
    found.strange.push(...strange(root));
    found.text += list.textContent;
  }
  list.scrollTop = 0;
  return found;
};

// Open conversations one after the other, as if they were chosen on a board.
globalThis.opened = async (name, ids) => {
  const { root, tell } = played.get(name);
  const found = { strange: [], text: "" };
  for (const id of ids) {
    tell({ type: "open", id });
    await settled(0);
    found.strange.push(...strange(root));
    found.text += root.textContent;
  }
  await settled();
  stir(root);
  return found;
};
globalThis.stirred = async (name, clicks = "a") => {
  const { root } = played.get(name);
  stir(root, { clicks });
  await settled();
  return { strange: strange(root), text: root.textContent };
};
globalThis.ready = true;
