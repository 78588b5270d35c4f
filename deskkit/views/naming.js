// A slider of ipywidgets has a label beside it, but neither its handle nor its number has a name of its own:
// a screen reader says "slider, 3" and not of what. Both get the text of the label, and the unit behind the number.
// It reads the number as the browser reckons it, 5.000000000000001 for 5: it gets the one that is meant.
// And what is drawn of an older place than that of the sliders says that it is being made anew.

const PLACES = 6;

function name(desk) {
  for (const slider of desk.querySelectorAll(".widget-slider")) {
    const label = slider.querySelector(".widget-label")?.textContent.trim();
    if (!label) continue;
    const unit = slider.closest(".dk-slider")?.querySelector(".dk-unit")?.textContent.trim();
    const text = unit ? `${label} (${unit})` : label;
    for (const part of slider.querySelectorAll("[role=slider], .widget-readout")) {
      if (part.matches(".widget-readout")) part.setAttribute("role", "textbox");
      if (part.getAttribute("aria-label") !== text) part.setAttribute("aria-label", text);
      const told = part.getAttribute("aria-valuetext");
      const meant = told && Number.isFinite(Number(told)) ? String(Number(Number(told).toFixed(PLACES))) : told;
      if (meant !== told) part.setAttribute("aria-valuetext", meant);
    }
  }
  for (const part of desk.querySelectorAll(".dk-result")) {
    const busy = String(part.classList.contains("dk-busy"));
    if (part.getAttribute("aria-busy") !== busy) part.setAttribute("aria-busy", busy);
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
      const attributeFilter = ["aria-valuetext", "class"];
      watching.observe(desk, { attributeFilter, childList: true, subtree: true });
    });
    return () => {
      cancelAnimationFrame(frame);
      watching?.disconnect();
    };
  },
};
