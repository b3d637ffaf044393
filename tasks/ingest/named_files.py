"""What column *Bukti* names: files, names without a file, other words."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from iid.tasks.ingest.parsed import Claim
from iid.tasks.ingest.submission_place import SubmissionPlace
from iid.tasks.shares.drive import Entry
from iid.tasks.text.cell_values import visible
from iid.tasks.values.share_paths import printable, tidy

# A safety limit, not a rule: a cell of 32,000 letters can name thousands of files that are not there.
MAX_NAMES = 500  # of one cell
_OUTSIDE = re.compile(r"^(?:[/\\]|~[^$]|~$|[a-z]:|file:\s*[/\\])|(?:^|[/\\])\.\.(?:[/\\]|$)", re.IGNORECASE)
# A path on a person's own computer, as Windows copies it: what counts is the file's name at its end.
_OWN_COMPUTER = re.compile(r"^(?:file:/{2,3})?(?:[a-z]:[\\/]|\\\\|//)", re.IGNORECASE)
_KINDS = (
    r"pdf|docx?|docm|xlsx?|xlsm|pptx?|odt|ods|odp|rtf|txt|csv|jpe?g|png|gif|webp|heic|bmp|tiff?|svg"
    r"|mp4|mov|avi|mkv|webm|3gp|mpe?g|wmv|mp3|wav|m4a|zip|rar|7z|html?"
)
# "1. SK.pdf" is numbered, "1.pdf" is a name.
_BULLET = re.compile(
    r"^(?:[-•*–—▪●○◦‣·∙>»✓✔√➢→①-⓿❶-➓\uf0b7\uf0a7\uf0d8]+\s*"
    rf"|\(?(?:\d{{1,3}}|[a-z])[.)](?!\.?(?:{_KINDS})$)\s*)",
    re.IGNORECASE,
)
# "DPA*.pdf" is no name: no file can be called so.
_FILE_NAME = re.compile(rf"^[^*?<>|]*\.(?:{_KINDS})$", re.IGNORECASE)
# A name, and behind its ending a note: "SK.pdf (terlampir)", "SK.pdf hal. 3".
_NOTED = re.compile(rf"^(.+?\.(?:{_KINDS}))(?=[\s(\[,:-]|[.…]+$).*$", re.IGNORECASE | re.DOTALL)
_REMARK = re.compile(r"\([^()\d]+\)$")  # "SK Tim (terlampir)"; "SK (2)" is another file
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_LEAD = re.compile(
    r"^(?:(?:nama\s+)?(?:file|berkas|dokumen|bukti|data|lampiran)|lihat|terlampir|yaitu)\s*(?:file|berkas)?\s*[:=-]?\s+",
    re.IGNORECASE,
)
# Between names in one line; a comma or "dan" may also be part of a name, so the longest one wins.
_BETWEEN = re.compile(
    r"(\s*[,|；;、+]\s*(?:(?:dan|serta|and)\s+)?|(?<=\.(?:pdf|jpg|png|mp4|doc|xls))\s*/\s*|\s+(?:dan|serta|and|&|/|s/d|s\.d\.)\s+|\s+(?=\(?\d{1,2}[.)]\s)|(?<=\.(?:pdf|jpg|png|mp4|doc|xls))\s+"
    r"|(?<=\.(?:docx|xlsx|pptx|jpeg|webp))\s+|\s*[•▪●✓✔]\s*)",
    re.IGNORECASE,
)
_BEFORE_ENDING = re.compile(r" +(?=\.\w{2,4}$)")
_MOST_PIECES = 80  # of one line; more are no list that a person wrote
_WORD = re.compile(r"\w")
_ALIKE = 0.75  # of difflib, between names without their endings
_TYPED = str.maketrans(
    {**dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"), **dict.fromkeys("‘’‚′`´ʼ", "'"), "“": '"', "”": '"', "_": " "}
)
# "SK (1)", "SK - Copy", "SK - Salinan (2)", "Copy of SK".
_COPY = re.compile(r"^(?:(?:copy|salinan)(?: of| dari)? )|(?:\s*-\s*(?:copy|salinan))?(?:\s*\(\d{1,3}\))?$")


@dataclass(frozen=True, slots=True)
class Named:
    """What one row's Bukti names: files, names without a file, other words."""

    there: tuple[Entry, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()  # name, why
    notes: tuple[str, ...] = ()


def read_names(shelf: Shelf, claim: Claim) -> Named:
    """Return what the lines of column Bukti name, the longest files first.

    Contract 2: ``,`` ``|`` ``dan`` separate names where the parts, not the whole, name files;
    marks of a list are no part of a name.
    """
    there: dict[str, Entry] = {}
    absent: dict[str, str] = {}
    notes: dict[str, None] = {}
    if (more := len(claim.files) - MAX_NAMES) > 0:
        name = f"({more} nama lain; paling banyak {MAX_NAMES} dalam satu sel)"
        absent[name] = shelf.why_absent(name, (), claim.indicator)
    for line in claim.files[:MAX_NAMES]:
        for written, found in _names_in(shelf, line, claim.indicator):
            name = written if found else _bare(written)
            if len(found) == 1:
                there.setdefault(found[0].path, found[0])
            elif found or _FILE_NAME.search(name) or (is_outside(name) and not _OWN_COMPUTER.match(name)):
                absent.setdefault(name, shelf.why_absent(name, found, claim.indicator))
            elif _WORD.search(written):
                notes.setdefault(written)
    if there:
        notes = {name: None for name in notes if not _BRACKETED.fullmatch(name)}
    elif not absent:
        notes = notes or dict.fromkeys(claim.files)  # a tick, dots
    return Named(tuple(there.values()), tuple(absent.items()), tuple(notes))


def _names_in(shelf: Shelf, line: str, indicator: str) -> Iterator[tuple[str, Sequence[Entry]]]:
    """Yield a line's names with the files they may mean; the rest in pieces.

    Words behind a file's name and a space ("SK.pdf hal. 3") are a remark on it.
    """
    pieces = [piece for piece in _BETWEEN.split(line)[:_MOST_PIECES] if piece]
    start, remark = 0, False
    while start < len(pieces):
        for end in range(len(pieces), start, -1):
            name = "".join(pieces[start:end]).strip()
            if found := shelf.find(name, indicator, noted=end - start == 1):
                yield name, found
                start, remark = end, True
                break
        else:
            piece = pieces[start].strip()
            if not piece or piece == "/" or _BETWEEN.fullmatch(pieces[start]):
                remark = remark and not piece
            elif not remark or _FILE_NAME.search(_bare(piece)):
                yield piece, ()
            start += 1


def _bare(piece: str) -> str:
    """Return a name without list mark, leading "file:" and note behind it."""
    name = _LEAD.sub("", _BULLET.sub("", piece.strip()).strip()).strip("\"'“”‘’ ")
    found = _NOTED.match(name)
    return found[1] if found else name


def is_outside(name: str) -> bool:
    """Whether *name* leads out of the innovation's folder."""
    return _OUTSIDE.search(name) is not None


class Shelf:
    """The files of one place, found by name the way people write names."""

    def __init__(self, place: SubmissionPlace) -> None:
        self._own = {key: {entry.path for entry in entries} for key, entries in place.evidence.items()}
        self._pools: dict[tuple[str, str], list[Entry]] = {}  # by how the name is read, and the name
        self._names: set[str] = set()
        evidence = (entry for entries in place.evidence.values() for entry in entries)
        for entry in (*evidence, *place.numberless, *place.loose):
            shown = entry.path.rsplit("/", 1)[1]
            self._names.add(shown)
            for how, name in _readings(shown):
                self._pools.setdefault((how, name), []).append(entry)
                self._pools.setdefault((f"{how} stem", _stem(name)), []).append(entry)

    def find(self, name: str, indicator: str, *, noted: bool) -> list[Entry]:
        """Return the files that *name* may mean, own folder first; one is certain.

        *noted*: words may be around the name.
        """
        if _OWN_COMPUTER.match(name):
            last = unquote(name).replace("\\", "/").rpartition("/")[2]
            own = self._own.get(indicator, set())
            return [entry for entry in self.find(last, indicator, noted=noted) if entry.path in own]
        if is_outside(name):
            return []
        bare = _bare(name) if noted else name
        # No file can bear a slash: "12/2025" is saved as "12_2025" or "12-2025".
        spellings = (name, _BULLET.sub("", name), bare, *(name.replace("/", sign) for sign in "_-"))
        for wanted in dict.fromkeys((*spellings, _REMARK.sub("", bare) if noted else name)):
            path = tidy(visible(wanted).replace("\\", "/")).removeprefix("./")
            for how, last in _readings(path.rsplit("/", 1)[-1]):
                for key in ((how, last), (f"{how} stem", last)):
                    found = self._narrowed(self._pools.get(key, []), path, indicator)
                    if len(found) == 1 or (found and wanted in spellings):
                        return found
        return []

    def why_absent(self, name: str, found: Sequence[Entry], indicator: str) -> str:
        """Say why *name* is no file: several are meant, or none, with close names."""
        if found:
            return f'nama "{printable(name)}" cocok dengan {len(found)} berkas; tulis nama lengkapnya'
        near = "" if is_outside(name) else self._near(name, indicator)
        return f'berkas "{printable(name)}" tidak ditemukan di folder inovasi{near}'

    def _near(self, name: str, indicator: str) -> str:
        """Name the files that may be meant, copies and own folder first."""
        wanted = _original(name)
        own = {path.rsplit("/", 1)[1] for path in self._own.get(indicator, ())}
        for pool in (own, self._names):
            stems = {_stem(_folded(shown)): shown for shown in sorted(pool)}
            copies = [stem for stem, shown in stems.items() if _original(shown) == wanted]
            if near := copies[:2] or difflib.get_close_matches(_stem(_folded(name)), stems, 2, _ALIKE):
                return "; yang mirip: " + ", ".join(f'"{printable(stems[key])}"' for key in near)
        return ""

    def _narrowed(self, pool: list[Entry], path: str, indicator: str) -> list[Entry]:
        """Narrow *pool* to the named folders, the own folder, the exact spelling."""
        if "/" in path:
            parents = f"/{_folded(path.rpartition('/')[0])}"
            pool = [e for e in pool if f"/{_folded(e.path.rpartition('/')[0])}".endswith(parents)]
        own = self._own.get(indicator, set())
        pool = [entry for entry in pool if entry.path in own] or pool
        exact = [entry for entry in pool if tidy(entry.path).endswith(f"/{path}")]
        return exact if len(pool) > 1 and exact else pool


def _readings(name: str) -> tuple[tuple[str, str], ...]:
    """Return *name* without case, and also without accents, quotes, dashes."""
    folded = _folded(name)
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(sign))
    return ("spelt", folded), ("alike", " ".join(plain.translate(_TYPED).split()))


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def _original(name: str) -> str:
    """Return *name* without its ending and the marks of a copy."""
    return _COPY.sub("", _stem(_readings(name)[1][1])).strip()


def _folded(name: str) -> str:
    return _BEFORE_ENDING.sub("", " ".join(tidy(visible(name)).casefold().split()))
