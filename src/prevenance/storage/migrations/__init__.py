"""Bring the ledger's tables up to date, all steps in one transaction: a killed upgrade leaves the old tables whole."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from prevenance.kit.problems import ConfigurationError

_FOLDER = Path(__file__).parent


def upgrade(tx: Connection) -> None:
    """Run the migrations that this database has not seen; do nothing when it has seen all.

    Raises:
        ConfigurationError: a newer version of the product has been here.
    """
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = tx
    script = ScriptDirectory.from_config(config)
    present = set(MigrationContext.configure(tx).get_current_heads())
    unknown = present - {revision.revision for revision in script.walk_revisions()}
    if unknown:
        message = (
            f"This ledger was written by a newer version (its tables are at {', '.join(sorted(unknown))}, this version "
            f"knows {script.get_current_head()}). Install that version again, or restore a backup made before it."
        )
        raise ConfigurationError(message)
    if present != set(script.get_heads()):
        command.upgrade(config, "head")
