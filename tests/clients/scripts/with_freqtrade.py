"""freqtrade in live mode: it opens a position on our exchange, protects it there, and closes it."""

import json
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

from told import KEY, SECRET, SOCKETS, URL, finish

PATIENCE = 100.0  # seconds until a trade must have been closed
STRATEGY = '''
from datetime import timedelta
from freqtrade.strategy import IStrategy


class InAndOut(IStrategy):
    """Buys at once and sells a quarter of a minute later."""

    INTERFACE_VERSION = 3
    timeframe = "1m"
    minimal_roi = {"0": 10.0}
    stoploss = -0.10
    startup_candle_count = 30
    process_only_new_candles = False
    order_types = {"entry": "market", "exit": "market", "stoploss": "limit", "stoploss_on_exchange": True}

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        return "time" if current_time - trade.date_last_filled_utc > timedelta(seconds=15) else None
'''


def config(folder: Path) -> dict[str, Any]:
    """Live trading of two pairs, pointed at our exchange."""
    api = {"public": f"{URL}/api/v3", "private": f"{URL}/api/v3", "sapi": f"{URL}/sapi/v1"}
    sockets = {"spot": f"{SOCKETS}/ws", "ws-api": {"spot": f"{SOCKETS}/ws-api/v3"}}
    options = {"fetchMarkets": {"types": ["spot"]}}
    other = {"price_side": "other", "use_order_book": True, "order_book_top": 1}
    return {
        "dry_run": False,
        "trading_mode": "spot",
        "stake_currency": "USDT",
        "stake_amount": 200,
        "max_open_trades": 2,
        "db_url": f"sqlite:///{folder}/trades.sqlite",
        "entry_pricing": other,
        "exit_pricing": other,
        "exchange": {
            "name": "binance",
            "key": KEY,
            "secret": SECRET,
            "ccxt_config": {"urls": {"api": {**api, "ws": sockets}}, "options": options},
            "pair_whitelist": ["BTC/USDT", "ETH/USDT"],
        },
        "pairlists": [{"method": "StaticPairList"}],
        "internals": {"process_throttle_secs": 2},
        "bot_name": "acceptance",
        "initial_state": "running",
    }


def closed_trades(folder: Path) -> list[tuple[Any, ...]]:
    """Pair, opening and closing price, and the id of the stop on the exchange, of each trade that has ended."""
    if not (folder / "trades.sqlite").exists():
        return []
    with closing(sqlite3.connect(folder / "trades.sqlite")) as database:
        try:
            rows = database.execute("SELECT pair, open_rate, close_rate, exit_reason FROM trades WHERE is_open = 0")
            return rows.fetchall()
        except sqlite3.OperationalError:
            return []  # it is being made


def stops(folder: Path) -> int:
    """How many stops it has placed on the exchange."""
    with closing(sqlite3.connect(folder / "trades.sqlite")) as database:
        return int(database.execute("SELECT count(*) FROM orders WHERE ft_order_side = 'stoploss'").fetchone()[0])


def trade(folder: Path) -> list[tuple[Any, ...]]:
    """Let it run until a trade of either pair has ended."""
    (folder / "in_and_out.py").write_text(STRATEGY)
    (folder / "config.json").write_text(json.dumps(config(folder)))
    words = [Path(sys.executable).parent / "freqtrade", "trade", "--config", folder / "config.json"]
    words += ["--strategy", "InAndOut", "--strategy-path", folder, "--userdir", folder]
    with (folder / "said").open("w") as said:
        bot = subprocess.Popen([str(word) for word in words], stdout=said, stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and bot.poll() is None:
            if len({pair for pair, *_ in closed_trades(folder)}) == 2:
                break
            time.sleep(1.0)
    finally:
        bot.send_signal(signal.SIGINT)
        try:
            bot.wait(20)
        except subprocess.TimeoutExpired:
            bot.kill()
    return closed_trades(folder)


with tempfile.TemporaryDirectory() as name:
    place = Path(name)
    done = trade(place)
    log = (place / "said").read_text()
    complaints = [line for line in log.splitlines() if " - ERROR - " in line or "Traceback" in line]
    assert {pair for pair, *_ in done} == {"BTC/USDT", "ETH/USDT"}, "\n".join(log.splitlines()[-40:])
    assert all(reason == "time" and opened > 0 and left > 0 for _, opened, left, reason in done), done
    assert not complaints, complaints
    assert stops(place) >= 2, "no stop on the exchange"
    finish(version=version("freqtrade"), trades=done, stops=stops(place))
