"""The wheel carries all it needs: installed elsewhere, away from the checkout, it plans the demo."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip")
    command = [*pip, "wheel", str(ROOT), "--no-deps", "--no-build-isolation", "-q", "-w", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts folder of an environment with the wheel; dependencies and compiled loops are this environment's."""
    folder = tmp_path_factory.mktemp("env")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    paths = subprocess.check_output([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True)
    # A path file inside the borrowed folder is not read, so the checkout's own editable install stays out.
    (Path(paths.strip()) / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    lend_compiled_loops(Path(paths.strip()) / "planner")
    return folder / "bin"


def lend_compiled_loops(planner: Path) -> None:
    """Give an installed copy what Numba has compiled of the same sources here: that takes minutes.

    Numba takes a cache for that of a source by its size and the time of its last change.
    """
    for source in (ROOT / "planner").rglob("*.py"):
        copy = planner / source.relative_to(ROOT / "planner")
        if copy.is_file() and copy.read_bytes() == source.read_bytes():
            os.utime(copy, ns=(source.stat().st_atime_ns, source.stat().st_mtime_ns))
            for compiled in (source.parent / "__pycache__").glob(f"{source.stem}.*.nb[ci]"):
                (copy.parent / "__pycache__").mkdir(exist_ok=True)
                shutil.copy2(compiled, copy.parent / "__pycache__")


def test_the_wheel_brings_data_and_screen_under_names_of_its_own(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"planner"}
    assert {
        "planner/py.typed",
        "planner/_data/orders.csv",
        "planner/_data/coquimbo.streets.npz",
        "planner/_ui/app.py",
        "planner/_ui/.streamlit/config.toml",
        "planner/export/fonts/DejaVuSansCondensed.ttf",
        "planner/export/manifest.html.j2",
        "planner/export/manifest.typ",
        "planner/language/locale/de.po",
        "planner/store/migrations/env.py",
        "planner/store/migrations/versions/v0001_days_and_plans.py",
    } <= set(names)


def test_the_demo_runs_from_the_wheel_in_any_folder(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = subprocess.check_output(
        [installed / "python", "-c", "import planner; print(planner.__file__)"], text=True, cwd=tmp_path
    )
    assert where.startswith(str(installed.parent))
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path / "plans.db"))
    done = subprocess.run([installed / "planner", "demo"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "plans.db").exists()  # the demo is nobody's plan
    assert "audited: 0 violations" in done.stdout
    saved = "from planner.store.store import open_store; open_store().history()"  # which makes its tables
    subprocess.run([installed / "python", "-c", saved], cwd=tmp_path, check=True)
    checked = [str(installed / "planner"), "check", "runs/demo/plan.json"]
    assert subprocess.run(checked, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_the_screen_opens_from_the_wheel_in_any_folder(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    command = [str(installed / "planner"), "ui", "--port", str(port)]
    screen = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert screen.stdout is not None
        assert screen.stdout.readline() == f"the screen is at http://127.0.0.1:{port} (Ctrl-C ends it)\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
            assert b"streamlit" in page.read().lower()
    finally:
        screen.send_signal(signal.SIGINT)
        screen.communicate(timeout=20)
    assert screen.returncode == 0
