"""What several threads write goes into one transaction, and one that fails harms no other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from dispatch.database.database import Database
from dispatch.database.group_commit import GroupCommit


@contextmanager
def database_at(folder: Path) -> Iterator[Database]:
    with closing(Database.open("sqlite:///a.db", folder=folder)) as database:
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE entry (number INTEGER PRIMARY KEY)"))
        yield database


def entries(database: Database) -> list[int]:
    with database.reading() as connection:
        return list(connection.execute(text("SELECT number FROM entry ORDER BY number")).scalars())


def test_many_threads_share_few_transactions_and_each_is_told_its_own(tmp_path: Path) -> None:
    with database_at(tmp_path) as database:
        transactions = []

        @contextmanager
        def counted():
            with database.writing() as connection:
                transactions.append(1)
                yield connection

        group = GroupCommit(counted)
        told = {}

        def work(first: int) -> None:
            for number in range(first, first + 50):

                def act(connection, number=number):
                    connection.execute(text(f"INSERT INTO entry VALUES ({number})"))
                    return number

                told[number] = group.run(act)
                assert number in entries(database), "what has returned is there for all to see"

        threads = [threading.Thread(target=work, args=(first,)) for first in range(0, 400, 50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert told == {number: number for number in range(400)}
        assert entries(database) == list(range(400))
        assert len(transactions) < 400


def test_an_act_that_fails_takes_nobody_else_with_it(tmp_path: Path) -> None:
    with database_at(tmp_path) as database:
        first_may_end, others_wait = threading.Event(), threading.Barrier(4)

        def slow(connection):
            first_may_end.wait(10)
            return "slow"

        def insert(number):
            def act(connection):
                connection.execute(text(f"INSERT INTO entry VALUES ({number})"))
                if number == 2:
                    raise ValueError("no two")

            return act

        ends = {}

        def work(number: int) -> None:
            others_wait.wait(10)
            try:
                ends[number] = database.together(insert(number))
            except ValueError as error:
                ends[number] = error

        leader = threading.Thread(target=database.together, args=(slow,))
        leader.start()
        threads = [threading.Thread(target=work, args=(number,)) for number in (1, 2, 3)]
        for thread in threads:
            thread.start()
        others_wait.wait(10)
        while len(database._group_commit._waiting) < 3:
            pass
        first_may_end.set()
        for thread in [leader, *threads]:
            thread.join()
        assert entries(database) == [1, 3]
        assert isinstance(ends[2], ValueError)
        assert ends[1] is ends[3] is None


def test_an_act_that_fails_alone_raises_and_leaves_nothing(tmp_path: Path) -> None:
    with database_at(tmp_path) as database:

        def act(connection):
            connection.execute(text("INSERT INTO entry VALUES (1)"))
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            database.together(act)
        assert entries(database) == []
        assert database.together(lambda _: 7) == 7


def test_what_is_alike_is_done_at_once_and_each_is_told_its_own(tmp_path: Path) -> None:
    with database_at(tmp_path) as database:
        is_led, others_wait, together = threading.Event(), threading.Event(), []

        def slow(_connection):
            is_led.set()
            others_wait.wait(10)

        def insert(connection, numbers):
            together.append(len(numbers))
            for number in numbers:
                connection.execute(text(f"INSERT INTO entry VALUES ({number})"))
            return [number * 2 for number in numbers]

        told = {}

        def work(number: int) -> None:
            told[number] = database.together_with(insert, number)

        leader = threading.Thread(target=database.together, args=(slow,))
        leader.start()
        is_led.wait(10)
        threads = [threading.Thread(target=work, args=(number,)) for number in (1, 2, 3)]
        for thread in threads:
            thread.start()
        while len(database._group_commit._waiting) < 3:
            pass
        others_wait.set()
        for thread in [leader, *threads]:
            thread.join()
        assert told == {1: 2, 2: 4, 3: 6}
        assert together == [3]
        assert entries(database) == [1, 2, 3]
