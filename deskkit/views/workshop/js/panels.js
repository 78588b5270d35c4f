// What opens below: a trial on history, the versions and what differs, a file.

const SIGNS = { gone: "−", new: "+", same: " ", skipped: "⋯" };

function differenceTable(lines, say) {
  if (!lines.length) return el("p", { class: "dk-faintly" }, say("no_difference"));
  const rows = lines.map((line) => {
    const tag = { gone: "del", new: "ins" }[line.kind] ?? "span";
    const parts = line.parts.map(([text, isChanged]) => (isChanged ? el("mark", {}, text) : text));
    return el("div", { class: `dk-diff dk-diff-${line.kind}` },
      el("span", { class: "dk-diff-n", "aria-hidden": "true" }, line.n ? String(line.n) : ""),
      el("span", { class: "dk-diff-sign" }, SIGNS[line.kind]), el(tag, { dir: "auto" }, ...parts));
  });
  return el("div", { class: "dk-diffs", tabindex: "0", role: "group", "aria-label": say("difference") }, ...rows);
}

function plainTable({ head, rows }, kind) {
  const cell = (value) => (Array.isArray(value) ? value.map((one) => el("div", { dir: "auto" }, one)) : [el("span", { dir: "auto" }, value)]);
  const first = head.map((text) => (text ? el("th", { scope: "col" }, text) : el("td")));
  const lines = rows.map((row) => el("tr", {}, ...row.map((value, at) => el(at === 0 && kind === "numbers" ? "th" : "td", at === 0 && kind === "numbers" ? { scope: "row" } : {}, ...cell(value)))));
  return el("table", { class: `dk-shop-table dk-shop-${kind}` }, el("thead", {}, el("tr", {}, ...first)), el("tbody", {}, ...lines));
}

class Panels {
  constructor(page) {
    this.page = page;
    this.open = "";
    this.trial = {};
    this.tried = null; // the text that was tried
    this.isOld = false; // whether the editor holds another since
    this.shown = null; // a difference
    this.days = null; // until the kernel says which span is usual
    this.root = el("section", { class: "dk-shop-panel", hidden: true, tabindex: "-1" });
  }

  toggle(name) {
    this.open = this.open === name ? "" : name;
    this.shown = null;
    this.page.drawTop();
    this.draw();
    if (this.open === "versions") this.page.send({ type: "versions" });
    if (this.open) this.root.scrollIntoView({ block: "nearest" });
  }

  // Bring a question into sight, wherever the page stands; no button has the focus, so a second Enter answers nothing.
  ask() {
    this.root.firstElementChild.scrollIntoView({ block: "center" });
    this.root.focus({ preventScroll: true });
  }

  // What was asked for stands below the versions, and often below the fold: as much as fits, and its title in any case.
  showDifference() {
    const difference = this.root.lastElementChild;
    for (const node of [difference, difference.previousElementSibling]) node.scrollIntoView({ block: "nearest" });
  }

  draw() {
    textKeeping(this.page.editor, this.root, () => this.drawOpen());
  }

  drawOpen() {
    const make = { trial: () => this.trialParts(), versions: () => this.versionParts(), file: () => this.fileParts(), overtaken: () => this.overtakenParts() }[this.open];
    this.root.hidden = !make;
    const focus = this.root.contains(document.activeElement) ? document.activeElement.dataset.at : null;
    this.root.replaceChildren(...(make ? make() : []));
    if (focus) this.root.querySelector(`[data-at="${CSS.escape(focus)}"]`)?.focus();
    if (make) mark(this.root, "aria-label", this.page.say(this.open === "overtaken" ? "versions" : this.open));
  }

  trialParts() {
    const { say, spans } = this.page;
    const { share, wrong, made } = this.trial;
    const isOn = share !== undefined && !made && !wrong;
    const pick = choose([{ k: "", text: say("whole") }, ...spans.map((one) => ({ k: String(one.k), text: one.text }))], this.days, { "aria-label": say("span"), "data-at": "days" });
    pick.addEventListener("change", () => (this.days = pick.value));
    const go = el("button", { type: "button", class: "dk-button dk-main", disabled: isOn, "data-at": "try", onclick: () => {
      if (!this.page.send({ type: "try", days: Number(this.days) || 0 })) return;
      this.trial = { share: 0 };
      [this.tried, this.isOld] = [this.page.editor.text, false];
      this.draw();
    } }, say("try"));
    const stop = isOn ? el("button", { type: "button", class: "dk-button", "data-at": "stop", onclick: () => this.page.send({ type: "stop" }) }, say("cancel")) : null;
    const bar = isOn ? el("progress", { max: 100, value: share, "aria-label": say("trial") }) : null;
    const head = el("div", { class: "dk-shop-tools" }, el("h3", {}, say("trial")), pick, go, stop, bar, isOn ? el("span", {}, `${share} %`) : null);
    const old = this.isOld && (made || isOn) ? el("p", { class: "dk-shop-note dk-shop-old", role: "status" }, `ⓘ ${say("trial_old")}`) : "";
    const status = el("p", { role: "status", class: wrong ? "dk-shop-wrong" : "dk-quiet" }, wrong ?? (made ? made.title : ""));
    return [head, el("p", { class: "dk-faintly" }, say("trial_hint", { before: this.before() })), old, status, ...(made ? this.madeParts(made) : [])];
  }

  // The text is another: what was found of the one before says nothing of it.
  age(text) {
    const isOld = this.tried !== null && text !== this.tried;
    if (isOld === this.isOld) return;
    this.isOld = isOld;
    if (this.open === "trial") this.draw();
  }

  // With what a draft is compared, in words.
  before() {
    return this.page.say(this.page.may.live ? "before_live" : "before_given");
  }

  madeParts(made) {
    const { say } = this.page;
    return [
      el("p", { class: "dk-shop-reach" }, el("strong", {}, made.title), el("span", { class: "dk-label" }, made.chip)),
      el("p", { class: "dk-faintly" }, made.about),
      el("div", { class: "dk-shop-tables" }, plainTable(made.touched, "numbers"), plainTable({ ...made.effects, head: ["", say("before", { before: this.before() }), say("after")] }, "numbers")),
      ...made.notes.map((note) => el("p", { class: "dk-shop-note" }, "ⓘ ", note)),
      el("h3", {}, made.examples.title),
      el("div", { class: "dk-shop-scroll", tabindex: "0", role: "group", "aria-label": made.examples.title }, this.exampleTable(made.examples)),
    ];
  }

  // Each conversation by its customer and its first words, to be opened where there is a desk to open it.
  exampleTable({ head, rows }) {
    const { say, may } = this.page;
    const who = (row) => (may.open
      ? el("button", { type: "button", class: "dk-link", "data-at": `open${row.id}`, "aria-label": say("open", { name: row.who }), onclick: () => this.page.send({ type: "open", id: row.id, page: pageName() }) }, el("span", { dir: "auto" }, row.who))
      : el("strong", { dir: "auto" }, row.who));
    const lines = rows.map((row) => el("tr", {},
      el("td", {}, who(row), el("div", { class: "dk-faintly", dir: "auto" }, row.said)), el("td", {}, row.at),
      el("td", {}, ...row.changes.map((one) => el("div", { dir: "auto" }, one)))));
    return el("table", { class: "dk-shop-table dk-shop-examples" }, el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col" }, text)))), el("tbody", {}, ...lines));
  }

  versionParts() {
    const { say, versions } = this.page;
    const send = (message) => this.page.send(message);
    const head = el("div", { class: "dk-shop-tools" }, el("h3", {}, say("versions")));
    if (!versions.length) return [head, el("p", { class: "dk-faintly" }, say("no_versions"))];
    const rows = versions.map((one, at) => el("tr", {},
      el("td", {}, String(one.n)), el("td", {}, one.when, at === 0 ? el("div", {}, el("span", { class: "dk-label" }, say("in_force"))) : ""),
      el("td", { dir: "auto" }, one.who), el("td", { class: "dk-shop-what", dir: "auto" }, one.what ?? "…"),
      el("td", {}, el("code", {}, one.print)),
      el("td", { class: "dk-shop-acts" },
        el("button", { type: "button", class: "dk-button", "data-at": `see${one.seq}`, "aria-label": `${say("compare")}: ${one.when}`, onclick: () => send({ type: "version", seq: one.seq }) }, say("compare")),
        el("button", { type: "button", class: "dk-button", "data-at": `put${one.seq}`, "aria-label": `${say("restore")}: ${one.when}`, onclick: () => send({ type: "restore", seq: one.seq }) }, say("restore")))));
    const first = ["version", "when", "who", "what_changed", "print", "what_to_do"].map((key) => el("th", { scope: "col" }, say(key)));
    const table = el("table", { class: "dk-shop-table" }, el("thead", {}, el("tr", {}, ...first)), el("tbody", {}, ...rows));
    const chosen = this.shown && versions.find((one) => one.seq === this.shown.seq);
    const parts = [head, el("div", { class: "dk-shop-scroll dk-shop-versions", tabindex: "0", role: "group", "aria-label": say("versions") }, table)];
    return chosen ? [...parts, el("h3", {}, say("since", { when: chosen.when, who: chosen.who })), differenceTable(this.shown.lines, say)] : parts;
  }

  overtakenParts() {
    const { say } = this.page;
    const { text, lines, seq } = this.shown;
    const sure = el("button", { type: "button", class: "dk-button dk-main", "data-at": "sure", onclick: () => this.page.live(seq) }, say("live_anyway"));
    const theirs = el("button", { type: "button", class: "dk-button", onclick: () => { this.page.send({ type: "restore", seq }); this.toggle("overtaken"); } }, say("take_theirs"));
    const not = el("button", { type: "button", class: "dk-button", onclick: () => this.toggle("overtaken") }, say("cancel"));
    return [el("div", { class: "dk-shop-tools", role: "alert" }, el("strong", { dir: "auto" }, text)), differenceTable(lines, say), el("div", { class: "dk-shop-tools" }, sure, theirs, not)];
  }

  fileParts() {
    const { say } = this.page;
    const id = serialName("file");
    const input = el("input", { id, class: "dk-shop-input", value: this.page.saveAs, "data-at": "file" });
    const save = el("button", { type: "button", class: "dk-button dk-main", "data-at": "save", onclick: () => this.page.send({ type: "save", path: input.value }) }, say("save"));
    return [el("div", { class: "dk-shop-tools" }, el("label", { for: id }, say("file_name")), input, save)];
  }
}
