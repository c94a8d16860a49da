// Makes the pages quicker for those who have scripts; without this file every form and link still works.
// Letters are matched by what they write (event.key), so that AZERTY and QWERTY agree; they never act while typing.
"use strict";

const rows = () => [...document.querySelectorAll("[data-row]")];
const linkOf = (row) => row.querySelector("[data-row-link]");
const rowInHand = () => document.activeElement?.closest("[data-row]") ?? (rows().length === 1 && !linkOf(rows()[0]) ? document.body : null);
const alarm = () => document.getElementById("alarm");

function tell(place, words) {
  place.textContent = words;
  show(place);
}

function show(place) {
  place.classList.add("shown");
  clearTimeout(place.hiding);
  place.hiding = setTimeout(() => place.classList.remove("shown"), 4000);
}

function move(step) {
  const all = rows().filter(linkOf);
  if (!all.length) return;
  const here = all.indexOf(document.activeElement?.closest("[data-row]"));
  const next = all[here === -1 ? 0 : Math.min(all.length - 1, Math.max(0, here + step))];
  linkOf(next).focus();
  next.scrollIntoView({ block: "nearest" });
}

function withRow(act) {
  const row = rowInHand();
  if (row) act(row);
  else tell(alarm(), alarm().dataset.choose);
}

function approve(row) {
  row.querySelector("form[data-verb=approve]")?.requestSubmit();
}

function unfold(verb) {
  return (row) => {
    const details = row.querySelector(`details[data-verb=${verb}]`);
    if (!details) return;
    details.open = true;
    details.querySelector("input[type=radio]:checked, input[type=radio]")?.focus();
  };
}

let lastDone = null;
function undo() {
  const row = (lastDone && document.getElementById(lastDone)) ?? document.querySelector("[data-done]");
  const form = (row ?? document).querySelector("form[data-verb=undo]");
  if (form) form.requestSubmit();
  else tell(alarm(), alarm().dataset.nothing);
}

function go(letter) {
  document.querySelector(`[data-go="${CSS.escape(letter)}"]`)?.click();
}

function search() {
  const field = document.querySelector("[data-search]");
  if (field) field.select();
  else go("c");
}

const openKeys = () => document.getElementById("keys").showModal();
const verbs = {
  j: () => move(1), k: () => move(-1),
  a: () => withRow(approve), r: () => withRow(unfold("reject")), h: () => withRow(unfold("snooze")),
  u: undo, "/": search, "?": openKeys,
};

let wentAt = 0;
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    search();
    return;
  }
  if (event.key === "Escape") closePops(event.target);
  const isTyping = event.target.matches("input:not([type=radio]), textarea, select, [contenteditable]");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && event.key !== "j" && event.key !== "k") return;
  if (document.body.dataset.keys !== "on" || document.querySelector("dialog[open]")) return;
  const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (Date.now() - wentAt < 1200 && letter !== "g") {
    wentAt = 0;
    go(letter);
    return;
  }
  if (letter === "g") wentAt = Date.now();
  else if (Object.hasOwn(verbs, letter)) {
    event.preventDefault();
    verbs[letter]();
  }
});

function closePops(from) {
  const pop = from.closest?.("details.pop[open]");
  if (!pop) return;
  pop.open = false;
  pop.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open).showModal();
  const closer = event.target.closest("[data-close]");
  if (closer) document.getElementById(closer.dataset.close).close();
  document.querySelectorAll("details.pop[open]").forEach((pop) => { if (!pop.contains(event.target)) pop.open = false; });
});

// After a decision the row is another one: keep the person's place in the list, and remember what `u` would undo.
document.addEventListener("htmx:beforeSwap", (event) => {
  const row = event.detail.target.closest?.("[data-row], [data-done]");
  if (!row) return;
  const all = rows();
  const next = all[all.indexOf(row) + 1] ?? all[all.indexOf(row) - 1];
  document.body.nextRow = row.matches("[data-row]") ? next?.id : row.id;
});
document.addEventListener("htmx:afterSettle", (event) => {
  const row = document.getElementById(event.detail.target.id);
  if (!row?.matches("[data-row], [data-done]")) return;
  if (row.matches("[data-done]")) lastDone = row.id;
  const next = row.matches("[data-row]") ? row : document.getElementById(document.body.nextRow ?? "");
  const place = next && linkOf(next) || row.querySelector("a, button");
  place?.focus({ preventScroll: false });
  show(document.getElementById("live"));
});

for (const lost of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(lost, () => tell(alarm(), alarm().dataset.lost));
}
document.addEventListener("htmx:responseError", (event) => {
  let message = alarm().dataset.lost;
  try { message = JSON.parse(event.detail.xhr.responseText).message ?? message; } catch { /* not ours: say the general sentence */ }
  tell(alarm(), message);
});

document.querySelectorAll(".needs-script").forEach((part) => { part.hidden = part.matches(".hint") && document.body.dataset.keys !== "on"; });
