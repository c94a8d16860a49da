"""Messages go from the ledger to the timeline: verified, once, whoever is killed on the way."""

import json
from collections.abc import Callable
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.outreach import AT, MovingClock

from prevenance import sources
from prevenance.intake import Intake, WriteKeys, move
from prevenance.kit.problems import BrokenPromiseError
from prevenance.records.tables import FACTS, QUARANTINE
from prevenance.storage import Ledger, ledger_tables, open_lake

EVENTS, BATCHES = ledger_tables.intake_events, ledger_tables.intake_batches


def say(ledger: Ledger, *messages: dict[str, Any], source: str = "web_shop") -> None:
    _, secret = WriteKeys(ledger).add(source, actor="ada")
    intake = Intake(ledger)
    intake.take("batch", json.dumps({"batch": messages}).encode(), secrets=(secret,)).result()
    intake.close()


def used(number: int, **more: Any) -> dict[str, Any]:
    told = {"type": "track", "event": "Feature Used", "userId": "u7", "properties": {"feature": "Éditeur"}}
    return told | {"messageId": f"m{number}"} | more


def lines(folder: Path, source: str = "web_shop") -> list[str]:
    paths = sorted((folder / "intake" / source).iterdir())
    return [json.loads(line)["messageId"] for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def moving() -> MovingClock:
    return MovingClock(AT)


@pytest.fixture
def own(open_it: Callable[..., Ledger], moving: MovingClock) -> Ledger:
    return open_it(moving)


def test_messages_reach_the_lake_through_the_mapping_that_init_promises(own: Ledger, tmp_path: Path) -> None:
    say(
        own,
        {"type": "identify", "userId": "u7", "traits": {"email": "ada@acme.example", "name": "Ada"}},
        used(1),
        used(2),
    )
    say(own, used(2), used(3, event="Mystery"), used(4, userId=None, anonymousId="a"), used(5, event="Scrolled"))
    say(own, used(1), source="other_site")
    report = move(own, tmp_path)
    assert (report.n_batches, report.n_messages, report.n_stored, report.n_waiting) == (2, 7, 7, 0)
    (tmp_path / "mappings").mkdir()
    mapping = files("prevenance.demo").joinpath("starter", "tracking_mapping.yaml").read_text(encoding="utf-8")
    (tmp_path / "mappings" / "tracking.yaml").write_text(mapping, encoding="utf-8")
    lake = open_lake(tmp_path / "lake")
    declared = sources.load_mappings(tmp_path / "mappings")
    loaded = sources.pull(lake, declared, data_folder=tmp_path, as_of=AT + timedelta(days=1))
    by_stream = {one.stream: one for one in loaded}
    assert (by_stream["users"].inserted, by_stream["tracks"].rows_in) == (1, 4)
    facts = lake.collect(lake.read(FACTS)).to_pylist()
    assert (
        sorted((f["kind"], f["subject"], f["label"]) for f in facts) == [("feature_used", "web_shop:u7", "Éditeur")] * 2
    )
    assert [q["reason"] for q in lake.collect(lake.read(QUARANTINE)).to_pylist()] == ["unknown_kind"]
    again = sources.pull(lake, declared, data_folder=tmp_path, as_of=AT + timedelta(days=2))
    assert sum(one.inserted + one.updated for one in again) == 0


def test_a_message_sent_again_after_it_was_moved_is_still_known(own: Ledger, tmp_path: Path) -> None:
    say(own, used(1), used(2))
    move(own, tmp_path)
    with own.read() as tx:
        assert tx.execute(select(func.count()).where(EVENTS.c.payload.is_not(None))).scalar_one() == 0
    say(own, used(1), used(2), used(3))
    assert move(own, tmp_path).n_messages == 1
    assert lines(tmp_path) == ["m1", "m2", "m3"]
    assert move(own, tmp_path).n_batches == 0


def test_many_messages_make_several_batches_in_order(own: Ledger, tmp_path: Path) -> None:
    say(own, *(used(n) for n in range(25)))
    report = move(own, tmp_path, largest_batch=10)
    assert (report.n_batches, report.n_moved) == (3, 25)
    assert lines(tmp_path) == [f"m{n}" for n in range(25)]


def test_a_batch_that_was_cut_short_is_written_again_the_same(
    own: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(own, used(1), used(2))

    def cut(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", cut)
    with pytest.raises(OSError, match="No space"):
        move(own, tmp_path)
    monkeypatch.undo()
    assert lines(tmp_path) == []
    say(own, used(3))
    assert move(own, tmp_path).n_messages == 3
    assert lines(tmp_path) == ["m1", "m2", "m3"]


def test_a_damaged_or_missing_file_is_found(own: Ledger, tmp_path: Path) -> None:
    say(own, used(1))
    move(own, tmp_path)
    assert move(own, tmp_path, looks_again=True).damaged == ()
    [path] = (tmp_path / "intake" / "web_shop").iterdir()
    path.write_text(path.read_text(encoding="utf-8").replace("u7", "u8"), encoding="utf-8")
    place = path.relative_to(tmp_path).as_posix()
    assert move(own, tmp_path, looks_again=True).damaged == (place,)
    path.unlink()
    assert move(own, tmp_path, looks_again=True).damaged == (place,)


def test_a_message_that_vanished_from_the_ledger_stops_the_mover(own: Ledger, tmp_path: Path) -> None:
    say(own, used(1), used(2))
    move(own, tmp_path)
    with own.begin() as tx:
        tx.execute(EVENTS.delete().where(EVENTS.c.message_id == "m1"))
    with pytest.raises(BrokenPromiseError, match="None may be lost"):
        move(own, tmp_path)
