"""Sheet *Arti klaim*: what a claim means, in the rulebook's own words.

The columns of sheet *Keputusan* are fixed, so the innovation's name, the meaning of the
claimed parameter, and the evidence that the rule asks for have a sheet of their own.
"""

from __future__ import annotations

from iid.expectations.rulebook.model import Basis, Indicator, Parameter, Proof
from iid.tasks.scaffold.guidance import bands, choice, demanded
from iid.tasks.text.labels import kind_of_file

SHEET = "Arti klaim"
HEADER = (
    "innovation_id",
    "Nama inovasi",
    "No",
    "Indikator",
    "Parameter klaim",
    "Arti parameter klaim",
    "Parameter lainnya",
    "Bukti yang diminta",
    "Jenis yang membuktikan",
)


def meaning(indicator: Indicator, claimed: str, basis: str) -> tuple[str, str, str, str]:
    """Return a row's last cells: *claimed*'s meaning, other ones, its proof."""
    place = next((b for b in indicator.bases if b.code == basis), None)
    steps = place.parameters if place else indicator.parameters
    chosen = next((p for p in steps if str(p.value) == claimed), None)
    others = "\n".join(choice(p) for p in steps if p is not chosen)
    return (
        _text(indicator, chosen),
        others,
        demanded(indicator, chosen, place),
        _kinds(indicator, chosen, place),
    )


def _text(indicator: Indicator, chosen: Parameter | None) -> str:
    if chosen is None:
        return ""
    return "\n".join([chosen.text, *bands(indicator)])


def _kinds(indicator: Indicator, chosen: Parameter | None, basis: Basis | None) -> str:
    """Name the kinds of file that prove, and those that only accompany."""
    proof = next((p for p in indicator.proofs if _is_of(p, chosen, basis)), None)
    if proof is None:
        return ""
    if proof.proves is None:
        return "semua jenis berkas"
    words = [", ".join(map(kind_of_file, proof.proves))]
    if proof.accompanies:
        words.append(f"hanya menyertai: {', '.join(map(kind_of_file, proof.accompanies))}")
    if proof.status == "inferred":
        words.append("disimpulkan, tidak dibaca dari sumber")
    return "; ".join(words)


def _is_of(proof: Proof, chosen: Parameter | None, basis: Basis | None) -> bool:
    return (chosen is None or chosen.value in proof.parameters) and (
        basis is None or not proof.bases or basis.code in proof.bases
    )
