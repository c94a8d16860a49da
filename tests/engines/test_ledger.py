"""The ledger keeps its promises, the same on SQLite and on PostgreSQL."""

import os
import signal
import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, event, insert, inspect, select, text, update
from tests.children import start
from tests.postgres import KEY

from prevenance.kit.clock import SystemClock
from prevenance.kit.problems import BrokenPromiseError, ConfigurationError
from prevenance.storage import ledger_tables, open_ledger
from prevenance.storage.ledger_schema import metadata

AT = datetime(2026, 11, 1, 12, 30, 15, 123456, tzinfo=UTC)
STATE = ledger_tables.state


def put(tx, name, value, at=AT):
    tx.execute(insert(STATE).values(name=name, value=value, updated_at=at))


def names(ledger):
    with ledger.read() as tx:
        return set(tx.execute(select(STATE.c.name)).scalars()) - {"ledger_key", "audit_head"}


def test_the_migrations_make_exactly_the_declared_tables(ledger):
    with ledger.read() as tx:
        drift = compare_metadata(MigrationContext.configure(tx, opts={"compare_type": True}), metadata)
    assert drift == []


def test_opening_again_changes_nothing_and_keeps_the_rows(ledger, open_it):
    with ledger.begin() as tx:
        put(tx, "kept", {"is": "here"})
    assert names(open_it()) == {"kept"}


def test_a_newer_ledger_is_refused_with_what_to_do(ledger, open_it):
    with ledger.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match=r"newer version.*9999.*Install"):
        open_it()


def test_another_key_is_refused_because_no_optout_would_be_recognised(ledger, ledger_url):
    with pytest.raises(ConfigurationError, match="not the key"):
        open_ledger(ledger_url, clock=SystemClock(), key=b"another key, long enough to be one....")


def test_a_block_that_fails_leaves_nothing(ledger):
    def fail():
        with ledger.begin() as tx:
            put(tx, "half", 1)
            ledger.record(tx, "ada", "did", "something", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert names(ledger) == set()
    assert ledger.verify_audit().n_entries == 0


def test_instants_come_back_aware_and_in_utc(ledger):
    with ledger.begin() as tx:
        put(tx, "paris", 1, AT.astimezone(timezone(timedelta(hours=2))))
    with ledger.read() as tx:
        found = tx.execute(select(STATE.c.updated_at).where(STATE.c.name == "paris")).scalar_one()
    assert found == AT
    assert found.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(ledger):
    with pytest.raises(Exception, match="no time zone"), ledger.begin() as tx:
        put(tx, "naive", 1, AT.replace(tzinfo=None))


def test_a_foreign_key_is_enforced(ledger):
    with pytest.raises(Exception, match=r"(?i)foreign key"), ledger.begin() as tx:
        tx.execute(insert(ledger_tables.stages).values(run_id="none", name="audit", position=1, status="done"))


def test_a_reading_transaction_cannot_write(ledger):
    with pytest.raises(Exception, match=r"(?i)read.?only"), ledger.read() as tx:
        put(tx, "sneaked", 1)
    with ledger.begin() as tx:  # and the next writer on that connection can
        put(tx, "written", 1)
    assert names(ledger) == {"written"}


def test_a_reader_sees_one_moment_however_long_it_reads(ledger):
    with ledger.read() as tx:
        before = tx.execute(select(STATE.c.name)).scalars().all()
        with ledger.begin() as other:
            put(other, "meanwhile", 1)
        assert tx.execute(select(STATE.c.name)).scalars().all() == before
    assert names(ledger) == {"meanwhile"}


def test_writers_at_once_lose_no_update(ledger):
    with ledger.begin() as tx:
        put(tx, "count", 0)

    def add():
        for _ in range(10):
            with ledger.begin() as tx:
                ledger.hold(tx, "count")
                value = tx.execute(select(STATE.c.value).where(STATE.c.name == "count")).scalar_one()
                tx.execute(update(STATE).where(STATE.c.name == "count").values(value=value + 1))
                ledger.record(tx, "adder", "added", "count", {"value": value + 1})

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.read() as tx:
        assert tx.execute(select(STATE.c.value).where(STATE.c.name == "count")).scalar_one() == 40
    verdict = ledger.verify_audit()
    assert (verdict.is_intact, verdict.n_entries) == (True, 40)


@pytest.fixture
def trail(ledger):
    for number in range(6):
        with ledger.begin() as tx:
            ledger.record(tx, "ada", "did", f"thing:{number}", {"n": number, "share": 0.1 + number, "word": "élan"})
    assert ledger.verify_audit().is_intact
    return ledger


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit_trail SET actor = 'eve' WHERE seq = 3", 3),
        ("""UPDATE audit_trail SET detail = '{"n": 9}' WHERE seq = 2""", 2),
        ("UPDATE audit_trail SET at = (SELECT at FROM audit_trail WHERE seq = 1) WHERE seq = 5", 5),
        ("DELETE FROM audit_trail WHERE seq = 4", 4),
        ("DELETE FROM audit_trail WHERE seq = 1", 1),
        ("DELETE FROM audit_trail WHERE seq = 6", 5),
        ("UPDATE audit_trail SET seq = CASE seq WHEN 2 THEN -3 WHEN 3 THEN -2 END WHERE seq IN (2, 3)", 1),
    ],
)
def test_tampering_with_the_trail_is_seen(trail, tampering, broken_at):
    with trail.begin() as tx:
        tx.execute(text(tampering))
    verdict = trail.verify_audit()
    assert (verdict.is_intact, verdict.broken_at) == (False, broken_at)


def test_a_forged_entry_is_seen_even_if_its_chain_was_recomputed_without_the_key(trail):
    with trail.begin() as tx:
        last = tx.execute(text("SELECT hash FROM audit_trail WHERE seq = 6")).scalar_one()
        row = {"seq": 7, "at": AT, "actor": "eve", "action": "did", "subject": "x", "detail": {}}
        tx.execute(insert(ledger_tables.audit_trail).values(**row, previous_hash=last, hash="ab" * 32))
        head = {"seq": 7, "hash": "ab" * 32}
        tx.execute(update(STATE).where(STATE.c.name == "audit_head").values(value=head))
    assert trail.verify_audit().broken_at == 7


def test_a_foreign_connection_has_no_say(ledger):
    with pytest.raises(BrokenPromiseError), ledger._engine.connect() as stranger:
        ledger.record(stranger, "eve", "did", "it", {})


def test_a_killed_migration_leaves_no_half_and_the_next_start_finishes(ledger_url):
    """Kill the process inside the first migration, at several statements; then open as if nothing had happened."""

    def migrate_and_die(statements_before_death):
        seen = []

        @event.listens_for(Engine, "after_cursor_execute")
        def count(connection, cursor, statement, *rest):
            if statement.lstrip().startswith("CREATE"):
                seen.append(statement)
                if len(seen) > statements_before_death:
                    os.kill(os.getpid(), signal.SIGKILL)

        open_ledger(ledger_url, clock=SystemClock(), key=KEY)

    for statements_before_death in (1, 7, 20):
        child = start(migrate_and_die, statements_before_death)
        child.join()
        assert child.exitcode == -signal.SIGKILL
    ledger = open_ledger(ledger_url, clock=SystemClock(), key=KEY)
    with ledger.read() as tx:
        assert set(metadata.tables) <= set(inspect(tx).get_table_names())
    ledger.close()


def test_sqlite_is_opened_as_promised(tmp_path):
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock=SystemClock())
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 30000}
    with ledger.read() as tx:
        found = {name: tx.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
        assert tx.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    assert found == wanted
    has_the_bug = sqlite3.sqlite_version_info < (3, 51, 3)
    assert bool(ledger.health().notes) == has_the_bug


def test_sqlite_lets_one_writer_in_at_a_time(tmp_path):
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock=SystemClock())
    with ledger.begin(), pytest.raises(BrokenPromiseError, match="inside another"), ledger.begin():
        pass


def test_deleted_words_are_gone_from_the_file(tmp_path):
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock=SystemClock())
    with ledger.begin() as tx:
        put(tx, "secret", "canary-7f3a" * 50)
    with ledger.begin() as tx:
        tx.execute(STATE.delete().where(STATE.c.name == "secret"))
    ledger.close()
    assert not [path for path in tmp_path.iterdir() if b"canary-7f3a" in path.read_bytes()]


def test_the_key_beside_the_database_is_for_its_owner_only_and_not_replaceable(tmp_path):
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    open_ledger(url, clock=SystemClock()).close()
    key = tmp_path / "ledger.db.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    with pytest.raises(ConfigurationError, match="not the key"):
        open_ledger(url, clock=SystemClock())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite://", "outlive"),
        ("mysql://localhost/ledger", "SQLite or PostgreSQL"),
        ("postgresql+psycopg://localhost/x", "key"),
    ],
)
def test_a_ledger_that_cannot_keep_its_promises_is_refused(url, said):
    with pytest.raises(ConfigurationError, match=said):
        open_ledger(url, clock=SystemClock())
