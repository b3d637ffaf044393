"""Checks of the indicators: parameters, files, thresholds and bases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from iid.expectations.rulebook.messages import Problem, shown
from iid.expectations.rulebook.model import (
    SID_KEYS,
    TOTAL_KEY,
    Band,
    Bands,
    Indicator,
    Parameter,
    Proof,
    Rulebook,
)
from iid.expectations.rulebook.words import plain

KINDS = ("pdf", "jpg", "png", "mp4", "mov", "link")
_LOWEST, _HIGHEST = Decimal("-Infinity"), Decimal("Infinity")


def _keys(book: Rulebook) -> Iterator[Problem]:
    keys = [indicator.key for indicator in book.indicators]
    for key in sorted({k for k in keys if keys.count(k) > 1}):
        yield Problem(f"indicators[{key}].key", shown(key), "setiap indikator satu kali")
    for missing in (key for key in SID_KEYS if key not in keys):
        yield Problem("indicators", f"tanpa {missing}", "setiap indikator SID 16 sampai 35")
    for indicator in book.indicators:
        allowed = "SID" if indicator.key in SID_KEYS else "SPD"
        if indicator.aspect != allowed:
            yield Problem(f"indicators[{indicator.key}].aspect", indicator.aspect, allowed)
    spd = [key for key in keys if key not in SID_KEYS]
    if book.spd == "total" and spd != [TOTAL_KEY]:
        yield Problem("indicators", f"baris SPD {', '.join(spd) or 'tidak ada'}", f"{TOTAL_KEY} (spd: total)")
    if book.spd == "rows" and (not spd or TOTAL_KEY in spd):
        yield Problem(
            "indicators", f"baris SPD {', '.join(spd) or 'tidak ada'}", "baris 1 sampai 15 (spd: rows)"
        )


def _parameters(book: Rulebook) -> Iterator[Problem]:
    for indicator in book.indicators:
        path = f"indicators[{indicator.key}]"
        if indicator.key == TOTAL_KEY:
            if indicator.parameters:
                yield Problem(f"{path}.parameters", shown(indicator.parameters), "daftar kosong")
            continue
        yield from _steps(indicator.parameters, f"{path}.parameters")
        for basis in indicator.bases:
            yield from _steps(basis.parameters, f"{path}.bases[{basis.code}].parameters")


def _steps(parameters: tuple[Parameter, ...], path: str) -> Iterator[Problem]:
    values = [parameter.value for parameter in parameters]
    if values != [1, 2, 3]:
        yield Problem(path, ", ".join(map(str, values)) or "tidak ada", "1, 2, 3 (berurutan)")
    texts = [plain(parameter.text) for parameter in parameters]
    for parameter, text in zip(parameters, texts, strict=True):
        if not text or texts.count(text) > 1:  # the form's dropdown is read back by its text
            allowed = "teks yang berbeda dari parameter lain"
            yield Problem(f"{path}[{parameter.value}].text", shown(parameter.text), allowed)


def _files(book: Rulebook) -> Iterator[Problem]:
    for indicator in book.indicators:
        path, kinds = f"indicators[{indicator.key}]", indicator.kinds.value
        if kinds is not None and (not kinds or len(set(kinds)) < len(kinds) or not set(kinds) <= set(KINDS)):
            allowed = f"null, atau sebagian dari {', '.join(KINDS)}, masing-masing satu kali"
            yield Problem(f"{path}.kinds.value", ", ".join(kinds) or "daftar kosong", allowed)
        limits = {"max_size_mb": indicator.max_size_mb, "max_minutes": indicator.max_minutes}
        for name, limit in limits.items():
            if limit is not None and limit.value is not None and limit.value <= 0:
                yield Problem(f"{path}.{name}.value", str(limit.value), "null, atau lebih dari 0")


def _proofs(book: Rulebook) -> Iterator[Problem]:
    """Check that each parameter has one entry, and every kind its place in it."""
    for indicator in book.indicators:
        path = f"indicators[{indicator.key}].proofs"
        given = [place for proof in indicator.proofs for place in _places(indicator, proof)]
        wanted = [(b.code, p.value) for b in indicator.bases for p in b.parameters]
        wanted = wanted or [("", p.value) for p in indicator.parameters]
        for place in sorted({*wanted, *given}):
            if place not in wanted or given.count(place) != 1:
                found = {0: "tidak ada"}.get(given.count(place), f"{given.count(place)} kali")
                allowed = "satu kali" if place in wanted else "parameter dan basis indikator ini"
                yield Problem(
                    path, f"parameter {place[1]}{place[0] and f' basis {place[0]}'} {found}", allowed
                )
        for position, proof in enumerate(indicator.proofs):
            yield from _kinds_of(indicator, proof, f"{path}[{position}]")


def _places(indicator: Indicator, proof: Proof) -> list[tuple[str, int]]:
    return [(basis, step) for basis in proof.bases or ("",) for step in proof.parameters]


def _kinds_of(indicator: Indicator, proof: Proof, path: str) -> Iterator[Problem]:
    kinds, proves, beside = indicator.kinds.value, proof.proves, proof.accompanies
    if kinds is None or proves is None:
        if kinds is not None or proves is not None or beside:
            yield Problem(f"{path}.proves", shown(proves), "null bila kinds null, tanpa accompanies")
        return
    if not kinds or not set(kinds) <= set(KINDS):  # reported already
        return
    named = (*proves, *beside)
    if not proves or not set(proves) <= set(kinds):
        yield Problem(
            f"{path}.proves", ", ".join(proves) or "daftar kosong", f"sebagian dari {', '.join(kinds)}"
        )
    if len(set(named)) < len(named) or not set(kinds) <= set(named) <= set(KINDS):
        allowed = f"{', '.join(kinds)}, masing-masing satu kali pada proves atau accompanies"
        yield Problem(path, ", ".join(named), allowed)


def _numbers(book: Rulebook) -> Iterator[Problem]:
    for indicator in book.indicators:
        path = f"indicators[{indicator.key}]"
        if indicator.weight.value <= 0:
            yield Problem(f"{path}.weight.value", str(indicator.weight.value), "lebih dari 0")
        if indicator.expected_items is not None:
            items = indicator.expected_items.value
            if items[0] < 1 or list(items) != sorted(items):
                allowed = "tiga bilangan, mulai dari 1, tidak menurun"
                yield Problem(f"{path}.expected_items.value", ", ".join(map(str, items)), allowed)


def _bases(book: Rulebook) -> Iterator[Problem]:
    for indicator in book.indicators:
        owner: dict[str, str] = {}
        for position, basis in enumerate(indicator.bases):
            path = f"indicators[{indicator.key}].bases[{basis.code}]"
            if basis.code in [other.code for other in indicator.bases[:position]]:
                yield Problem(f"{path}.code", shown(basis.code), "setiap huruf satu kali")
            for word in (basis.code, *basis.aliases):
                if owner.setdefault(plain(word), basis.code) != basis.code:
                    allowed = f"kata yang berbeda dari basis {owner[plain(word)]}"
                    yield Problem(f"{path}.aliases", shown(word), allowed)


def _thresholds(book: Rulebook) -> Iterator[Problem]:
    places = book.threshold_rule.round_places if book.threshold_rule else 2
    for indicator in book.indicators:
        if indicator.thresholds is not None:
            path = f"indicators[{indicator.key}].thresholds"
            yield from _placed(indicator, indicator.thresholds, places, path)
            yield from _joined(indicator.thresholds, book.threshold_rule is not None, path)


def _placed(indicator: Indicator, bands: Bands, places: int, path: str) -> Iterator[Problem]:
    """Check that each parameter has one band, with bounds that can be reached."""
    if indicator.aspect != "SPD" or indicator.key == TOTAL_KEY:
        yield Problem(path, "ada", f"hanya baris SPD selain {TOTAL_KEY}")
    found = sorted(band.parameter for band in bands.bands)
    if found != [1, 2, 3]:
        yield Problem(f"{path}.bands", ", ".join(map(str, found)), "satu rentang untuk 1, 2, dan 3")
    if bands.step % Decimal(1).scaleb(-places):
        yield Problem(f"{path}.step", str(bands.step), f"kelipatan dari pembulatan {places} desimal")
        return
    for band in bands.bands:
        for name, bound in (("lower", band.lower), ("upper", band.upper)):
            if bound is not None and bound % bands.step:
                yield Problem(
                    f"{path}.bands[{band.parameter}].{name}", str(bound), f"kelipatan step ({bands.step})"
                )
        if _lower(band) > _upper(band):
            allowed = f"paling kecil lower ({band.lower})"
            yield Problem(f"{path}.bands[{band.parameter}].upper", str(band.upper), allowed)


def _joined(bands: Bands, may_overlap: bool, path: str) -> Iterator[Problem]:
    """Between the lowest and the highest bound no value is without a band."""
    ordered = sorted(bands.bands, key=lambda band: (_lower(band), _upper(band)))
    for before, after in _pairs(ordered):
        where = f"{path}.bands[{after.parameter}].lower"
        reached = _upper(before)
        if _lower(after) > reached + bands.step:
            allowed = f"paling besar {reached + bands.step} (ada celah sesudah {reached})"
            yield Problem(where, str(after.lower), allowed)
        elif _lower(after) <= reached and not may_overlap:
            allowed = f"lebih dari {reached} (bertindih; tidak ada threshold_rule)"
            yield Problem(where, str(after.lower), allowed)


def _pairs(ordered: list[Band]) -> Iterable[tuple[Band, Band]]:
    """Each band with the one before it that reaches highest."""
    highest: Band | None = None
    for band in ordered:
        if highest is not None:
            yield highest, band
        if highest is None or _upper(band) > _upper(highest):
            highest = band


def _lower(band: Band) -> Decimal:
    return _LOWEST if band.lower is None else band.lower


def _upper(band: Band) -> Decimal:
    return _HIGHEST if band.upper is None else band.upper


RULES = (_keys, _parameters, _files, _proofs, _numbers, _bases, _thresholds)
