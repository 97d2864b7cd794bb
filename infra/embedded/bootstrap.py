"""Brings a fresh checkout to the point where the commands work. Standard library only.

python3 infra/embedded/bootstrap.py run|lint|test
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
UV = "uv==0.13.9"


def fail(message: str) -> None:
    sys.exit(f"\n{message}\n")


def sh(*command: str | Path, what: str) -> None:
    done = subprocess.run([str(part) for part in command], cwd=ROOT, stdin=subprocess.DEVNULL)
    if done.returncode:
        fail(f"{what} failed. Mend what it says above and run the same command again; it goes on from there.")


def make_venv() -> None:
    if sys.version_info < (3, 11):
        fail("WARSA needs Python 3.11 or newer. On Debian 12: apt-get install python3 python3-venv")
    if (VENV / "bin" / "uv").exists():
        return
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        fail("Python's venv module is missing. On Debian: apt-get install python3-venv")
    print("Making .venv …", flush=True)
    sh(sys.executable, "-m", "venv", VENV, what="Making .venv")
    sh(VENV / "bin" / "python", "-m", "pip", "install", "--quiet", UV, what="Installing uv")


def install(requirements: Path) -> None:
    """Install the pinned packages, unless this very list is installed already."""
    stamp = VENV / "installed"
    both = requirements.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    digest = f"{requirements.name} {hashlib.sha256(both).hexdigest()}"
    done = stamp.read_text().splitlines() if stamp.exists() else []
    if digest in done:
        return
    print(f"Installing {requirements.relative_to(ROOT)} …", flush=True)
    uv, python = VENV / "bin" / "uv", VENV / "bin" / "python"
    pip: list[str | Path] = [uv, "pip", "install", "--quiet", "--python", python]
    sh(*pip, "--require-hashes", "-r", requirements, what="Installing packages")
    sh(*pip, "--no-build-isolation", "--no-deps", "--editable", ROOT, what="Installing WARSA itself")
    stamp.write_text("\n".join([*done, digest]))


def find_browser() -> str | None:
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )


def need_browser() -> None:
    """A Chromium for the browser tests, from Debian's packages where there is none."""
    if find_browser():
        return
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (
        not prefix or subprocess.run([*prefix, "true"], capture_output=True).returncode == 0
    ):
        print("Installing chromium …", flush=True)
        subprocess.run([*prefix, "apt-get", "update", "-qq"], cwd=ROOT)
        sh(
            *prefix,
            "apt-get",
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "chromium",
            what="Installing chromium",
        )
    if not find_browser():
        fail(
            "The browser tests need Chromium, and it cannot be installed from here. On Debian, as root: apt-get install chromium"
        )


def need_unpacked(package: str, program: str, *, why: str) -> None:
    """A program of Debian's packages for the tests, unpacked into .venv: installed, a server would run."""
    path = VENV / package / "usr" / program
    if shutil.which(path.name) or path.exists():
        return
    if shutil.which("apt-get") and shutil.which("dpkg"):
        print(f"Fetching {package} …", flush=True)
        if not fetch_packages([package], VENV / package) and os.geteuid() == 0:
            # An image often comes without the lists of packages.
            subprocess.run(["apt-get", "update", "-qq"], cwd=ROOT)
            fetch_packages([package], VENV / package)
    if not path.exists():
        fail(
            f"{why}, and it cannot be fetched from here. On Debian, as root: apt-get update, or apt-get install {package}"
        )


def fetch_packages(names: list[str], into: Path) -> bool:
    """Unpack Debian packages, and the libraries they need that this machine lacks, without installing them."""
    listed = subprocess.run(["apt-cache", "depends", "--important", *names], capture_output=True, text=True, cwd=ROOT)
    needs = [line.split()[-1] for line in listed.stdout.splitlines() if "Depends: lib" in line and "libjs-" not in line]
    lacking = [name for name in needs if subprocess.run(["dpkg", "-s", name], capture_output=True).returncode]
    with tempfile.TemporaryDirectory(prefix="warsa-packages-") as folder:
        got = subprocess.run(["apt-get", "download", "-qq", *names, *lacking], cwd=folder, stdin=subprocess.DEVNULL)
        if got.returncode:
            return False
        half = into.with_name(into.name + ".half")
        shutil.rmtree(half, ignore_errors=True)
        for package in sorted(Path(folder).glob("*.deb")):
            sh("dpkg", "-x", package, half, what=f"Unpacking {package.name}")
        half.rename(into)
    return True


def main() -> None:
    purpose = sys.argv[1] if len(sys.argv) > 1 else "run"
    make_venv()
    install(ROOT / "requirements" / ("run.txt" if purpose == "run" else "test.txt"))
    if purpose == "test":
        need_browser()
        need_unpacked("pgbouncer", "sbin/pgbouncer", why="The tests of connection pooling need PgBouncer")
        need_unpacked("prometheus", "bin/promtool", why="The tests of the alert rules need promtool")


if __name__ == "__main__":
    main()
