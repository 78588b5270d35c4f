// The page of the Alerts tab: the state of each channel with a test, my own settings, and below them the boards.

const TESTED_MS = 4_000; // how long a number stands in the title for a test
const FOREVER = 8.64e15; // the latest instant a browser knows
// Drawn in lines, as in a narrow place, a table would be none to a screen reader.
const ROLES = Object.entries({ "thead, tbody": "rowgroup", tr: "row", td: "cell", "th[scope=col]": "columnheader", "th[scope=row]": "rowheader" });

class AlertsPage {
  constructor(bell, board, root) {
    this.bell = bell;
    this.top = el("div", { class: "dk-alerts", tabindex: "-1", "data-lm-suppress-shortcuts": "true", onkeydown: ownKey });
    this.outcomes = new Map(); // what came of each button, beside it; the elements outlive the tables they stand in
    const below = el("div");
    const frame = el("div", { class: "dk-board-frame dk-alerts-frame" }, this.top, below);
    root.append(frame);
    this.leave = bell.drawn(root);
    this.below = new BoardPage(board, below, frame);
    this.hear = () => this.draw();
    bell.listeners.add(this.hear);
    bell.said = (channel, outcome) => this.say(`test ${channel}`, `${this.bell.words[`channel_${channel}`]}: ${this.did(outcome)}`);
    bell.tell = (text) => this.say("test push", text);
    this.ticking = setInterval(() => this.draw(), 5_000); // a permission taken away elsewhere, a quiet time that is over
    this.draw();
  }

  end() {
    this.leave();
    this.bell.listeners.delete(this.hear);
    clearInterval(this.ticking);
    this.below.end();
  }

  did(outcome) {
    return this.bell.words[`did_${outcome.replaceAll(" ", "_")}`] ?? outcome;
  }

  // Where what comes of a button is said, for eyes and ears.
  beside(of) {
    if (!this.outcomes.has(of)) this.outcomes.set(of, el("span", { class: "dk-alerts-said", role: "status", "aria-live": "polite", "data-said": of }));
    return this.outcomes.get(of);
  }

  say(of, text) {
    write(this.beside(of), text);
  }

  draw() {
    const { bell } = this;
    if (!bell.setup || this.isDragging) return;
    bell.calm();
    const shown = { words: bell.words, kept: bell.mine.kept, isQuiet: bell.mine.isQuiet, sound: bell.sound.state, desktop: desktopState(), speaks: bell.voice.speaks, push: bell.setup.push, hint: bell.setup.hint };
    const back = this.focused();
    renew(this.top, shown, () => [this.hint(), this.channels(), this.quiet(), this.sounds()]);
    back();
  }

  // What gives the focus back to what had it, or to what stands where that did: a button may be another once pressed.
  focused() {
    const active = this.top.contains(document.activeElement) ? document.activeElement : null;
    const places = () => [...this.top.querySelectorAll("tr, .dk-alerts-quiet")];
    const [of, at] = [active?.dataset.of, places().indexOf(active?.closest("tr, .dk-alerts-quiet"))];
    return () => {
      if (!of || active.isConnected) return;
      const same = [...this.top.querySelectorAll("[data-of]")].find((one) => one.dataset.of === of);
      (same ?? places()[at]?.querySelector("button"))?.focus({ preventScroll: true });
    };
  }

  hint() {
    return this.bell.setup.hint ? el("p", { class: "dk-board-note" }, this.bell.setup.hint) : "";
  }

  press(text, of, onclick) {
    return el("button", { type: "button", class: "dk-button", "data-of": of, onclick }, text);
  }

  table(title, heads, rows) {
    const id = serialName("alerts");
    const head = el("tr", {}, heads.map((text) => el("th", { scope: "col" }, text)));
    const table = el("table", { class: "dk-board-table", "aria-labelledby": id }, el("thead", {}, head), el("tbody", {}, rows));
    for (const [which, role] of ROLES) for (const one of table.querySelectorAll(which)) one.setAttribute("role", role);
    table.setAttribute("role", "table");
    return el("section", {}, el("h3", { class: "dk-board-title", id }, title), el("div", { class: "dk-board-scroll", tabindex: "0", role: "group", "aria-labelledby": id }, table));
  }

  // ---------------------------------------------------------------- channels

  channels() {
    const { words, mine } = this.bell;
    const row = (name) => {
      const label = words[`channel_${name}`];
      const box = el("input", { type: "checkbox", "data-of": `on ${name}`, "aria-label": label, onchange: (event) => { mine.turn(name, event.target.checked); this.bell.count(); this.draw(); } });
      box.checked = mine.isOn(name);
      return el("tr", {}, el("th", { scope: "row" }, el("label", { class: "dk-alerts-on" }, box, label)), el("td", {}, ...this.state(name)), el("td", { class: "dk-board-acts" }, this.press(words.test, `test ${name}`, () => this.test(name)), this.beside(`test ${name}`)));
    };
    const push = el("tr", {}, el("th", { scope: "row" }, words.channel_push), el("td", {}, this.bell.setup.push.text), el("td", { class: "dk-board-acts" }, this.bell.setup.push.can ? this.press(words.test, "test push", () => this.push()) : null, this.beside("test push")));
    return this.table(words.channels, [words.channel, words.state, words.actions], [...CHANNELS.map(row), push]);
  }

  state(name) {
    const { words, sound, voice: { speaks } } = this.bell;
    if (name === "sound") {
      const other = speaks ? "" : ` ${words.other_tab}`;
      if (sound.state === "blocked") return [el("b", { class: "dk-alerts-no" }, words.sound_blocked), " ", this.press(words.sound_on, "sound on", () => this.bell.gesture())];
      return [(sound.state === "running" ? words.sound_running : words.sound_unsupported) + other];
    }
    if (name === "desktop") {
      const state = desktopState();
      const text = words[`desktop_${state}`];
      if (state === "default") return [el("b", { class: "dk-alerts-no" }, text), " ", this.press(words.desktop_ask, "ask", () => this.ask())];
      return [state === "granted" ? text : el("b", { class: "dk-alerts-no" }, text)];
    }
    return [name === "flash" && reducedMotion() ? words.flash_still : words[`about_${name}`]];
  }

  async ask() {
    await Notification.requestPermission();
    this.bell.kernel.send({ type: "permission", desktop: desktopState() });
    this.draw();
  }

  push() {
    const { bell } = this;
    this.say("test push", bell.words[bell.kernel.send({ type: "push" }) ? "push_sending" : "not_done"]);
  }

  // What a test does is what a notice does; only the kernel hears nothing of it.
  async test(name) {
    const { bell } = this;
    const alert = { n: 0, isTest: true, id: "", level: 3, mark: bell.setup.marks[3], event: "message", name: bell.words.test_name, what: bell.words.test_what, text: "", volume: 100, sound: "", channels: [name] };
    if (name === "badge" && bell.mine.isOn("badge")) {
      TITLE.set(bell.setup.key, bell.unseen + 1);
      setTimeout(() => bell.count(), TESTED_MS);
      bell.said("badge", "shown");
      return;
    }
    if (name === "flash" && bell.mine.isOn("flash") && !bell.mine.isQuiet && !reducedMotion()) this.flash();
    await bell.fire(alert);
  }

  flash() {
    const said = this.beside("test flash");
    said.classList.add("dk-alerts-flash");
    setTimeout(() => said.classList.remove("dk-alerts-flash"), TESTED_MS);
  }

  // ---------------------------------------------------------------- quiet for me

  quiet() {
    const { words, mine, setup } = this.bell;
    const until = (at) => { mine.keep({ quiet: at }); this.bell.calm(); this.draw(); };
    const now = mine.isQuiet
      ? [el("b", {}, mine.quietUntil >= FOREVER ? words.quiet_on : fill(words.quiet_until, { time: clockOf(mine.quietUntil, setup.language) })), " ", this.press(words.quiet_end, "quiet end", () => until(0))]
      : [...setup.quiets.map((one) => this.press(one.text, `quiet ${one.ms}`, () => until(one.ms ? Date.now() + one.ms : FOREVER)))];
    return el("p", { class: "dk-alerts-quiet" }, el("b", {}, words.quiet), " ", ...now, el("span", { class: "dk-board-note" }, ` ${words.quiet_note}`));
  }

  // ---------------------------------------------------------------- sounds

  sounds() {
    const { words, setup } = this.bell;
    const rows = [["", words.all_sounds, 3, "message"], ...setup.levels.map((one) => [`level:${one.k}`, one.text, one.k, "message"]), ...setup.events.map((one) => [`event:${one.k}`, one.text, 1, one.k])];
    const made = rows.map(([of, text, level, event]) => el("tr", {}, el("th", { scope: "row" }, text), el("td", {}, this.volume(of, text)), el("td", {}, of ? this.file(of, text) : ""), el("td", { class: "dk-board-acts" }, this.press(words.play, `play ${of}`, () => this.play(of, level, event)), this.beside(`play ${of}`))));
    return el("details", { class: "dk-alerts-sounds", open: this.isOpen, ontoggle: (event) => { this.isOpen = event.target.open; } }, el("summary", { "data-of": "sounds" }, words.sounds), el("p", { class: "dk-board-note" }, words.sounds_note), this.table(words.sounds, [words.of, words.volume, words.own_file, words.actions], made));
  }

  play(of, level, event) {
    const { mine } = this.bell;
    const file = mine.files.get(of);
    this.bell.sound.until = 0; // who presses wants to hear it now
    this.bell.voice.take();
    this.bell.sound.play({ level, event, volume: (mine.loud("") * (of ? mine.loud(of) : 100)) / 1e4, file }).then((outcome) => this.say(`play ${of}`, this.did(outcome)));
  }

  volume(of, text) {
    const { words, mine } = this.bell;
    const value = el("output", {}, `${mine.loud(of)} %`);
    const slider = el("input", { type: "range", min: "0", max: "100", step: "5", "data-of": `loud ${of}`, "aria-label": `${words.volume}: ${text}` });
    slider.value = String(mine.loud(of));
    slider.addEventListener("input", () => { this.isDragging = true; write(value, `${slider.value} %`); });
    slider.addEventListener("change", () => { this.isDragging = false; mine.setLoud(of, Number(slider.value)); this.draw(); });
    return el("span", { class: "dk-alerts-volume" }, slider, value);
  }

  file(of, text) {
    const { words, mine } = this.bell;
    const name = mine.fileName(of);
    const input = el("input", { type: "file", accept: "audio/*", hidden: true });
    input.addEventListener("change", async () => {
      const [chosen] = input.files;
      if (!chosen) return;
      this.say(`file ${of}`, "");
      if (chosen.size > LARGEST_SOUND) this.say(`file ${of}`, words.too_large);
      else if (!(await isSound(chosen))) this.say(`file ${of}`, words.no_sound);
      else await mine.setFile(of, chosen);
      this.draw();
    });
    const choose = el("button", { type: "button", class: "dk-button", "data-of": `file ${of}`, "aria-label": `${words.choose}: ${text}`, onclick: () => input.click() }, words.choose);
    if (!name) return el("span", {}, choose, " ", this.beside(`file ${of}`), input);
    const drop = el("button", { type: "button", class: "dk-button", "data-of": `drop ${of}`, "aria-label": `${words.remove}: ${text}`, onclick: async () => { await mine.setFile(of, null); this.draw(); } }, words.remove);
    return el("span", {}, el("span", { class: "dk-alerts-file", dir: "auto" }, name), " ", choose, drop, " ", this.beside(`file ${of}`), input);
  }
}

async function isSound(file) {
  const context = new OfflineAudioContext(1, 1, 44_100);
  return context.decodeAudioData(await file.arrayBuffer()).then(() => true, () => false);
}

function clockOf(at, language) {
  return new Date(at).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}
