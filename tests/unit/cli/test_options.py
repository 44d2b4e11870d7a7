"""What a person writes after -s."""

import pytest

from tradingbot.cli.options import single, split_spec
from tradingbot.domain.errors import InputError


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("sma-cross", "sma-cross", {}),
        ("sma-cross:", "sma-cross", {}),
        ("sma-cross:fast=10", "sma-cross", {"fast": "10"}),
        ("sma-cross: fast = 10 , slow=40", "sma-cross", {"fast": "10", "slow": "40"}),
        ("own:text=a=b", "own", {"text": "a=b"}),
    ],
)
def test_a_strategy_is_split_from_its_parameters(text: str, name: str, values: dict[str, str]) -> None:
    """Names and values as texts; the strategy knows their types."""
    assert split_spec(text) == (name, values)


def test_a_parameter_needs_a_value() -> None:
    """The part that has none is shown."""
    with pytest.raises(InputError, match="'slow' has no value"):
        split_spec("sma-cross:fast=10,slow")


def test_a_parameter_has_one_value() -> None:
    """The second would silently win."""
    with pytest.raises(InputError, match="fast is given twice"):
        split_spec("sma-cross:fast=10,fast=20")


def test_all_is_not_one() -> None:
    """A verb about one strategy does not take the first of them."""
    assert single("sma-cross") == ("sma-cross",)
    with pytest.raises(InputError, match="'all' is more than one"):
        single("all")
