"""What can be set about downloads."""

import msgspec


class DownloadSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where candles are downloaded from and how hard the other side may be asked.

    `timeout` and `max_wait` are seconds. A server that asks for a longer pause than `max_wait` ends the download.
    `weight_limit` is the exchange's request weight a minute for one address; the download pauses until the next
    minute once `weight_share` of it is used.
    """

    archive_url: str = "https://data.binance.vision"
    rest_url: str = "https://api.binance.com"
    use_rest: bool = True
    jobs: int = 4
    timeout: float = 20.0
    retries: int = 4
    max_wait: float = 300.0
    weight_limit: int = 6000
    weight_share: float = 0.8
