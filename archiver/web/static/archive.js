// What makes the pages better; they work without it.

for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy).textContent.trim();
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl-C";
      getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}

// Keys: / goes to the search, j and k go through a list. Whoever speaks or types otherwise turns them off.
const KEY = "archive-keys";
const remembered = (() => {
  try { return localStorage.getItem(KEY); } catch { return null; }
})();
let keys = remembered !== "off";
const note = document.querySelector("p.keys");
const toggle = document.createElement("button");
toggle.type = "button";
note.innerHTML = "<kbd>/</kbd> search, <kbd>j</kbd> <kbd>k</kbd> through a list ";
note.append(toggle);
note.hidden = false;

function show() {
  toggle.textContent = keys ? "Turn keys off" : "Turn keys on";
}

toggle.addEventListener("click", () => {
  keys = !keys;
  try { localStorage.setItem(KEY, keys ? "on" : "off"); } catch { /* it holds for this page */ }
  show();
});
show();

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (!keys || typing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "/") {
    document.querySelector("input[data-key='/']")?.focus();
    event.preventDefault();
  }
  if (event.key === "j" || event.key === "k") {
    const links = [...document.querySelectorAll("a.headline")];
    const at = links.indexOf(document.activeElement);
    const next = event.key === "j" ? at + 1 : Math.max(at - 1, 0);
    links[Math.min(next, links.length - 1)]?.focus();
  }
});
