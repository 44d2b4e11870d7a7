"""Made-up candles are possible ones, and the same for the same generator."""

import numpy as np
import polars as pl

from tradingbot.data.clean import clean
from tradingbot.data.synthetic import SyntheticMarket, synthetic_candles, synthetic_source
from tradingbot.domain.timeframe import Timeframe

START = 1_704_067_200_000


def made(seed: int, timeframe: Timeframe = Timeframe.M1) -> pl.DataFrame:
    return synthetic_candles(np.random.default_rng(seed), SyntheticMarket(), timeframe, START, 5_000)


def test_equal_generators_give_equal_candles() -> None:
    """A seed is a recipe; another seed is another market."""
    assert made(1).equals(made(1))
    assert not made(1).equals(made(2))


def test_they_pass_verification() -> None:
    """No contradiction, no impossible number, each open at the close before."""
    cleaned = clean(made(1), Timeframe.M1, START + 10**9, "synthetic")

    assert (cleaned.frame.height, cleaned.contradictions, cleaned.off_grid) == (5_000, 0, 0)
    assert made(1)["open"][1:].to_list() == made(1)["close"][:-1].to_list()


def test_volatility_grows_with_the_root_of_time() -> None:
    """Returns of an hour are about eight times as wide as those of a minute."""
    minute, hour = (
        float(np.std(np.diff(np.log(made(3, tf)["close"].to_numpy())))) for tf in (Timeframe.M1, Timeframe.H1)
    )

    assert 6 < hour / minute < 10


def test_their_source_says_what_they_are() -> None:
    """The label and the origin both say synthetic."""
    source = synthetic_source(7, 1)

    assert (source.label, source.origin) == ("synthetic", "synthetic: random walk, seed 7")
