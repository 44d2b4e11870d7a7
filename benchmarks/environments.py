"""Each peer in an environment of its own, beneath benchmarks/.envs, from its pinned requirements."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
READY = "requirements.txt"  # written last; it holds what was installed


class NotInstalled(Exception):
    """The environment could not be made; the message says why."""


def python_of(name: str) -> Path:
    """The interpreter of a peer's environment; "" is the project's own."""
    return HERE / ".envs" / name / "bin" / "python" if name else Path(sys.executable)


def ensure(name: str, script: Path) -> None:
    """Make or renew the environment that the script runs in; raises NotInstalled."""
    if not script.exists():
        raise NotInstalled(f"{script.relative_to(HERE.parent)} does not exist")
    if name:
        make(HERE / ".envs" / name, HERE / "peers" / f"{name}.txt")


def make(folder: Path, wanted: Path) -> Path:
    """The interpreter of an environment that holds what the requirements say; made or renewed; raises NotInstalled."""
    python = folder / "bin" / "python"
    if (folder / READY).exists() and (folder / READY).read_text() == wanted.read_text():
        return python
    uv = [sys.executable, "-m", "uv", "-q"]
    _call([*uv, "venv", "--clear", "--python", sys.executable, str(folder)])
    _call([*uv, "pip", "install", "--compile-bytecode", "--python", str(python), "-r", str(wanted)])
    (folder / READY).write_text(wanted.read_text())
    return python


def _call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled((done.stderr.strip().splitlines() or ["no message"])[-1])


def version(name: str, package: str) -> str:
    """The version of a package in an environment."""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    done = subprocess.run([str(python_of(name)), "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "?"
