// Make the headers of the table of submissions sort it, and show the box that filters it. Without this script the page
// is the same, with all rows in input order.
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const key = (row, column) => row.cells[column].textContent.trim();
  // A cell begins with its number, or with a dash where there is none.
  const number = (text) => (text.startsWith("–") ? -1 : /^[\d.]+(?= |$)/.test(text) ? parseFloat(text) : NaN);
  const order = (a, b) => (isNaN(number(a)) || isNaN(number(b)) ? a.localeCompare(b) : number(a) - number(b));
  heads.forEach((head, column) => {
    if ("fixed" in head.dataset) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const way = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", way === 1 ? "ascending" : "descending");
      body.append(...[...body.rows].sort((a, b) => way * order(key(a, column), key(b, column))));
    });
  });
  table.querySelector(".sort-note").hidden = false;

  const filter = document.querySelector(".filter");
  const box = filter.querySelector("input");
  box.addEventListener("input", () => {
    const wanted = box.value.toLowerCase().split(/\s+/);
    const rows = [...body.rows];
    rows.forEach((row) => (row.hidden = !wanted.every((word) => row.textContent.toLowerCase().includes(word))));
    const shown = rows.filter((row) => !row.hidden).length;
    filter.querySelector("output").textContent = shown < rows.length ? `${shown} of ${rows.length} rows` : "";
  });
  filter.hidden = false;
}
