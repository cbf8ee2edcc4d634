// What Datasette's pages lack for readers who do not see them: their language, and names of their fields.
document.documentElement.lang = "en";
for (const field of document.querySelectorAll("select, input[type=text], input[type=search], input:not([type])")) {
  if (field.labels.length || field.ariaLabel) continue;
  field.ariaLabel = field.placeholder || field.name.replace(/^_/, "").replaceAll("_", " ") || "value";
}

// Menus of Datasette's pages close when one clicks beside them.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.nav-menu[open], details.actions-menu-links[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
