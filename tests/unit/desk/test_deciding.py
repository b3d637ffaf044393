"""Deciding at the desk: kept once, for what was on screen, or refused with the reason."""

from __future__ import annotations

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from desk_client import HEALTH, OTHER, address, alert, fields
from small_region import AS_OF

from iid.tasks.store.published_run import read_run


def test_a_decision_is_kept_with_name_time_and_fingerprint_and_leads_to_the_next_claim(bureau: Any) -> None:
    ani = bureau.client("ani")
    following = re.search(r'rel="next" href="([^"?]+)', ani.page(address(HEALTH, "16")))
    answer = ani.decide(HEALTH, "16", "turunkan", parameter_baru="2", catatan="hanya SK kepala dinas")
    assert answer.status == 303
    assert following
    assert answer.headers["location"].startswith(f"{following[1]}?")
    (path,) = bureau.kept()
    record = json.loads(path.read_bytes())
    assert (record["decision"], record["new"], record["reviewer"]) == ("turunkan", "2", "ani")
    assert record["note"] == "hanya SK kepala dinas"
    assert len(record["fingerprint"]) == 16
    page = ani.page(address(HEALTH, "16"))
    assert "turunkan ke 2" in page
    assert "hanya SK kepala dinas" in page
    assert '"event": "decided", "name": "ani"' in bureau.log


def test_the_next_run_counts_it_and_says_it_comes_from_the_desk(bureau: Any) -> None:
    bureau.client("ani").decide(HEALTH, "16", "terima")
    bureau.assess(AS_OF.replace(day=30, month=9))
    run = read_run(bureau.store, "63.03", 2026)
    (row,) = run.table("decisions").to_dict("records")
    assert (row["origin"], row["in_force"], row["reviewer"]) == ("meja", True, "ani")
    scores = run.table("scores")
    row = scores[(scores["innovation_id"] == HEALTH) & (scores["indicator"] == "16")].iloc[0]
    assert row["verified_parameter"] == 3
    page = bureau.client("ani").page(address(HEALTH, "16"))
    assert "belum dihitung" not in page


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"keputusan": "tolak"}, "Catatan"),
        ({"keputusan": "turunkan", "catatan": "x"}, "Parameter baru"),
        ({"keputusan": "turunkan", "catatan": "x", "parameter_baru": "3"}, "Parameter baru"),
        ({"keputusan": "terima", "parameter_baru": "1"}, "terima"),
        ({"keputusan": "setuju"}, ""),
        ({"keputusan": ""}, ""),
        ({"keputusan": "tolak", "catatan": "x" * 5000}, "Catatan"),
    ],
)
def test_an_incomplete_decision_keeps_nothing_and_says_why(
    form: dict[str, str], words: str, bureau: Any
) -> None:
    ani = bureau.client("ani")
    answer = ani.decide(
        HEALTH, "16", form["keputusan"], **{k: v for k, v in form.items() if k != "keputusan"}
    )
    assert answer.status == 422
    assert words in alert(answer)
    assert bureau.kept() == []


def test_a_decision_about_another_fingerprint_is_refused(bureau: Any) -> None:
    answer = bureau.client("ani").decide(HEALTH, "16", "terima", sidik="0" * 16)
    assert (answer.status, bureau.kept()) == (409, [])
    assert "berubah sejak halaman ini dibuka" in alert(answer)


def proof(bureau: Any) -> Path:
    return next((bureau.root / "share").rglob("Perahu Sehat/bukti/16*/sk.pdf"))


@pytest.mark.parametrize("change", ["content", "gone", "added"])
def test_evidence_that_changed_on_the_share_since_the_run_is_said_and_nothing_kept(
    change: str, bureau: Any
) -> None:
    ani = bureau.client("ani")
    form = fields(ani.page(address(HEALTH, "16")), "/keputusan")
    place = proof(bureau)
    if change == "content":
        place.write_bytes(place.read_bytes()[:-1] + b"x")
        os.utime(place, (1, 1))
    elif change == "gone":
        place.unlink()
    else:
        (place.parent / "baru.pdf").write_bytes(place.read_bytes())
    answer = ani.post(f"{address(HEALTH, '16')}/keputusan", keputusan="terima", **form)
    assert (answer.status, bureau.kept()) == (409, [])
    assert "Bukti di folder bersama berubah" in alert(answer)


def test_a_file_of_another_time_and_the_same_content_is_no_change(bureau: Any) -> None:
    os.utime(proof(bureau), (1, 1))
    assert bureau.client("ani").decide(HEALTH, "16", "terima").status == 303


def test_a_new_run_with_other_evidence_refuses_what_was_on_screen(bureau: Any) -> None:
    ani = bureau.client("ani")
    form = fields(ani.page(address(HEALTH, "16")), "/keputusan")
    proof(bureau).write_bytes(b"%PDF-1.4 lain")
    bureau.assess(AS_OF.replace(day=30, month=9))
    answer = ani.post(f"{address(HEALTH, '16')}/keputusan", keputusan="terima", **form)
    assert (answer.status, bureau.kept()) == (409, [])


def test_the_second_steward_sees_the_decision_of_the_first(bureau: Any) -> None:
    ani, budi = bureau.client("ani"), bureau.client("budi")
    path = f"{address(OTHER, '19')}/keputusan"
    forms = [fields(one.page(address(OTHER, "19")), "/keputusan") for one in (ani, budi)]
    assert ani.post(path, keputusan="terima", **forms[0]).status == 303
    answer = budi.post(path, keputusan="tolak", catatan="palsu", **forms[1])
    assert answer.status == 409
    assert "sudah diputuskan terima oleh ani" in alert(answer)
    assert ">palsu</textarea>" in answer.body.decode()  # what was typed is not lost
    assert len(bureau.kept()) == 1
    assert budi.decide(OTHER, "19", "tolak", catatan="palsu").status == 303
    assert len(bureau.kept()) == 2


def test_of_many_at_the_same_moment_exactly_one_is_kept(bureau: Any) -> None:
    clients = [bureau.client("ani") for _ in range(6)]
    forms = [fields(one.page(address(OTHER, "19")), "/keputusan") for one in clients]
    path = f"{address(OTHER, '19')}/keputusan"
    with ThreadPoolExecutor(6) as pool:
        jobs = [
            pool.submit(c.post, path, keputusan="terima", **f) for c, f in zip(clients, forms, strict=True)
        ]
        found = sorted(job.result().status for job in jobs)
    assert found == [303, 409, 409, 409, 409, 409]
    assert len(bureau.kept()) == 1


def test_a_store_that_takes_nothing_is_said_and_nothing_is_half_kept(bureau: Any) -> None:
    ani = bureau.client("ani")
    form = fields(ani.page(address(HEALTH, "16")), "/keputusan")
    place = bureau.root / "hasil/63.03/2026/decisions"
    place.write_text("a file where the folder should be")
    answer = ani.post(f"{address(HEALTH, '16')}/keputusan", keputusan="terima", **form)
    assert answer.status == 503
    assert "tidak ada yang disimpan" in alert(answer)
    place.unlink()
    assert ani.decide(HEALTH, "16", "terima").status == 303


def test_a_batch_accepts_what_was_shown_without_findings_after_one_confirmation(bureau: Any) -> None:
    ani = bureau.client("ani")
    form = fields(ani.page(address(HEALTH)), "/_terima")
    shown = {name.removeprefix("sidik-") for name in form if name.startswith("sidik-")}
    assert shown
    assert ani.post(f"{address(HEALTH)}/_terima", **form).status == 200  # not confirmed
    assert bureau.kept() == []
    answer = ani.post(f"{address(HEALTH)}/_terima", setuju="ya", **form)
    assert f"{len(shown)} klaim diterima" in alert(answer)
    records = [json.loads(path.read_bytes()) for path in bureau.kept()]
    assert {one["indicator"] for one in records} == shown
    assert {one["decision"] for one in records} == {"terima"}


def test_a_later_decision_takes_the_place_of_the_first_and_both_are_kept(bureau: Any) -> None:
    ani = bureau.client("ani")
    ani.decide(HEALTH, "16", "tolak", catatan="bukan SK")
    assert ani.decide(HEALTH, "16", "terima").status == 303
    assert [json.loads(path.read_bytes())["decision"] for path in bureau.kept()] == ["tolak", "terima"]
    page = ani.page(address(HEALTH, "16"))
    assert page.index("<strong>terima</strong>") < page.index("<strong>tolak</strong>")  # the newest first
    row = queue_row(ani, "16")
    assert "terima" in row
    assert "belum dihitung" in row


def queue_row(client: Any, key: str) -> str:
    """What the queue says of a claim of the first innovation."""
    page = client.page("/meja/?status=semua")
    return str(next(row for row in page.split("<tr>") if f'href="{address(HEALTH, key)}?' in row))


def test_a_withdrawn_decision_leaves_the_claim_undecided_in_queue_and_run(bureau: Any) -> None:
    ani = bureau.client("ani")
    assert "Cabut keputusan" not in ani.page(address(HEALTH, "16"))
    ani.decide(HEALTH, "16", "tolak", catatan="bukan SK")
    bureau.assess(AS_OF.replace(day=30, month=9))
    assert "belum dihitung" not in queue_row(ani, "16")
    assert "Cabut keputusan" in ani.page(address(HEALTH, "16"))
    answer = ani.decide(HEALTH, "16", "cabut")
    assert answer.headers["location"].startswith(address(HEALTH, "16"))
    assert "belum diputuskan" in queue_row(ani, "16")
    assert "dicabut" in ani.page(answer.headers["location"])
    assert len(bureau.kept()) == 2  # nothing was taken away
    bureau.assess(AS_OF.replace(day=1, month=10))
    run = read_run(bureau.store, "63.03", 2026)
    assert len(run.table("decisions")) == 0
    scores = run.table("scores")
    row = scores[(scores["innovation_id"] == HEALTH) & (scores["indicator"] == "16")].iloc[0]
    assert row["supported_parameter"] == 3  # as before it was refused
    assert ani.decide(HEALTH, "16", "terima").status == 303


def test_only_a_decision_of_the_desk_can_be_withdrawn_and_once(bureau: Any) -> None:
    ani = bureau.client("ani")
    assert ani.decide(HEALTH, "16", "cabut").status == 409
    ani.decide(HEALTH, "16", "terima")
    assert ani.decide(HEALTH, "16", "cabut").status == 303
    answer = ani.decide(HEALTH, "16", "cabut")
    assert (answer.status, len(bureau.kept())) == (409, 2)
    assert "Tidak ada keputusan meja" in alert(answer)


def test_a_withdrawal_that_came_first_is_said_to_the_second_steward(bureau: Any) -> None:
    ani, budi = bureau.client("ani"), bureau.client("budi")
    ani.decide(OTHER, "19", "terima")
    form = fields(budi.page(address(OTHER, "19")), "/keputusan")
    ani.decide(OTHER, "19", "cabut")
    answer = budi.post(f"{address(OTHER, '19')}/keputusan", keputusan="tolak", catatan="x", **form)
    assert answer.status == 409
    assert "sudah dicabut oleh ani" in alert(answer)
