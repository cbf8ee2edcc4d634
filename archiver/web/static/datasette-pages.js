// What Datasette's pages lack for readers who do not see them: their language, and names of their fields.
document.documentElement.lang = "en";
for (const field of document.querySelectorAll("select, input[type=text], input[type=search], input:not([type])")) {
  if (field.labels.length || field.ariaLabel) continue;
  field.ariaLabel = field.placeholder || field.name.replace(/^_/, "").replaceAll("_", " ") || "value";
}

// What scrolls sideways can be scrolled with the keys.
for (const wide of document.querySelectorAll(".table-wrapper, pre, .sql-editor")) {
  if (wide.scrollWidth <= wide.clientWidth || wide.querySelector("a, button, input, select, textarea")) continue;
  wide.tabIndex = 0;
  wide.role = "region";
  wide.ariaLabel = "Wide content";
}

// Menus of Datasette's pages close when one clicks beside them.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.nav-menu[open], details.actions-menu-links[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
