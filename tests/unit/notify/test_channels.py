"""Channels: what may stand in a file, what never shows, and how often one is tried."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.operate.notify.channels import (
    Channel,
    Letter,
    NotSentError,
    addresses,
    channels,
    mail_address,
    refusal,
    scrubbed,
)
from iid.tasks.operate.notify.contacts import contact_channel, read_contacts
from iid.tasks.values.errors import UsageError

LETTER = Letter("judul", "isi")
TELEGRAM = "tgram://123456789:AAbbccddeeffgghhiijjkkllmmnnooppqqr/99"


@pytest.mark.parametrize(
    "value",
    [
        "env:IID_TELEGRAM",
        "block:slack-webhook/iid",
        "json://127.0.0.1:8080/pesan",
        "mailto://smtp.go.id?to=a@b.go.id&from=iid@b.go.id",
    ],
)
def test_what_holds_no_secret_may_stand_in_the_file(value: str) -> None:
    assert refusal(value) == ""


@pytest.mark.parametrize(
    "value",
    [
        TELEGRAM,
        "mailto://orang:sandiku@smtp.go.id",
        "mailto://smtp.go.id?to=a@b.go.id&pass=sandiku",
        "json://orang:sandiku@host/",
        "slack://T1JJ3T3L2/A1BRTD4JD/sandiku",
        "sandiku",
        "env:",
        "env:dua kata",
        "block:Salah",
    ],
)
def test_what_may_hold_a_secret_is_refused_without_repeating_it(value: str) -> None:
    words = refusal(value)
    assert words
    assert not any(part in words for part in ("sandiku", "AAbb", "T1JJ"))


def test_addresses_come_from_the_environment_each_once() -> None:
    environment = {"IID_NOTIFY_URLS": f"json://localhost:1/ \n{TELEGRAM}", "LAIN": TELEGRAM}
    found = channels(("env:LAIN",), environment)
    assert [one.name for one in found] == ["kanal 1 (tgram)", "kanal 2 (json)"]
    assert not any("AAbb" in str(one) for one in found)


@pytest.mark.parametrize(
    ("urls", "environment", "words"),
    [
        (("env:KOSONG",), {}, "KOSONG"),
        ((), {"IID_NOTIFY_URLS": "apaini://rahasia"}, "apaini://…"),
        (("block:slack-webhook/iid",), {}, "env:NAMA"),
    ],
)
def test_a_channel_that_is_none_is_said_without_its_address(
    urls: tuple[str, ...], environment: dict[str, str], words: str
) -> None:
    with pytest.raises(UsageError, match=words) as refused:
        channels(urls, environment)
    assert "rahasia" not in str(refused.value)


def failing(times: int) -> tuple[Channel, list[float], list[Letter]]:
    waits: list[float] = []
    sent: list[Letter] = []

    def post(letter: Letter) -> None:
        if len(waits) < times:
            raise NotSentError("sibuk")
        sent.append(letter)

    return Channel("kanal", "k", post), waits, sent


def test_a_channel_that_fails_twice_is_tried_a_third_time() -> None:
    channel, waits, sent = failing(2)
    channel.deliver(LETTER, waits.append)
    assert (waits, sent) == ([2.0, 10.0], [LETTER])


def test_after_the_third_try_it_is_said() -> None:
    channel, waits, sent = failing(9)
    with pytest.raises(NotSentError, match="sibuk"):
        channel.deliver(LETTER, waits.append)
    assert (len(waits), sent) == (2, [])


def test_a_refused_connection_is_said_without_secrets_and_nothing_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    (channel,) = channels((), {"IID_NOTIFY_URLS": "json://orang:kunci-rahasia@127.0.0.1:9/jalan-rahasia"})
    with caplog.at_level(logging.DEBUG), pytest.raises(NotSentError) as failed:
        channel.post(LETTER)
    assert "rahasia" not in str(failed.value)
    assert "rahasia" not in caplog.text


@given(secret=st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=6))
def test_no_part_of_an_address_survives_scrubbing(secret: str) -> None:
    for address in (f"tgram://{secret}/1", f"mailto://a:{secret}@h", f"json://h/{secret}?x=1"):
        assert secret not in scrubbed(f"tidak terkirim ke {address} ({secret})", address)


def test_mail_goes_to_the_contact_and_nobody_else() -> None:
    base = "mailtos://orang:sandi@smtp.go.id:465?from=iid@b.go.id&to=lama@b.go.id&cc=x@b.go.id"
    assert mail_address(base, "desa@b.go.id") == (
        "mailtos://orang:sandi@smtp.go.id:465?from=iid%40b.go.id&to=desa%40b.go.id"
    )


def test_contacts_come_from_either_column_and_either_delimiter() -> None:
    assert read_contacts(b"code,channel\n1.01, a@b.go.id \n1.02,\n", "k.csv") == {"1.01": "a@b.go.id"}
    roster = b"\xef\xbb\xbfcode;name;type;contact\r\n1.01;Dinas;opd;env:DINAS\r\n"
    assert read_contacts(roster, "r.csv") == {"1.01": "env:DINAS"}
    assert read_contacts(b"code,name,type\n1,a,opd\n", "r.csv", needed=False) == {}
    for data in (b"kode,channel\n", b"", b"\xff"):
        with pytest.raises(UsageError, match=r"k\.csv"):
            read_contacts(data, "k.csv")


def test_a_contact_needs_a_mail_server_or_an_address_without_secrets() -> None:
    environment = {"MAIL": "mailto://127.0.0.1:25?from=iid@b.go.id"}
    assert contact_channel("a@b.go.id", "1.01", "env:MAIL", environment).name == "kontak 1.01 (mailto)"
    with pytest.raises(UsageError, match="mail"):
        contact_channel("a@b.go.id", "1.01", None, environment)
    with pytest.raises(UsageError, match="rahasia"):
        contact_channel(TELEGRAM, "1.01", None, environment)
    assert addresses("env:MAIL", environment) == (environment["MAIL"],)
