"""Accounts of the review desk: who may sign in, and what they may decide.

One record each in the store, ``.desk/accounts/<hash of the name>.json``, so that every machine
that serves the desk knows the same people. A password is kept as an argon2 hash alone.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from iid.tasks.store.paths import canonical, parse
from iid.tasks.store.published_run import refuse_newer
from iid.tasks.store.store import Store
from iid.tasks.values.errors import StoreError, UsageError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

PREFIX = ".desk/accounts/"
SCHEMA = 1  # of an account; a newer one is refused
STEWARD, READER = "steward", "reader"
ROLES = (STEWARD, READER)
SHORTEST, LONGEST = 8, 1024  # characters of a password
_NAME = re.compile(r"^[\w][\w .@'+-]{0,63}$")


@dataclass(frozen=True, slots=True)
class Account:
    """One person; without ``units`` or ``regions`` all of them are theirs."""

    name: str
    role: str = STEWARD
    units: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    password: str = ""  # argon2 hash; "" signs in through a trusted web server only

    @property
    def stamp(self) -> str:
        """Changes with anything that must end the sessions of this account."""
        content = "\0".join((self.password, self.role, *self.units, "|", *self.regions))
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def sees(self, region: str, unit_code: str) -> bool:
        """Whether a unit's claims are shown to this account."""
        return (not self.regions or region in self.regions) and (not self.units or unit_code in self.units)

    def decides(self, region: str, unit_code: str) -> bool:
        """Whether this account may decide a unit's claims."""
        return self.role == STEWARD and self.sees(region, unit_code)


def known_name(text: str) -> str:
    """*text* as the name of an account. UsageError for one that is none."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not _NAME.match(name):
        raise UsageError(
            f"nama peninjau {text[:80]!r} tidak sah: huruf, angka, spasi, . @ ' + -, paling banyak 64"
        )
    return name


def hashed(password: str) -> str:
    """Return the argon2 hash of a new *password*. UsageError by its length."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(f"kata sandi harus {SHORTEST} sampai {LONGEST} huruf")
    return _hasher().hash(password)


def fits(account: Account | None, password: str) -> bool:
    """Return whether *password* is *account*'s; as slow for a missing one."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    kept = account.password if account else ""
    try:
        _hasher().verify(kept or _nobody(), password[:LONGEST])
    except (Argon2Error, InvalidHashError):
        return False
    return bool(kept)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash that no password of an account fits; made once."""
    import secrets

    return _hasher().hash(secrets.token_hex(32))


class Accounts:
    """The accounts of one store. Every method may raise StoreError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, name: str) -> Account | None:
        """The account *name*, whatever its case; None for no account, or no name."""
        try:
            key = _key(known_name(name))
        except UsageError:
            return None
        try:
            data = self._store.get(key)
        except KeyError:
            return None
        return _account(parse(data, self._store.address(key)), self._store.address(key))

    def all(self) -> list[Account]:
        """All accounts by name."""
        found = []
        for key in self._store.keys(PREFIX):
            where = self._store.address(key)
            found.append(_account(parse(self._store.get(key), where), where))
        return sorted(found, key=lambda one: one.name.casefold())

    def put(self, account: Account) -> None:
        """Write *account*, over an earlier one of the same name."""
        content = {
            "schema": SCHEMA,
            "name": account.name,
            "role": account.role,
            "units": list(account.units),
            "regions": list(account.regions),
            "password": account.password,
        }
        self._store.put(_key(account.name), canonical(content), "application/json")

    def remove(self, name: str) -> bool:
        """Remove the account; whether there was one."""
        account = self.find(name)
        if account is not None:
            self._store.delete(_key(account.name))
        return account is not None

    def change_password(self, account: Account, password: str) -> Account:
        """Return *account* with a new *password*, saved. UsageError if refused."""
        changed = replace(account, password=hashed(password))
        self.put(changed)
        return changed


def _key(name: str) -> str:
    return f"{PREFIX}{hashlib.sha256(name.casefold().encode()).hexdigest()[:24]}.json"


def _account(content: Mapping[str, Any], where: str) -> Account:
    refuse_newer(content, where, SCHEMA)
    try:
        found = Account(
            name=str(content["name"]),
            role=str(content["role"]),
            units=tuple(map(str, content["units"])),
            regions=tuple(map(str, content["regions"])),
            password=str(content["password"]),
        )
    except (KeyError, TypeError):
        raise StoreError(f"akun peninjau {where} rusak; hapus berkasnya, lalu: iid reviewer add") from None
    if found.role not in ROLES:
        raise StoreError(f"akun peninjau {where} rusak: peran {found.role!r} tidak dikenal")
    return found
