// CSV and JSON of the answers, made here from the rows that the answer carries: nothing is left on the server.
const columns = ["rank", "id", "score", "percentile", "model", "kind", "captions", "query"];

function cell(value) {
  const text = Array.isArray(value) ? value.join(" | ") : value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csv(rows) {
  return [columns, ...rows.map((row) => columns.map((name) => row[name]))].map((row) => row.map(cell).join(",") + "\r\n").join("");
}

function nameOf(rows) {
  const query = rows[0].query.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  return `answers-${query.slice(0, 60) || "query"}`;
}

function save(kind, rows) {
  const text = kind === "csv" ? csv(rows) : JSON.stringify(rows, null, 2) + "\n";
  const type = kind === "csv" ? "text/csv;charset=utf-8" : "application/json";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = `${nameOf(rows)}.${kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-save]");
  const rows = button?.closest("section.answer")?.dataset.rows;
  if (rows) save(button.dataset.save, JSON.parse(rows));
});
