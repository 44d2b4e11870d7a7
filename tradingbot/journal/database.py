"""The database of a journal: opened, recognised, brought to the present schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError

from tradingbot.domain.errors import BadFile

VERSION_TABLE = "journal_version"
_MIGRATIONS = Path(__file__).parent / "migrations"


def address(where: Path | str) -> tuple[URL, str]:
    """The URL of a path or of a URL's text, and its name without a password; raises BadFile."""
    text = str(where)
    if "://" not in text:
        return URL.create("sqlite", database=text), text
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise BadFile("journal", "it is no database URL", "Write postgresql+psycopg://user@host/name") from error
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise BadFile("journal", f"{text} is memory, which forgets", "Give a file")
    return url, url.render_as_string(hide_password=True)


def connect(url: URL, *, wait: float) -> Engine:
    """An engine whose transactions are ours to begin; it waits at most `wait` seconds for a lock or a connection."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url, connect_args={"connect_timeout": max(2, round(wait))})
    engine = create_engine(url, connect_args={"timeout": wait})
    event.listen(engine, "connect", _sqlite_connected)
    event.listen(engine, "begin", _begin)
    return engine


def _sqlite_connected(connection: DBAPIConnection, _record: object) -> None:
    """Without this the driver begins and ends transactions at moments of its own."""
    connection.isolation_level = None
    connection.cursor().execute("PRAGMA synchronous = FULL")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def is_missing(url: URL) -> bool:
    """Whether the address is a file that is not there: SQLite would make it by looking for it."""
    path = (url.database or "").removeprefix("file:")
    return url.get_backend_name() == "sqlite" and not Path(path).is_file()


def prepare(engine: Engine, name: str) -> None:
    """Make the tables of a new journal, or bring those of an older one up to date; raises BadFile.

    All or nothing: a journal half made does not exist.
    """
    with engine.connect() as connection:
        if recognise(connection, name, new=True):
            return
    if engine.dialect.name == "sqlite":
        _readers_beside_the_writer(engine)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        command.upgrade(config, "head")


def _readers_beside_the_writer(engine: Engine) -> None:
    """SQLite's WAL mode, which the file keeps; it cannot be set in a transaction."""
    pooled = engine.raw_connection()
    try:
        pooled.cursor().execute("PRAGMA journal_mode = WAL")
    finally:
        pooled.close()


def recognise(connection: Connection, name: str, *, new: bool) -> bool:
    """Whether this is a journal of the present schema; an empty database passes only as `new`.

    Raises BadFile for what is no journal, or one of a newer schema.
    """
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        if tables or not new:
            remedy = "Give the file of one, or an empty database for a new one"
            raise BadFile("journal", f"{name} holds no journal", remedy)
        return False
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    held = context.get_current_revision()
    known = [one.revision for one in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()]
    if held not in known:
        raise BadFile("journal", f"{name} has schema {held}, which is newer than this program", "Update tradingbot")
    return held == known[0]
