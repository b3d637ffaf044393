"""What a steward reads: the queue and its filters in the address, and all that judges one claim."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from desk_client import HEALTH, OTHER, Client, address
from openpyxl import load_workbook
from small_region import AS_OF

from iid.expectations.rulebook.loading import load
from iid.tasks.desk import run_pages
from iid.tasks.store.published_run import read_run

Shown = list[tuple[str, str]]


def queue(client: Client, query: str = "") -> Shown:
    """The claims of the queue in their order."""
    page = client.page(f"/meja/?{query}")
    rows = re.findall(r'<tr><td><a href="/meja/([^"?]+)/([^"/?]+)\?', page)
    return [(unescape(owner).replace("%20", " "), key) for owner, key in rows]


def part(page: str, title: str) -> str:
    """A section of a claim's page."""
    found = re.search(rf"<h2>{title}</h2>(.*?)</section>", page, re.DOTALL)
    assert found, page
    return unescape(found[1])


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_most_worth_and_the_most_faulty_claims_come_first(bureau: Any) -> None:
    ani = bureau.client("ani")
    rows = queue(ani)
    page = text(ani.page("/meja/"))
    assert {(HEALTH, "16"), (OTHER, "19")} <= set(rows)
    assert rows.index((HEALTH, "16")) < rows.index((HEALTH, "20"))  # 3 × its weight before 1 × a smaller one
    assert "yang paling bernilai dan paling bermasalah di atas" in page


def test_every_filter_is_in_the_address_and_stays_while_one_goes_on(bureau: Any) -> None:
    ani = bureau.client("ani")
    everything = set(queue(ani))
    assert {owner for owner, _ in queue(ani, "unit=102")} == {OTHER}
    assert {key for _, key in queue(ani, "indikator=16")} == {"16"}
    assert queue(ani, "cari=peta+jalan&indikator=19") == [(OTHER, "19")]
    faulty, clean = set(queue(ani, "temuan=ada")), set(queue(ani, "temuan=tanpa"))
    assert faulty | clean == everything
    assert not faulty & clean
    first, second = queue(ani, "unit=101")[:2]
    page = ani.page(f"{address(*first)}?unit=101")
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    assert unescape(following[1]) == f"{address(*second)}?unit=101"
    sent = ani.decide(*first, "tolak", catatan="x", saring="unit=101")
    assert sent.headers["location"].startswith(f"{address(*second)}?unit=101&tersimpan=")
    assert first not in queue(ani, "unit=101")
    assert queue(ani, "status=diputus") == [first]
    assert queue(ani, "status=diputus&milik=saya") == [first]
    assert queue(bureau.client("lihat"), "status=diputus&milik=saya") == []


def test_the_pages_of_the_queue_hold_each_claim_once(bureau: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ani = bureau.client("ani")
    everything = queue(ani, "status=semua")
    monkeypatch.setattr(run_pages, "PAGE", 2)
    last = -(-len(everything) // 2)
    pages = [queue(ani, f"status=semua&hal={number}") for number in range(1, last + 1)]
    assert [len(page) for page in pages[:-1]] == [2] * (last - 1)
    assert [claim for page in pages for claim in page] == everything
    for beyond in (str(last + 1), "999999", "0", "x", "-1"):
        assert queue(ani, f"status=semua&hal={beyond}") in (pages[0], pages[-1])


def test_before_and_after_a_claim_are_its_neighbours_in_the_queue(bureau: Any) -> None:
    ani = bureau.client("ani")
    rows = queue(ani)
    links = {}
    for number in (0, 2, len(rows) - 1):
        found = re.findall(r'rel="(prev|next)" href="([^"?]+)', ani.page(address(*rows[number])))
        links[number] = {rel: unescape(to) for rel, to in found}
    assert links[0] == {"next": address(*rows[1])}
    assert links[2] == {"prev": address(*rows[1]), "next": address(*rows[3])}
    assert links[len(rows) - 1] == {"prev": address(*rows[-2])}


def test_a_decision_whose_evidence_changed_is_listed_as_lapsed(bureau: Any) -> None:
    ani = bureau.client("ani")
    ani.decide(HEALTH, "18", "terima")
    place = next((bureau.root / "share").rglob("foto <i>.png"))
    place.write_bytes(place.read_bytes() + b" ")
    bureau.assess(AS_OF.replace(day=30, month=9))
    assert queue(ani, "status=gugur") == [(HEALTH, "18")]
    page = ani.page(address(HEALTH, "18"))
    assert "atas bukti yang lain" in part(page, "Keputusan sebelumnya")
    assert "Isinya berubah: foto <i>.png." in part(page, "Beda dari perhitungan sebelumnya")


@pytest.mark.parametrize("key", ["16", "17", "18", "20"])
def test_the_rule_of_every_parameter_and_the_evidence_it_asks_stand_beside_the_claim(
    key: str, bureau: Any
) -> None:
    indicator = load(2026).rulebook.by_key[key]
    page = bureau.client("ani").page(address(HEALTH, key))
    asked = text(part(page, "Yang diminta aturan"))
    for step in indicator.parameters:
        assert " ".join(step.text.split()) in asked
        assert " ".join((step.evidence or "").split()) in asked
    assert " ".join((indicator.evidence.value or "").split()) in asked
    claimed = {"16": "3", "17": "2"}.get(key, "1")
    assert f"Terima parameter {claimed}<" in page
    assert f"Parameter {claimed} diklaim" in asked
    lower = [str(n) for n in range(int(claimed))] if claimed != "1" else []  # 0 alone is a refusal
    assert re.findall(r"<option>(\d)</option>", page) == lower


def test_copies_elsewhere_links_and_what_is_new_are_said(bureau: Any) -> None:
    share: Path = bureau.root / "share"
    letter = next(share.rglob("Perahu Sehat/bukti/16*/sk.pdf"))
    (next(share.rglob("Peta Jalan/bukti/19*")) / "salinan.pdf").write_bytes(letter.read_bytes())
    book = next(share.rglob("Peta Jalan/inovasi.xlsx"))
    sheets = load_workbook(book)
    row = next(row for row in sheets["Indikator"].iter_rows() if row[0].value == 19)
    row[5].value = "https://www.youtube.com/watch?v=abc"
    row[6].value = "lihat <b>tautan</b>"
    sheets.save(book)
    bureau.assess(AS_OF.replace(day=30, month=9))
    ani = bureau.client("ani")
    page = ani.page(address(OTHER, "19"))
    assert "juga di" in page
    assert HEALTH in text(page)
    assert "https://www.youtube.com/watch?v=abc" in page
    assert 'href="https://www.youtube' not in page
    assert "tidak dibuka oleh meja ini" in page
    assert "Baru: salinan.pdf." in part(page, "Beda dari perhitungan sebelumnya")
    assert "lihat tautan" in part(page, "Yang diklaim unit")


def test_the_page_of_an_innovation_shows_every_claim_with_its_evidence(bureau: Any) -> None:
    page = bureau.client("ani").page(address(HEALTH))
    run = read_run(bureau.store, "63.03", 2026)
    claims = run.table("claims")
    mine = claims[(claims["innovation_id"] == HEALTH) & (claims["parameter"] > 0)]
    for key in mine["indicator"]:
        assert f'href="{address(HEALTH, key)}"' in page
        assert f"{address(HEALTH, key)}/bukti/" in page


def test_the_run_that_a_steward_started_is_said_where_it_concerns(opening: Any) -> None:
    from iid.tasks.desk.recalculation import Recalculations

    bureau = opening(run=Recalculations(lambda _key, _unit, _say: (True, "indeks 12,34 (Kurang Inovatif)")))
    ani, budi = bureau.client("ani"), bureau.client("budi")
    page = ani.page(address(HEALTH, "16"))
    token = re.search(r'_hitung" class="hitung"><input type="hidden" name="token" value="([^"]+)"', page)
    assert token
    assert "Hitung ulang unit ini" in page
    assert "Hitung ulang unit ini" not in bureau.client("lihat").page(address(HEALTH, "16"))
    assert budi.post("/meja/101/_hitung", token=token[1]).status == 403
    assert ani.post("/meja/102/_hitung", token=token[1]).status == 403  # a token for another unit
    assert ani.post("/meja/101/_hitung", token=token[1]).status == 303
    said = ani.get("/meja/101/_hitung")
    assert said.status == 200
    assert b"Hitung ulang unit 101" not in budi.get("/meja/").body
    assert b"Hitung ulang unit 101" in ani.get("/meja/").body


def test_a_content_that_is_claimed_a_thousand_times_is_named_five_times_and_counted(bureau: Any) -> None:
    run = bureau.desk._open(next(iter(bureau.desk._places())))[0]
    row = run.evidence[run.evidence["sha256"] != ""].iloc[[0]]
    many = pd.concat([row.assign(innovation_id=f"9/Salinan {number:04d}") for number in range(1_000)])
    run.evidence = pd.concat([run.evidence, many])
    run.__dict__.pop("_places", None)
    named, total = run.copies(row["sha256"].iloc[0], (row["innovation_id"].iloc[0], row["indicator"].iloc[0]))
    assert (len(named), total) == (5, 1_000)
    assert named[0] == f"9/Salinan 0000, indikator {row['indicator'].iloc[0]}"


def test_what_a_colleague_decided_is_in_the_queue_of_the_next_who_opens_it(bureau: Any) -> None:
    ani, budi = bureau.client("ani"), bureau.client("budi")
    before = queue(budi)
    assert ani.decide(OTHER, "19", "terima").status == 303
    assert queue(budi) == [claim for claim in before if claim != (OTHER, "19")]
    assert queue(budi, "status=diputus") == [(OTHER, "19")]
    assert (HEALTH, "16") not in queue(budi, "status=semua")  # kept rows are still those of one's own units


def test_warming_reads_the_run_and_its_decisions_so_that_the_first_page_reads_neither(
    opening: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opening()
    first.client("ani").decide(HEALTH, "16", "terima")
    bureau = opening()
    bureau.desk.warm()
    read: list[str] = []
    store = next(iter(bureau.desk._places())).store
    monkeypatch.setattr(type(store), "get", _noting(type(store).get, read))
    ani = bureau.client("ani")
    assert "terima" in ani.page("/meja/?status=diputus")
    assert not [key for key in read if "/decisions/" in key or "/runs/" in key]


def _noting(get: Any, read: list[str]) -> Any:
    def noted(store: Any, key: str) -> bytes:
        read.append(key)
        return bytes(get(store, key))

    return noted


def test_the_region_is_called_by_its_name_and_can_be_filtered(bureau: Any) -> None:
    ani = bureau.client("ani")
    page = ani.page("/meja/?status=semua")
    assert '<option value="pemda">' in page
    assert ", unit pemda" not in text(page)
    claims = read_run(bureau.store, "63.03", 2026).table("claims")
    key = claims[claims["innovation_id"] == "pemda"]["indicator"].iloc[0]
    assert "Unit pemda" not in text(ani.page(address("pemda", key)))
    assert "Unit pemda" not in text(ani.page(address("pemda")))
    assert "Unit 101" in text(ani.page(address(HEALTH)))


def test_what_has_no_proof_can_only_be_refused(bureau: Any) -> None:
    proof = next((bureau.root / "share").rglob("Perahu Sehat/bukti/17*/sk dua.pdf"))
    proof.write_bytes(b"")
    bureau.assess(AS_OF.replace(day=30, month=9))
    ani = bureau.client("ani")
    page = ani.page(address(HEALTH, "17"))
    buttons = dict(re.findall(r'<button name="keputusan" value="(\w+)"([^>]*)>', page))
    assert {word for word, more in buttons.items() if "disabled" in more} == {"terima", "turunkan"}
    for word in ("terima", "turunkan"):
        assert ani.decide(HEALTH, "17", word, catatan="x", parameter_baru="1").status == 422
    assert ani.decide(HEALTH, "17", "tolak", catatan="kosong").status == 303


def test_after_a_refusal_note_and_chosen_parameter_are_still_there(bureau: Any) -> None:
    answer = bureau.client("ani").decide(HEALTH, "16", "turunkan", parameter_baru="2", sidik="0" * 16)
    assert answer.status == 409
    assert "<option selected>2</option>" in answer.body.decode()


def test_a_decision_is_in_the_history_of_its_claim_once_and_of_no_other(bureau: Any) -> None:
    ani = bureau.client("ani")
    ani.decide(HEALTH, "16", "terima")
    bureau.assess(AS_OF.replace(day=30, month=9))
    assert part(ani.page(address(HEALTH, "16")), "Keputusan sebelumnya").count("<li>") == 1
    assert "Belum pernah diputus" in part(ani.page(address(HEALTH, "17")), "Keputusan sebelumnya")


def test_a_claim_is_worth_its_parameter_times_the_weight_of_its_indicator(bureau: Any) -> None:
    run = bureau.desk._open(next(iter(bureau.desk._places())))[0]
    worth = {row.indicator: row.worth for row in run.queue if row.innovation_id == HEALTH}
    weights = {key: run.rulebook.by_key[key].weight.value for key in ("16", "20")}
    ratio = 3 * weights["16"] / (1 * weights["20"])
    assert float(worth["16"] / worth["20"]) == pytest.approx(float(ratio))
