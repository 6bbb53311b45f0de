// The page is complete without this script; it only hides what is not asked for, opens what is linked to, and copies.
(() => {
  const cases = [...document.querySelectorAll("details.case")];
  const words = document.querySelector("#words");
  const level = document.querySelector("#level");
  const buttons = [...document.querySelectorAll("button[data-verdict]")];
  const empty = document.querySelector("#empty");

  const apply = () => {
    const wanted = new Set(buttons.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.verdict));
    const terms = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of cases) {
      const fits =
        (wanted.size === 0 || wanted.has(item.dataset.verdict)) &&
        (level.value === "" || item.dataset.level === level.value) &&
        terms.every((term) => item.dataset.words.includes(term));
      item.hidden = !fits;
      shown += fits;
    }
    for (const chapter of document.querySelectorAll("section.chapter")) {
      chapter.hidden = !chapter.querySelector("details.case:not([hidden])");
    }
    empty.hidden = shown > 0;
  };

  const openLinked = () => {
    const linked = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (linked instanceof HTMLDetailsElement) {
      linked.open = true;
      linked.scrollIntoView();
    }
  };

  words.addEventListener("input", apply);
  level.addEventListener("change", apply);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      apply();
    });
  }
  for (const button of document.querySelectorAll("button.copy")) {
    button.addEventListener("click", async () => {
      await navigator.clipboard?.writeText(button.previousElementSibling.textContent);
      button.textContent = "copied";
    });
  }
  addEventListener("hashchange", openLinked);
  openLinked();
})();
