"""What can be set about downloads."""

from typing import Annotated

import msgspec

Seconds = Annotated[float, msgspec.Meta(gt=0.0)]


class DownloadSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where candles are downloaded from and how hard the other side may be asked.

    `timeout` and `max_wait` are seconds. A server that asks for a longer pause than `max_wait` ends the download.
    `weight_limit` is the exchange's request weight a minute for one address; the download pauses until the next
    minute once `weight_share` of it is used.
    """

    archive_url: str = "https://data.binance.vision"
    rest_url: str = "https://api.binance.com"
    use_rest: bool = True
    jobs: Annotated[int, msgspec.Meta(ge=1, le=32)] = 4
    timeout: Seconds = 20.0
    retries: Annotated[int, msgspec.Meta(ge=0)] = 4
    max_wait: Seconds = 300.0
    weight_limit: Annotated[int, msgspec.Meta(ge=1)] = 6000
    weight_share: Annotated[float, msgspec.Meta(gt=0.0, le=1.0)] = 0.8
