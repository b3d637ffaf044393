// Keys, texts of office files and the progress of a run. Every page works without it.
"use strict";
(() => {
  const form = document.querySelector("[data-putus]");
  const button = (word) => form && form.querySelector(`button[value="${word}"]`);
  const note = form && form.elements.catatan;
  const lower = form && form.elements.parameter_baru;
  const go = (rel) => document.querySelector(`a[rel="${rel}"]`)?.click();

  const accept = () => { const one = button("terima"); if (one && !one.disabled) one.click(); };
  const lowered = () => {
    if (!lower || button("turunkan").disabled) return;
    if (!lower.value) lower.focus();
    else if (!note.value.trim()) note.focus();
    else button("turunkan").click();
  };
  const refuse = () => {
    if (!form) return;
    if (!note.value.trim()) note.focus();
    else button("tolak").click();
  };
  const keys = {
    n: () => go("next"), p: () => go("prev"), t: accept, u: lowered, x: refuse, c: () => note?.focus(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const typing = event.target.closest("input, textarea, select");
    if (event.key === "Escape" && typing) typing.blur();
    if (event.key === "Enter" && lower && event.target === lower) { event.preventDefault(); lowered(); } // not the first button
    if (!typing && keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });

  if (form) form.addEventListener("submit", (event) => {
    const word = event.submitter?.value;
    if (lower && word !== "turunkan") lower.value = "";
    // After the browser has collected the fields: a second click must not send a second form.
    setTimeout(() => { for (const one of form.querySelectorAll("button")) one.disabled = true; });
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  const marked = (place, text, terms) => {
    place.textContent = "";
    const found = terms.map((term) => term.toLowerCase()).filter(Boolean);
    const low = text.toLowerCase();
    let at = 0;
    while (at < text.length) {
      const hits = found.map((term) => [low.indexOf(term, at), term.length]).filter(([start]) => start >= 0);
      if (!hits.length) break;
      const [start, length] = hits.sort((a, b) => a[0] - b[0])[0];
      const mark = document.createElement("mark");
      mark.textContent = text.slice(start, start + length);
      place.append(text.slice(at, start), mark);
      at = start + length;
    }
    place.append(text.slice(at));
  };
  for (const place of document.querySelectorAll("[data-teks]")) {
    fetch(place.dataset.teks, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject()))
      .then((text) => marked(place, text.trim() || "Tidak ada teks di dalamnya.", place.dataset.cari.split("\n")))
      .catch(() => { place.textContent = "Teksnya tidak dapat ditampilkan; unduh untuk melihatnya."; });
  }

  // A page or picture that cannot be drawn is said in its place.
  const lost = (image) => {
    const words = document.createElement("p");
    words.className = "note";
    words.textContent = `${image.alt}: tidak dapat ditampilkan.`;
    image.replaceWith(words);
    fetch(image.src, { credentials: "same-origin" })
      .then((answer) => answer.text())
      .then((html) => {
        const why = new DOMParser().parseFromString(html, "text/html").querySelector("[role=alert]");
        if (why) words.textContent = `${image.alt}. ${why.textContent}`;
      })
      .catch(() => {});
  };
  for (const image of document.querySelectorAll(".bukti img")) {
    if (image.loading !== "lazy" && image.complete && !image.naturalWidth) lost(image);
    else image.addEventListener("error", () => lost(image));
  }

  // Where the innovation's name and dates are in a PDF: pages as links, or that they are nowhere.
  const pageLink = (place, item, number) => {
    const link = document.createElement("a");
    const shown = document.getElementById(`h-${item}-${number}`);
    link.href = shown ? `#${shown.id}` : `${place.dataset.letak}/halaman/${number}`;
    link.textContent = number;
    if (!shown) Object.assign(link, { target: "_blank", rel: "noopener" });
    return link;
  };
  for (const place of document.querySelectorAll("[data-letak]")) {
    const item = place.dataset.letak.split("/").pop();
    fetch(`${place.dataset.letak}/letak`, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject()))
      .then((found) => {
        const hits = Object.entries(found).filter(([, pages]) => pages.length);
        place.textContent = hits.length ? "Ditemukan: " : "Nama inovasi dan tanggalnya tidak ditemukan dalam teksnya.";
        hits.forEach(([term, pages], at) => {
          place.append(at ? "; " : "", `“${term}” hal. `);
          pages.slice(0, 8).forEach((number, n) => place.append(n ? ", " : "", pageLink(place, item, number)));
          if (pages.length > 8) place.append(` dan ${pages.length - 8} lainnya`);
        });
      })
      .catch(() => place.remove());
  }

  const run = document.querySelector("[data-hitung]");
  if (run && run.dataset.keadaan === "berjalan") {
    const reloading = () => Object.assign(document.createElement("a"), { href: "", textContent: "Muat angka baru" });
    const ask = () => fetch(run.dataset.hitung, { credentials: "same-origin" })
      .then((answer) => answer.json())
      .then((now) => {
        run.querySelector("[data-keadaan-teks]").textContent = now.state;
        run.querySelector("[data-baris]").textContent = `${now.line} (${now.seconds} detik)`;
        if (now.state === "berjalan") setTimeout(ask, 1000);
        else if (note?.value.trim()) run.append(" ", reloading()); // what is being typed is not thrown away
        else location.reload();
      })
      .catch(() => setTimeout(ask, 5000));
    setTimeout(ask, 1000);
  }
})();
