"""The commands of the pages for servers run as they are written: clean folder, clean shell, one server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from docs_blocks import ROOT, blocks, script, shell
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect_api import ask
from runs import published
from small_region import emptied, picture

ENVIRONMENT = "PREFECT_SERVER_API_AUTH_STRING=admin:rahasia\nPREFECT_API_AUTH_STRING=admin:rahasia\n"


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """The folders of a server with a mounted share and its settings; beside it a checkout."""
    region = emptied(tmp_path)
    region.proof(region.innovation("102", "Peta Jalan", {"19": (3, "")}), "19", "alat.png", picture(60))
    server = tmp_path / "server"
    for folder in ("srv/iid", "etc/iid", "etc/systemd/system"):
        (server / folder).mkdir(parents=True)
    shutil.copytree(region.root, server / "mnt/inovasi")
    shutil.move(region.root, server / "srv/iid/share")
    (server / "etc/iid/environment").write_text(ENVIRONMENT)
    (server / "etc/iid/iid.toml").write_text(
        f'cycle = 2026\nstore = "{server}/srv/iid/hasil"\n'
        f'[[target]]\nname = "banjar"\nshare = "{server}/mnt/inovasi"\nregion = "63.03"\n'
        f'[[target]]\nname = "tapin"\nshare = "{server}/srv/iid/share"\nregion = "63.05"\n'
    )
    return server


@pytest.fixture
def api(prefect_server: str) -> Iterator[str]:
    """The server of all tests, without what was deployed here."""
    yield prefect_server
    with (
        temporary_settings({PREFECT_API_URL: prefect_server}),
        get_client(sync_client=True) as client,
    ):
        for automation in client.read_automations():
            client.delete_automation(automation.id)
        for deployment in client.read_deployments():
            client.delete_deployment(deployment.id)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("docs/team-server.md", "deployment malam-tapin: dibuat"),
        ("docs/operation.md", "✓ mengamati"),
        ("docs/drives.md", "✓ Share"),
        ("deployments/README.md", ""),
    ],
)
def test_every_command_of_the_page_works(
    page: str, said: str, server: Path, tmp_path: Path, api: str
) -> None:
    clean = tmp_path / "bersih"
    clean.mkdir()
    (clean / "deployments").symlink_to(ROOT / "deployments")
    words = script(page, server).replace("http://127.0.0.1:4200/api", api)
    done = shell(words, clean, PREFECT_API_URL=api, IID_SERVE__PORT="0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert said in done.stdout
    assert "rahasia" not in done.stdout
    if page == "docs/team-server.md":
        found = {one["name"] for one in ask(api, "/automations/filter", {})}
        for target in ("banjar", "tapin"):
            assert f"IID: pengamatan berhenti ({target})" in found
        assert "IID: tidak ada pekerja" in found
        settings = server / "etc/iid/iid.toml"
        settings.write_text(settings.read_text().replace("/hasil", "/pindah"))
        done = shell(f"export IID_TOML={settings}; iid deploy", clean, PREFECT_API_URL=api)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "automasi Share berubah, nilai ulang (tapin): diperbarui" in done.stdout
    if page == "deployments/README.md":
        assert published(server / "srv/iid/hasil").is_dir()
        assert "BUCKET" not in (clean / "penerbit.json").read_text()


def test_the_settings_on_the_pages_are_accepted(server: Path, tmp_path: Path) -> None:
    """Each table of settings by itself, with what it needs besides where it says only its own."""
    base = f'share = "{server}/mnt/inovasi"\nstore = "{server}/srv/iid"\ncycle = 2026\n'
    (server / "etc/iid/kontak.csv").write_text("code,channel\n")
    lines = []
    for page in ("docs/team-server.md", "docs/operation.md"):
        for number, block in enumerate(blocks(page, "toml")):
            file = tmp_path / f"{Path(page).stem}-{number}.toml"
            text = block.text.replace("/etc/iid/", f"{server}/etc/iid/")
            file.write_text(text if "store = " in text else base + text)
            lines.append(f"IID_TOML={file} iid config check")
    secrets = {"IID_TELEGRAM": "tgram://1:a/2", "IID_MAIL": "mailto://smtp.x.id?from=a@x.id"}
    done = shell("set -ex\n" + "\n".join(lines), tmp_path, **secrets)
    assert done.returncode == 0, done.stdout + done.stderr
