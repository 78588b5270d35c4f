// Charts of the last half-hours, drawn as lines and texts of our own. What is not known leaves a gap.

function svg(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

// The points of a trend in parts without gaps, in shares of the width and of the height.
function trendParts(trend, top) {
  const parts = [[]];
  trend.forEach((value, at) => {
    if (value === null) parts.push([]);
    else parts.at(-1).push([(at + 0.5) / trend.length, top > 0 ? Math.min(1, value / top) : 0]);
  });
  return parts.filter((part) => part.length > 0);
}

function topOf(axis) {
  return axis.length ? axis.at(-1).at : 0;
}

// A small line without marks; what it says is in the name that is read aloud.
function spark(one, axis, name) {
  const [width, height] = [160, 36];
  const place = ([x, y]) => `${(x * width).toFixed(1)} ${(height - 2 - y * (height - 4)).toFixed(1)}`;
  const lines = trendParts(one.trend, topOf(axis)).map((part) =>
    svg("path", { d: `M ${part.map(place).join(" L ")}${part.length === 1 ? " h 0.01" : ""}`, class: "dk-spark-line" }),
  );
  const made = svg("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", class: "dk-spark", role: "img", "aria-label": name });
  made.append(svg("path", { d: `M 0 ${height - 1} H ${width}`, class: "dk-spark-floor" }));
  if (typeof one.goal === "number" && topOf(axis) > 0) {
    const y = height - 2 - Math.min(1, one.goal / topOf(axis)) * (height - 4);
    made.append(svg("path", { d: `M 0 ${y.toFixed(1)} H ${width}`, class: "dk-spark-goal" }));
  }
  made.append(...lines);
  return made;
}

// A large one with both axes, their names and units, and the target as a line with its word.
function chart(one, slots, words) {
  const [left, top, width, height] = [58, 26, 380, 150];
  const made = svg("svg", { viewBox: "0 0 450 232", class: "dk-chart", role: "img", "aria-label": words.name });
  const high = (value) => top + height - (topOf(one.axis) > 0 ? Math.min(1, value / topOf(one.axis)) : 0) * height;
  const text = (x, y, anchor, said, kind) => svg("text", { x, y, "text-anchor": anchor, class: kind }, said);
  made.append(text(4, 12, "start", words.unit, "dk-chart-name"));
  for (const mark of one.axis) {
    made.append(svg("path", { d: `M ${left} ${high(mark.at)} H ${left + width}`, class: "dk-chart-grid" }));
    made.append(text(left - 6, high(mark.at) + 4, "end", mark.text, "dk-chart-mark"));
  }
  const step = width / slots.length;
  one.trend.forEach((value, at) => {
    if (value === null) return;
    const title = svg("title", {}, `${slots[at]}: ${one.texts[at]}`);
    const y = Math.min(high(value), top + height - 1.5);
    made.append(svg("rect", { x: left + at * step + 2, y, width: step - 4, height: top + height - y, class: "dk-chart-bar" }, title));
  });
  slots.forEach((slot, at) => {
    if (at % 4 === 0) made.append(text(left + at * step, top + height + 17, "middle", slot, "dk-chart-mark"));
  });
  made.append(text(left + width / 2, 226, "middle", words.times, "dk-chart-name"));
  if (typeof one.goal === "number") {
    made.append(svg("path", { d: `M ${left} ${high(one.goal)} H ${left + width}`, class: "dk-chart-goal" }));
    made.append(text(left + width - 2, high(one.goal) - 4, "end", words.goal, "dk-chart-goal-word"));
  }
  return made;
}
