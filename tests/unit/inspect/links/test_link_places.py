"""Only the open Internet is spoken to, however an inner place is spelt."""

from __future__ import annotations

import asyncio
import ipaddress
from concurrent.futures import ThreadPoolExecutor

import pytest

from iid.tasks.inspect.links.link_checks import check_links
from iid.tasks.inspect.links.public_addresses import Network, RefusedError, Target, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
        "::1", "::", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "fec0::1",
        "64:ff9b:1::808:808",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)  # fmt: skip
def test_an_inner_address_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["103.10.10.10", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[fe80::1%25eth0]/", "http://169.254.169.254/latest",
        "http://localhost/", "http://intranet/", "http://printer.local/", "http://10.0.0.5:8080/",
        "https://192.168.0.1/sk.pdf", "http://LOCALHOST./",
    ],
)  # fmt: skip
def test_a_link_written_for_the_own_network_is_never_asked_and_closed_to_others(url: str) -> None:
    """With the product's own network: no argument of ours, no socket opened."""
    check = check_links([url])[url]
    assert (check.status, check.detail) == ("closed", "alamatnya hanya ada di jaringan sendiri")


@pytest.mark.parametrize(
    "url", ["http://contoh.go.id:22/", "http://contoh.go.id:6379/", "http://8.8.8.8:25/"]
)
def test_a_port_that_serves_no_web_pages_is_never_asked(url: str) -> None:
    assert check_links([url])[url].status == "unknown"


def target_of(network: Network, url: str) -> Target:
    """In a thread of its own, as in a run: this one may have a loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(network.target(url))).result()


def refused(url: str, *found: str) -> RefusedError:
    network = Network(resolve=lambda _host, _port: list(found))
    with pytest.raises(RefusedError) as error:
        target_of(network, url)
    return error.value


def test_a_name_that_leads_inward_is_refused() -> None:
    assert not refused("http://jebakan.example/", "10.0.0.1").inner


def test_one_inner_address_among_public_ones_is_one_too_many() -> None:
    refused("http://jebakan.example/", "103.10.10.10", "127.0.0.1")


@pytest.mark.parametrize(
    "url", ["ftp://contoh.go.id/", "file:///etc/passwd", "http://u:p@contoh.go.id/", "http:///x"]
)
def test_other_schemes_and_credentials_are_refused(url: str) -> None:
    refused(url, "103.10.10.10")


def test_the_address_that_was_judged_is_the_one_connected_to() -> None:
    answers = [["103.10.10.10"], ["127.0.0.1"]]
    network = Network(resolve=lambda _host, _port: answers.pop(0))
    target = target_of(network, "http://jebakan.example/a b?c=é")
    assert (target.address, target.host, target.path) == (
        "103.10.10.10",
        "jebakan.example",
        "/a%20b?c=%C3%A9",
    )
    assert len(answers) == 1  # resolved once
