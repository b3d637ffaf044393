"""``iid export`` from the example share: while the cycle is open, and after it was closed."""

from __future__ import annotations

import json
from pathlib import Path

from runs import Run, assess


def test_open_and_closed_cycles_are_exported_and_a_changed_file_is_found(
    iid: Run, share: Path, tmp_path: Path
) -> None:
    store, out = tmp_path / "hasil", tmp_path / "entri"
    assert assess(iid, share, store, "--no-feedback").returncode == 0
    export = ("export", "--store", store, "--cycle", "2026")

    missing = iid(*export, "--out", out, "--json")
    assert (missing.returncode, json.loads(missing.stdout)["exit"]) == (2, 2)
    assert "--share belum disebut" in missing.stderr
    assert not out.exists()

    done = iid(*export, "--share", share, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "Kabupaten Banjar (CONTOH)" in (out / "gladi-kirim.html").read_text(encoding="utf-8")
    assert len(list(out.rglob("Formulir.xlsx"))) == len([path for path in out.iterdir() if path.is_dir()])
    assert iid(*export, "--share", share, "--out", out).returncode == 2

    sent = json.loads(iid(*export, "--share", share, "--out", tmp_path / "dua", "--json").stdout)
    assert sent["counts"]["berkas"] == 0
    [line] = [row for row in (out / "daftar-berkas.csv").read_text().splitlines() if "Visi dan Misi" in row]
    source = line.split(",")[3].strip('"')
    (share / source).write_bytes(b"berkas lain")
    changed = iid(*export, "--share", share, "--out", tmp_path / "tiga", "--json")
    assert changed.returncode == 4, changed.stderr
    [check] = [c for c in json.loads(changed.stdout)["checks"] if c["kind"] == "berkas"]
    assert check["source"] == source

    order = ("close", "--share", share, "--store", store, "--cycle", "2026", "--direct")
    closed = iid(*order, "--early", "uji", "--accept-loss", "uji", "--accept-undecided", "uji")
    assert closed.returncode == 0, closed.stderr
    final = iid(*export, "--out", tmp_path / "final", "--zip", "--json")
    assert final.returncode == 0, final.stderr
    shown = json.loads(final.stdout)
    assert (shown["status"], shown["view"], shown["innovations"]) == ("final", "verified", 0)
