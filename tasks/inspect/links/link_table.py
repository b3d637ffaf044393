"""Links as a run's table, and what is known of them in the store.

Checks are below ``<region>/<cycle>/_links/checks.json``. They are an input of a run like the
files of the share, kept with their time: the run publishes them in its table ``links``, so that
a later computation needs no network. A check counts for AGE_DAYS, measured against the
run's ``as_of``; then it is silently forgotten.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pandas as pd

from iid.tasks.inspect.links.hosts import CLASSES, FORMS, address_form, host_class
from iid.tasks.inspect.links.link_checks import OFFLINE, Check
from iid.tasks.inspect.links.link_verdict import OPEN, STATUSES
from iid.tasks.store.store import Store
from iid.tasks.values.tables import LINKS, frame

_log = logging.getLogger(__name__)

AGE_DAYS = 7
#: What was open is not asked again for so long; what was not is asked in every run that checks.
FRESH = timedelta(hours=20)
_KEY = "_links/checks.json"
_LONGEST = 500

Checks = Mapping[str, Check]


def links_table(evidence: pd.DataFrame, checks: Checks, as_of: datetime) -> pd.DataFrame:
    """Return LINKS: a row a link of *evidence*, its class and valid check."""
    rows = []
    links = evidence[evidence["kind"] == "link"].sort_values(["innovation_id", "indicator", "source"])
    for owner, indicator, source in links[["innovation_id", "indicator", "source"]].itertuples(index=False):
        check = checks.get(source)
        if check is None or not _counts(check, as_of):
            check = Check("", "", "")
        rows.append((owner, indicator, source, host_class(source), *_columns(check)))
    return frame(LINKS, rows)


def _columns(check: Check) -> tuple[str, str, str]:
    return check.status, check.checked_at, check.detail


def _counts(check: Check, as_of: datetime) -> bool:
    """Return whether *check* is at most AGE_DAYS older than *as_of*, or newer."""
    return _moment(check) >= as_of.astimezone(UTC) - timedelta(days=AGE_DAYS)


def due(links: set[str], known: Checks, now: datetime) -> set[str]:
    """Return *links* to ask: never asked, asked long ago, or not open."""
    return {
        link
        for link in links
        if (check := known.get(link)) is None or check.status != OPEN or now - _moment(check) > FRESH
    }


def _moment(check: Check) -> datetime:
    return datetime.strptime(check.checked_at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def remembered(store: Store, prefix: str) -> dict[str, Check]:
    """Read the checks below *prefix*; log and skip what is damaged."""
    try:
        found = json.loads(store.get(f"{prefix}/{_KEY}"))
        return {str(link): _check(record) for link, record in found["checks"].items()}
    except KeyError:
        return {}
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        _log.warning("The remembered link checks cannot be used (%s).", error)
        return {}


def _check(record: Mapping[str, object]) -> Check:
    check = Check(*(str(record.get(name, ""))[:_LONGEST] for name in ("status", "detail", "checked_at")))
    _moment(check)  # ValueError where it is no time
    if check.status not in STATUSES:
        raise ValueError("unknown status")
    return check


def remember(store: Store, prefix: str, checks: Checks) -> None:
    """Keep *checks* for the runs to come."""
    record = {"format": 1, "checks": {link: asdict(checks[link]) for link in sorted(checks)}}
    data = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    store.put(f"{prefix}/{_KEY}", data.encode(), "application/json")


_TOLD = {
    "open": "terbuka",
    "closed": "tidak terbuka bagi orang lain",
    "gone": "sudah tidak ada",
    "unknown": "tidak dapat dipastikan",
}


def with_links(evidence: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return *evidence* with what is known of each link in ``detail``."""
    phrases = {
        source: _phrase(source, *rest)
        for source, *rest in links[["source", "host_class", "status", "checked_at", "detail"]].itertuples(
            index=False, name=None
        )
    }
    sound = (evidence["kind"] == "link") & (evidence["problem"] == "")
    if not sound.any():
        return evidence
    table = evidence.copy()
    table.loc[sound, "detail"] = table.loc[sound, "source"].map(phrases).fillna("").to_numpy(object)
    return table


def _phrase(source: str, kind: str, status: str, checked_at: str, detail: str) -> str:
    """Describe a link's class, state, date of check and reason in Indonesian."""
    form = address_form(source)
    what = CLASSES.get(kind, "")
    if what and form not in ("page", kind):
        what += f", {FORMS[form]}"
    parts = [what]
    if status:
        why = f": {detail}" if detail else ""
        parts.append(f"{_TOLD[status]} (diperiksa {checked_at[:10]}){why}")
    return "; ".join(filter(None, parts))


Asking = Callable[[set[str]], dict[str, Check]]


def looked_at(
    store: Store, prefix: str, evidence: pd.DataFrame, *, ask: Asking | None, as_of: datetime, now: datetime
) -> pd.DataFrame:
    """Return LINKS of *evidence*; with *ask* query those due first, and save."""
    here = set(evidence.loc[(evidence["kind"] == "link") & (evidence["problem"] == ""), "source"])
    if not here:
        return links_table(evidence, {}, as_of)
    known = remembered(store, prefix) if ask is None else look_again(store, prefix, here, ask, now)[1]
    return links_table(evidence, known, as_of)


def look_again(
    store: Store, prefix: str, here: set[str], ask: Asking, now: datetime
) -> tuple[dict[str, Check], dict[str, Check]]:
    """Return what was known, and what is known of links *here* once asked."""
    known = remembered(store, prefix)
    answers = ask(due(here, known, now))
    # A machine that was cut off tonight knows nothing better than what was known yesterday.
    fresh = {link: one for link, one in answers.items() if one.detail != OFFLINE or link not in known}
    after = {link: check for link, check in {**known, **fresh}.items() if link in here}
    remember(store, prefix, after)
    return known, after
