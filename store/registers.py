"""Small rows beside the documents, so that what is asked often need not read the documents themselves.

A *brief* tells of one recommendation what lists and counts ask; it is written whenever its
recommendation is. A *mention* says that a digest speaks of a recommendation, or of a pattern by its key.
Both can be made again from what they were made of.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, insert, select
from tinydb.queries import where

from engine.models.brief import Brief, Said, brief_of
from engine.models.digest import Digest
from engine.models.own import own_part
from engine.models.pattern_life import key_of
from engine.models.recommendation import Recommendation
from engine.models.reply import Reply
from store import kept
from store.documents import Documents, checked
from store.moments import to_text
from store.schema import digests, mentions, recommendations, replies, views

BATCH = 500  # ids in one question; SQLite takes some tens of thousands


def keep_brief(documents: Documents, recommendation: Recommendation) -> None:
    brief = brief_of(recommendation)
    kept.put(documents.table("briefs"), brief, where("id") == brief.id)


def briefs(documents: Documents, status: str | None, campaign_key: str | None) -> list[Brief]:
    table = documents.table("briefs")
    if campaign_key is not None:
        found = kept.load(Brief, table, "campaign_key", campaign_key)
    elif status is not None:
        found = kept.load(Brief, table, "status", status)
    else:
        found = kept.load(Brief, table)
    return [each for each in found if status in {None, each.status}]


def keep_mentions(connection: Connection, digest: Digest) -> None:
    """Write down what an edition speaks of; edited, it is written anew."""
    connection.execute(delete(mentions).where(mentions.c.digest == digest.id))
    at = to_text(digest.posted_at)
    rows = [{"record": record, "digest": digest.id, "posted_at": at} for record in _spoken_of(digest)]
    if rows:
        connection.execute(insert(mentions), rows)


def digests_about(connection: Connection, record: str, since: datetime | None) -> list[Digest]:
    wanted = select(*_body(digests)).join(mentions, mentions.c.digest == digests.c.id)
    wanted = wanted.where(mentions.c.record == record)
    if since is not None:
        wanted = wanted.where(mentions.c.posted_at >= to_text(since))
    return [Digest.model_validate_json(checked(digests, row)) for row in connection.execute(wanted)]


def last_reply(connection: Connection, channel: str, before: str) -> Reply | None:
    """A reply's id ends in its question's ts, and those sort as moments do."""
    asked = replies.c.id
    wanted = select(*_body(replies)).where(asked > f"reply:{channel}:", asked < f"reply:{channel}:{before}")
    row = connection.execute(wanted.order_by(asked.desc()).limit(1)).first()
    return None if row is None else Reply.model_validate_json(checked(replies, row))


def shown(connection: Connection, records: Collection[str]) -> set[str]:
    """Tell which of these records stand in some message."""
    return {
        record
        for some in _batches(records)
        for record in connection.scalars(select(views.c.record).where(views.c.record.in_(some)).distinct())
    }


def said(connection: Connection, identifiers: Collection[str]) -> dict[str, Said]:
    rows = recommendations.c
    bodies = (
        checked(recommendations, row)
        for some in _batches(identifiers)
        for row in connection.execute(select(*_body(recommendations)).where(rows.id.in_(some)))
    )
    found = (kept.KeptSaid.model_validate_json(body).said for body in bodies)
    return {each.recommendation: each for each in found}


def fill(connection: Connection) -> None:
    """Write briefs and mentions of a memory that was kept before there were any.

    Recommendations are cut to what concerns their own campaign; the whole stands in ``patterns`` and
    ``insights``, as it was when they were made. The statements are those of version 3, whatever the
    tables look like today.
    """
    ids = connection.exec_driver_sql("SELECT doc_id FROM recommendations ORDER BY doc_id").scalars().all()
    for doc_id in ids:  # one at a time: they may be hundreds of megabytes
        body = connection.exec_driver_sql("SELECT body FROM recommendations WHERE doc_id = ?", (doc_id,))
        _cut(connection, doc_id, kept.KeptRecommendation.model_validate_json(body.scalar_one()))
    bodies = connection.exec_driver_sql("SELECT body FROM digests").scalars().all()
    for each in map(Digest.model_validate_json, bodies):
        for record in _spoken_of(each):
            connection.exec_driver_sql(
                "INSERT INTO mentions (record, digest, posted_at) VALUES (?, ?, ?)",
                (record, each.id, to_text(each.posted_at)),
            )


def _cut(connection: Connection, doc_id: int, held: kept.KeptRecommendation) -> None:
    whole = held.recommendation
    own = whole.model_copy(update={"analysis": own_part(whole.analysis)})
    body = json.dumps(kept.as_document(held.model_copy(update={"recommendation": own})))
    connection.exec_driver_sql("UPDATE recommendations SET body = ? WHERE doc_id = ?", (body, doc_id))
    brief = json.dumps(kept.as_document(brief_of(own)))
    connection.exec_driver_sql(
        "INSERT INTO briefs (body, id, campaign_key, status) VALUES (?, ?, ?, ?)",
        (brief, own.id, own.campaign_key, own.status),
    )


def _body(table: Table) -> tuple[Column[Any], ...]:
    """What ``checked`` takes."""
    return table.c.doc_id, table.c.body, table.c.crc


def _spoken_of(digest: Digest) -> Iterable[str]:
    told = (key_of(each.kind, each.signal) for each in digest.learned)
    return dict.fromkeys((*digest.stuck, *digest.waiting, *digest.decided, *told))


def _batches(values: Collection[str]) -> Iterator[Sequence[str]]:
    left = iter(values)
    while some := list(islice(left, BATCH)):
        yield some
