"""Signing in and out of the desk, and changing a password (contract 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from iid.tasks.desk import desk_pages
from iid.tasks.desk.desk_pages import inside
from iid.tasks.desk.gate import Gate, RefusedError, Visitor
from iid.tasks.values.errors import UsageError


class Door:
    """What of the desk is there before sign-in, and one's own account."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    def sign_in(self, request: Request, form: Mapping[str, str] | None) -> Response:
        """Show the page to sign in, or answer its form."""
        to = inside((form if form is not None else request.query_params).get("ke", ""))
        if form is None:
            return self._sign_in_page(to)
        if self.gate.signer.seen(form.get("token", ""), "", "masuk") is None:
            raise RefusedError(403, "Formulir masuk ini sudah kedaluwarsa; muat ulang halamannya.")
        session = self.gate.sign_in(request, form.get("nama", ""), form.get("sandi", ""))
        if session is None:
            return self._sign_in_page(to, "Nama atau kata sandi salah.", 401)
        response = RedirectResponse(to, 303)
        self.gate.set_cookie(request, response, session)
        return response

    def _sign_in_page(self, to: str, said: str = "", status: int = 200) -> Response:
        return desk_pages.page(
            "meja_masuk.j2", status, to=to, said=said, token=self.gate.signer.token("", "masuk")
        )

    def sign_out(self, request: Request, form: Mapping[str, str] | None) -> Response:
        """End the session."""
        visitor = self.visitor(request, form)
        self.token(visitor, form, "keluar")
        self.gate.signer.end(visitor.session)
        self.gate.journal.write("signed_out", visitor.account.name)
        response = RedirectResponse("/masuk", 303)
        self.gate.set_cookie(request, response, None)
        return response

    def visitor(self, request: Request, form: Mapping[str, str] | None) -> Visitor:
        """Return who asks.

        Where nobody is signed in: UnsignedError for a page, RefusedError (401) for a form.
        """
        visitor = self.gate.visitor(request)
        if visitor is None:
            if form is not None:
                raise RefusedError(401, "Anda belum masuk; tidak ada yang disimpan.")
            raise UnsignedError(request)
        return visitor

    def token(self, visitor: Visitor, form: Mapping[str, str] | None, name: str) -> int:
        """Return what the form's token says was seen. Raises RefusedError (403)."""
        seen = self.gate.signer.seen((form or {}).get("token", ""), visitor.session.nonce, name)
        if seen is None:
            self.gate.journal.write("form_refused", visitor.account.name, form=name[:200])
            raise RefusedError(
                403, "Formulir ini bukan dari halaman yang Anda buka; tidak ada yang disimpan."
            )
        return seen

    def account(self, visitor: Visitor, request: Request, form: Mapping[str, str] | None) -> Response:
        """Show the page to change a password, or answer its form."""
        context: dict[str, Any] = {"token": self.gate.signer.token(visitor.session.nonce, "akun")}
        if form is None:
            return self.page("meja_akun.j2", visitor, **context)
        self.token(visitor, form, "akun")
        if visitor.by_header:
            raise RefusedError(403, "Kata sandi Anda dijaga oleh server web, bukan di sini.")
        if form.get("baru", "") != form.get("ulang", ""):
            return self.page(
                "meja_akun.j2", visitor, 422, said="Kedua isian kata sandi baru berbeda.", **context
            )
        if not self.gate.right_password(request, visitor.account, form.get("sandi", "")):
            return self.page("meja_akun.j2", visitor, 401, said="Kata sandi lama salah.", **context)
        try:
            changed = self.gate.change_password(visitor.account, form.get("baru", ""))
        except UsageError as error:
            return self.page("meja_akun.j2", visitor, 422, said=str(error), **context)
        self.gate.journal.write("password_changed", changed.name)
        response = RedirectResponse("/meja/", 303)
        self.gate.set_cookie(request, response, self.gate.session_of(changed))
        return response

    def page(self, template: str, visitor: Visitor, status: int = 200, **context: Any) -> Response:
        """Return a page for somebody who is signed in."""
        context.setdefault("said", "")
        token = self.gate.signer.token(visitor.session.nonce, "keluar")
        return desk_pages.page(
            template, status, me=visitor.account, sign_out=token, by_header=visitor.by_header, **context
        )


class UnsignedError(Exception):
    """Nobody is signed in; ``target`` is where the person wanted to go."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        query = f"?{request.url.query}" if request.url.query else ""
        self.target = request.url.path + query
