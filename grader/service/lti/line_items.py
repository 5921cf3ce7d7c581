"""Columns of platforms' gradebooks, and what stands in them."""

from __future__ import annotations

import json
from urllib.parse import urlencode, urlsplit, urlunsplit

from grader.service.lti import messages
from grader.service.lti.models import LtiLink
from grader.service.lti.platform_client import LINE_ITEMS, RESULTS, PlatformClient, PlatformRequestError

_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
_RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"


def part_of(line_item: str, part: str, **query: str) -> str:
    """Return the address of a part of a column, which stands before its own query."""
    address = urlsplit(line_item)
    more = "&".join(filter(None, (address.query, urlencode(query))))
    return urlunsplit(address._replace(path=f"{address.path.rstrip('/')}/{part}", query=more))


def ensure_line_item(link: LtiLink, client: PlatformClient) -> None:
    """Have a link know its column, made where there is none; raises PlatformRequestError."""
    if link.line_item:
        return
    connected = link.resource_link.context.connected
    if not connected.line_items_url or LINE_ITEMS not in connected.scopes:
        raise PlatformRequestError(messages.NO_COLUMN)
    wanted, made = link.resource_link.id_on_platform, link.assignment
    address = urlsplit(connected.line_items_url)
    query = "&".join(filter(None, (address.query, urlencode({"resource_link_id": wanted}))))
    pages = client.pages(urlunsplit(address._replace(query=query)), LINE_ITEMS, _ITEMS)
    items = [i for page in pages if isinstance(page, list) for i in page if i.get("resourceLinkId") == wanted]
    if not items:
        new = {
            "scoreMaximum": made.files.max_score, "label": made.title, "resourceLinkId": wanted,
            "resourceId": f"assignment-{made.pk}",
        }  # fmt: skip
        items = [client.post(connected.line_items_url, LINE_ITEMS, _ITEM, json.dumps(new)).json()]
    link.line_item = str(items[0].get("id", ""))[:2000]
    link.save(update_fields=["line_item"])


def results_of(link: LtiLink, sub: str, client: PlatformClient) -> float | None:
    """Return what stands in the column for a person, as a part of the whole; None for nothing.

    None too where the platform does not let us read it.
    """
    if RESULTS not in link.resource_link.context.connected.scopes:
        return None
    for page in client.pages(part_of(link.line_item, "results", user_id=sub), RESULTS, _RESULTS):
        for row in page if isinstance(page, list) else []:
            if row.get("userId") == sub and isinstance(row.get("resultScore"), int | float):
                return float(row["resultScore"]) / float(row.get("resultMaximum") or 1)
    return None
