"""Shipped rulebooks never change silently: a changed number changes published scores."""

import json
from hashlib import sha256
from pathlib import Path

from iid.expectations.rulebook.loading import available, load

GUARD = Path(__file__).with_name("rulebook_hashes.json")
SHIPPED = Path(__file__).parents[3] / "expectations" / "rulebooks"


def test_every_shipped_rulebook_is_the_one_that_was_reviewed() -> None:
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(SHIPPED.glob("*.yaml"))}
    assert found == json.loads(GUARD.read_text(encoding="utf-8")), (
        "a shipped rulebook changed: say in CHANGELOG.md which cycle, and whether a published score can "
        "move; then update rulebook_hashes.json"
    )


def test_a_loaded_rulebook_carries_the_hash_of_its_file_and_its_own_cycle() -> None:
    guarded = json.loads(GUARD.read_text(encoding="utf-8"))
    for cycle in available():
        loaded = load(cycle)
        assert loaded.sha256 == guarded[loaded.name]
        assert loaded.rulebook.cycle == cycle
        assert loaded.text == (SHIPPED / loaded.name).read_text(encoding="utf-8")
