// A slider of ipywidgets has a label beside it, but neither its handle nor its number has a name of its own:
// a screen reader says "slider, 3" and not of what. Both get the text of the label, and the unit behind the number.

function name(desk) {
  for (const slider of desk.querySelectorAll(".widget-slider")) {
    const label = slider.querySelector(".widget-label")?.textContent.trim();
    if (!label) continue;
    const unit = slider.closest(".dk-slider")?.querySelector(".dk-unit")?.textContent.trim();
    const text = unit ? `${label} (${unit})` : label;
    for (const part of slider.querySelectorAll("[role=slider], .widget-readout")) {
      if (part.matches(".widget-readout")) part.setAttribute("role", "textbox");
      if (part.getAttribute("aria-label") !== text) part.setAttribute("aria-label", text);
    }
  }
}

export default {
  render({ el }) {
    let watching = null;
    let frame = requestAnimationFrame(function begin() {
      const desk = el.closest(".dk-desk");
      if (!desk) {
        frame = requestAnimationFrame(begin); // not on the page yet
        return;
      }
      name(desk);
      watching = new MutationObserver(() => name(desk));
      watching.observe(desk, { childList: true, subtree: true });
    });
    return () => {
      cancelAnimationFrame(frame);
      watching?.disconnect();
    };
  },
};
