// A formula that is wider than its column scrolls, with the keyboard too; one that fits is no stop.
// The theme does the same for code and tables.
(() => {
  const boxes = [...document.querySelectorAll("main :is(div.math, :is(p, dd, dt, td):has(> math))")];
  const mark = () => {
    const wide = boxes.map((box) => box.clientWidth > 0 && box.scrollWidth > box.clientWidth);
    boxes.forEach((box, i) => {
      box.classList.toggle("scrolls", wide[i]);
      if (wide[i]) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  };
  addEventListener("load", mark);
  addEventListener("resize", mark);
  addEventListener("toggle", mark, true); // of a drop-down
  document.fonts.ready.then(mark);
})();
// A page from a folder cannot read the others, so the search shows their titles alone.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
