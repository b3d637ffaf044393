// Filter, search and sort for the long tables. Every page reads without it; it only hides and orders rows.
"use strict";
(() => {
  const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  const words = (text) => plain(text).split(/\s+/).filter(Boolean);
  const number = new Intl.NumberFormat("id-ID");

  const bar = document.querySelector("[data-saring]");
  const table = document.querySelector("[data-tabel]");
  if (!bar || !table) return;

  const body = table.tBodies[0];
  const rows = [...body.rows];
  const texts = new Map(rows.map((row) => [row, plain(row.textContent)]));
  const search = bar.querySelector("[data-cari]");
  const selects = [...bar.querySelectorAll("[data-pilih]")];
  const count = bar.querySelector("[data-jumlah]");
  const whole = count.textContent;
  const fold = [...table.closest(".scroll").parentElement.children].find((one) => one.matches(".fold"));

  const apply = () => {
    const wanted = words(search.value);
    let shown = 0;
    for (const row of rows) {
      const fits =
        selects.every((s) => !s.value || row.dataset[s.dataset.pilih] === s.value) &&
        wanted.every((word) => texts.get(row).includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    if (fold && shown < rows.length) fold.checked = true; // what was searched for is never folded away
    count.textContent = shown === rows.length ? whole : `${number.format(shown)} dari ${whole}`;
  };

  // The state lives behind the #, so that a filtered list can be linked to and comes back.
  const remember = () => {
    const state = new URLSearchParams();
    if (search.value) state.set("cari", search.value);
    for (const s of selects) if (s.value) state.set(s.dataset.pilih, s.value);
    history.replaceState(null, "", `#${state}`);
  };

  const recall = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    search.value = state.get("cari") ?? "";
    for (const s of selects) {
      const value = state.get(s.dataset.pilih) ?? "";
      s.value = [...s.options].some((option) => option.value === value) ? value : "";
    }
    apply();
  };

  const changed = () => {
    apply();
    remember();
  };
  search.addEventListener("input", changed);
  for (const s of selects) s.addEventListener("change", changed);
  bar.querySelector("[data-bersihkan]").addEventListener("click", () => {
    search.value = "";
    for (const s of selects) s.value = "";
    changed();
    search.focus();
  });
  window.addEventListener("hashchange", recall);

  const value = (row, column) => row.cells[column].textContent.trim();
  const amount = (text) => Number(text.replaceAll(".", "").replace(",", ".").replace("−", "-"));
  const compare = (a, b) => {
    const [x, y] = [amount(a), amount(b)];
    if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
    if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
    return a.localeCompare(b, "id");
  };
  const sort = (heading, column) => {
    const up = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", up ? "ascending" : "descending");
    const ordered = [...rows].sort((a, b) => compare(value(a, column), value(b, column)) * (up ? 1 : -1));
    body.append(...ordered);
  };
  for (const [column, heading] of [...table.tHead.rows[0].cells].entries()) {
    if ("tetap" in heading.dataset) continue;
    const button = document.createElement("button");
    button.type = "button";
    // Browsers do not repeat buttons in the head of a table on every sheet of paper; plain text they do.
    const paper = document.createElement("span");
    paper.className = "on-paper";
    paper.textContent = heading.textContent;
    button.append(...heading.childNodes);
    heading.append(button, paper);
    button.addEventListener("click", () => sort(heading, column));
  }

  bar.hidden = false;
  recall();
})();
