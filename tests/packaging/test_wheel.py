"""The wheel holds all of the product and nothing else, and works without the checkout."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
        cwd=out,
    )
    return next(out.glob("*.whl"))


def test_wheel_holds_only_the_package_and_its_metadata(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"iid"}


def test_wheel_holds_every_file_of_the_three_rooms(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for room in ("flows", "tasks", "expectations"):
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"iid/{path.relative_to(ROOT).as_posix()}" in names


def test_installed_wheel_answers_help_and_knows_its_rulebooks(wheel: Path, tmp_path: Path) -> None:
    """Installed without the checkout, on the libraries of the running environment."""
    venv.create(tmp_path / "v", with_pip=False, symlinks=True)
    site = next((tmp_path / "v").glob("lib/python*/site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    libraries = next(p for p in sys.path if p.endswith("site-packages"))
    (site / "libraries.pth").write_text(libraries + "\n")
    code = (
        "import iid.flows.cli.main as cli; print(cli.__file__); "
        "raise SystemExit(cli.run(['rulebook', 'list', '--json']))"
    )
    done = subprocess.run(
        [str(tmp_path / "v/bin/python"), "-c", code],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert str(site) in done.stdout
    assert "2026" in done.stdout


def test_editable_install_serves_the_checkout() -> None:
    import iid.expectations

    assert Path(iid.expectations.__file__) == ROOT / "expectations" / "__init__.py"
