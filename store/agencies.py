"""The bodies that must publish, under surrogate keys, with the names and codes that they bore and when."""

from __future__ import annotations

import duckdb

from store.database import Row, insert, transaction
from store.identity import Identity, as_printed, identify, parent_of, plain, unplaced

Key = tuple[str, str]
"""Division code (or "@site" where no place is known) and the name in full."""


class Agencies:
    """All agencies of one archive, held in memory; `flush` writes what is new inside the caller's transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.reload()

    def reload(self) -> None:
        """Forgets what was not written: after a transaction was rolled back."""
        rows = self._connection.execute("SELECT agency_id, name, full_name, division_code, site_id FROM agency").fetchall()
        self._ids: dict[Key, int] = {self._key(row[2], row[3], row[4]): row[0] for row in rows}
        self._names: dict[int, str] = {row[0]: row[1] for row in rows}
        self._full: dict[int, str] = {row[0]: row[2] for row in rows}
        self._divisions: dict[int, str | None] = {row[0]: row[3] for row in rows}
        self._last = max(self._names, default=0)
        self._new: dict[int, Row] = {}
        self._renamed: set[int] = set()
        dated = self._connection.execute("SELECT agency_id, name, division_code, first_year, last_year FROM agency_name").fetchall()
        self._dated: dict[tuple[int, str, str | None], tuple[int, int]] = {(a, n, d): (first, last) for a, n, d, first, last in dated}
        self._touched: set[tuple[int, str, str | None]] = set()

    @staticmethod
    def _key(name: str, division: str | None, site_id: str | None) -> Key:
        return (division or f"@{site_id}", name)

    def name(self, agency_id: int) -> str:
        """Its name, as it prints it."""
        return self._names[agency_id]

    def division(self, agency_id: int) -> str | None:
        """The code of its place."""
        return self._divisions[agency_id]

    def id_of(self, printed: str, year: int | None, site_id: str | None, division: str | None) -> int:
        """The agency that a name printed on a portal of that division means; made known if it is new."""
        agency_id = self._id(identify(printed, division), site_id, unplaced(printed, division))
        if year is not None:
            self._date(agency_id, plain(printed), year)
        return agency_id

    def _id(self, body: Identity, site_id: str | None, nowhere: str | None = None) -> int:
        key = self._key(body.name, body.division, site_id)
        if key not in self._ids:
            above = parent_of(body)
            parent = self._id(above, site_id) if above else None
            self._last += 1
            self._ids[key] = self._last
            self._full[self._last], self._divisions[self._last] = body.name, body.division
            self._names[self._last] = as_printed(body.name, body.division, ())
            self._new[self._last] = (body.level, body.kind, body.division, parent, site_id, body.name, nowhere)
        return self._ids[key]

    def _date(self, agency_id: int, printed: str, year: int) -> None:
        key = (agency_id, printed, self._divisions[agency_id])
        first, last = self._dated.get(key, (year, year))
        if key not in self._dated or not first <= year <= last:
            self._dated[key] = (min(first, year), max(last, year))
            self._touched.add(key)
            self._name(agency_id, printed)

    def _name(self, agency_id: int, printed: str) -> None:
        """Once printed with the prefecture before its district, it is called so."""
        name = as_printed(self._full[agency_id], self._divisions[agency_id], (printed, self._names[agency_id]))
        if name != self._names[agency_id]:
            self._names[agency_id] = name
            self._renamed.add(agency_id)

    def flush(self) -> None:
        """Writes new agencies and the names whose years grew."""
        insert(self._connection, "agency", [(number, self._names[number], *told) for number, told in self._new.items()])
        for number in sorted(self._renamed - self._new.keys()):
            name = {"number": number, "name": self._names[number]}
            self._connection.execute("UPDATE agency SET name = $name WHERE agency_id = $number", name)
            self._connection.execute("UPDATE report SET agency = $name WHERE agency_id = $number", name)
        if self._touched:
            old = sorted({agency_id for agency_id, _, _ in self._touched})
            self._connection.execute("DELETE FROM agency_name WHERE agency_id IN (SELECT unnest(?))", [old])
            keep = [(*key, *years) for key, years in self._dated.items() if key[0] in set(old)]
            insert(self._connection, "agency_name", sorted(keep, key=str))
        self._new, self._renamed, self._touched = {}, set(), set()

    def known(self, printed: str, year: int | None, site_id: str | None, division: str | None) -> int:
        """`id_of` in a transaction of its own."""
        with transaction(self._connection):
            agency_id = self.id_of(printed, year, site_id, division)
            self.flush()
        return agency_id
