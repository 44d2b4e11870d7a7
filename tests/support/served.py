"""`tradingbot exchange serve` in a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.support import recording

KEY, SECRET = "client-key", "client-secret"


@dataclass(frozen=True, slots=True)
class Served:
    """An exchange that runs; its key may be used with `SECRET` or with this private key."""

    url: str
    private_key: Path


@contextmanager
def serving(store: Path, *words: object) -> Iterator[Served]:
    """Serve two symbols from their second day on, on any free port; ends it by an interrupt, and it must end well."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        private, public = _key_pair(folder)
        given = ["--port", 0, "--symbols", "BTCUSDT,ETHUSDT", "--data", store, "--start", "2024-01-02", "--json"]
        given += ["--exchange-info", store / recording.INFO, "--ed25519-key", public]
        given += ["--balance", "USDT=10000", "--balance", "BTC=0.05", *words]
        with (folder / "complaints").open("w") as complaints:
            process = _start(given, complaints.fileno())
            assert process.stdout is not None
            try:
                banner = process.stdout.readline()
                assert banner, (folder / "complaints").read_text()
                yield Served(json.loads(banner)["url"], private)
            finally:
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=20)
        assert process.returncode in (0, 130), (folder / "complaints").read_text()
        assert "Traceback" not in (folder / "complaints").read_text()


def _start(words: list[object], complaints: int) -> subprocess.Popen[str]:
    program = [sys.executable, "-c", "from tradingbot.cli.main import main; main()", "exchange", "serve"]
    keys = {"TRADINGBOT_EXCHANGE_API_KEY": KEY, "TRADINGBOT_EXCHANGE_API_SECRET": SECRET}
    given = [*program, *map(str, words)]
    return subprocess.Popen(given, text=True, stdout=subprocess.PIPE, stderr=complaints, env={**os.environ, **keys})


def _key_pair(folder: Path) -> tuple[Path, Path]:
    key, private, public = Ed25519PrivateKey.generate(), folder / "private.pem", folder / "public.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public
