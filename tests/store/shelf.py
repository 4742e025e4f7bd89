"""Document tables of the tests' own: the default table and two more, each with two indexed fields."""

from sqlalchemy import Column, MetaData, Table, Text

from store.schema import document_table

SHELF = MetaData()
for _name in ("_default", "offers", "creatives"):
    document_table(_name, Column("key", Text, index=True), Column("status", Text, index=True), into=SHELF)
TABLES: dict[str, Table] = dict(SHELF.tables)
