"""Several regions and cycles in one ``iid.toml``: which target is meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any

from iid.tasks.values.errors import UsageError

HELP = "Nama [[target]] dalam iid.toml; --region dan --cycle juga memilih."


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line says of the target; a ``share`` needs none."""

    name: str | None = None
    region: str | None = None
    cycle: str | None = None
    share: str | None = None
    number: bool = False  # the command's --target takes an index too

    def fits(self, target: Mapping[str, Any], common: Mapping[str, Any]) -> bool:
        """Whether *target* (over the *common* keys) is one of those meant."""
        if self.name is not None:
            return bool(target.get("name") == self.name)
        wanted = {"region": self.region, "cycle": self.cycle, "share": self.share}
        said = {key: target.get(key, common.get(key)) for key in wanted}
        # A region that the file does not name may be this one: its share says so. The share of a target
        # (as `iid serve` gives it to the runs that it starts) means that target, another share none.
        return all(
            want is None or said[key] is None or str(said[key]) == want for key, want in wanted.items()
        )


_ANY = Choice()
_CHOICE: ContextVar[Choice] = ContextVar("choice", default=_ANY)


def choice() -> Choice:
    """What was chosen for the command that runs."""
    return _CHOICE.get()


def aim(option: str, value: object, *, number: bool = False) -> None:
    """Choose by one more option: ``target``, ``region``, ``cycle``, ``share``."""
    said = {"name" if option == "target" else option: str(value), "number": choice().number or number}
    _CHOICE.set(Choice(**{**asdict(choice()), **said}))


@contextmanager
def choosing(chosen: Choice) -> Iterator[None]:
    """Settings that are read inside the block are those of *chosen*."""
    token = _CHOICE.set(chosen)
    try:
        yield
    finally:
        _CHOICE.reset(token)


def merged(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the file's keys under those of the one target that is chosen.

    Without one target, the common keys. UsageError when the name is no target's. Tables (``guard``) are
    merged key by key.
    """
    common = dict(data)
    targets = [one for one in listed(data) if choice().fits(one, data)]
    if choice().name is not None and not targets:
        raise _unknown(data)
    if len(targets) != 1:
        return common
    chosen = {key: value for key, value in targets[0].items() if key not in {"name", "at", "contacts"}}
    for key, value in chosen.items():
        both = isinstance(value, dict) and isinstance(common.get(key), dict)
        common[key] = {**common[key], **value} if both else value
    for table, key in (("serve", "at"), ("notify", "contacts")):
        if key in targets[0] and isinstance(common.get(table, {}), dict):
            common[table] = {**common.get(table, {}), key: targets[0][key]}
    return common


def meant(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of targets that the command is about, in file order."""
    return tuple(str(one.get("name")) for one in listed(data) if choice().fits(one, data))


def refuse_several(data: Mapping[str, Any]) -> None:
    """Raise UsageError where the command leaves several targets, or none."""
    found = meant(data)
    if choice().name is not None and not found:
        raise _unknown(data)
    if choice().share or len(found) == 1 or not listed(data):
        return
    which = "tidak ada yang cocok" if not found else "pilih satu"
    raise UsageError(
        f"iid.toml memuat beberapa target; {which}: --target NAMA (yang ada: {_names(data)}), "
        "atau --region dan --cycle"
    )


def _unknown(data: Mapping[str, Any]) -> UsageError:
    names = _names(data)
    known = f"nama target di iid.toml ({names})" if names else "nama target, bila iid.toml memuat [[target]]"
    if choice().number:
        known = f"indeks 0,01 s.d. 100, misalnya 60,01, atau {known}"
    return UsageError(f'--target "{choice().name}" tidak dikenal; yang boleh: {known}')


def listed(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the ``[[target]]`` tables of the file, if there are any."""
    targets = data.get("target")
    return [one for one in targets if isinstance(one, dict)] if isinstance(targets, list) else []


def _names(data: Mapping[str, Any]) -> str:
    return ", ".join(str(one.get("name", "?")) for one in listed(data))
