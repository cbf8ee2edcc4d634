// The editor of SQL on Datasette's pages: Shift and Enter run the query.
const sql = document.querySelector("textarea#sql-editor");
if (sql && window.CodeMirror) {
  const editor = CodeMirror.fromTextArea(sql, { lineNumbers: true, mode: "text/x-sql", lineWrapping: true });
  editor.getInputField().setAttribute("aria-label", "SQL");
  editor.setOption("extraKeys", { "Shift-Enter": () => sql.form.submit(), Tab: false });
  const format = document.querySelector("button#sql-format");
  if (format && window.sqlFormatter) {
    format.hidden = false;
    format.addEventListener("click", () => editor.setValue(sqlFormatter.format(editor.getValue())));
  }
}
