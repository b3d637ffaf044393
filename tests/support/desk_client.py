"""A browser without a screen for the tests of the review desk."""

from __future__ import annotations

import html
import http.client
import re
import ssl
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import quote, urlencode

PASSWORD = "sandi-rahasia"  # noqa: S105
HEALTH, OTHER = "101/Perahu Sehat", "102/Peta Jalan"


@dataclass(frozen=True)
class Reply:
    """What the server answered."""

    status: int
    headers: Message
    body: bytes


@dataclass
class Client:
    """Keeps its cookies and does not follow redirects."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    trust: ssl.SSLContext | None = None  # https, with the certificates that are believed
    flags: dict[str, str] = field(default_factory=dict)  # what each cookie was sent with

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, **headers: str) -> Reply:
        plain, port = self.trust is None, self.port
        connection = (
            http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            if plain
            else http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=self.trust)
        )
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = None
        if form is not None:
            body = urlencode(form)
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            reply = Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()
        for line in reply.headers.get_all("set-cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.flags[name] = line.partition(";")[2]
            self.cookies[name] = value.strip('"')
        return reply

    def get(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", path, **headers)

    def page(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status == 200, answer.body
        return answer.body.decode()

    def post(self, path: str, **form: str) -> Reply:
        return self.ask("POST", path, form)

    def sign_in(self, name: str, password: str = PASSWORD) -> Reply:
        token = fields(self.page("/masuk"))["token"]
        return self.post("/masuk", nama=name, sandi=password, token=token)

    def decide(self, owner: str, key: str, decision: str, **more: str) -> Reply:
        """Open the claim and decide it, as a person does."""
        form = fields(self.page(address(owner, key)), "/keputusan") | {"keputusan": decision} | more
        return self.post(f"{address(owner, key)}/keputusan", **form)


def address(owner: str, *parts: str) -> str:
    return "/meja/" + "/".join(quote(part, safe="") for part in (*owner.split("/"), *parts))


def fields(page: str, action: str = "") -> dict[str, str]:
    """The hidden fields of the first form whose action ends in *action*; of the last one without it."""
    found = re.findall(r'<form[^>]*?action="([^"]*)"[^>]*>(.*?)</form>', page, re.DOTALL)
    fitting = [inside for target, inside in found if html.unescape(target).endswith(action)]
    assert fitting, f"no form {action}"
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', fitting[-1])
    return {name: html.unescape(value) for name, value in pairs}


def alert(answer: Reply) -> str:
    """What a page says in its alert."""
    found = re.search(r'role="alert">(.*?)<', answer.body.decode())
    return html.unescape(found[1]) if found else ""
