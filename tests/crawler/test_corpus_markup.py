"""Recorded pages and markup of career sites, where the folder is given: what they say, and if they still say it."""

import csv
import json
import os
from pathlib import Path

import pytest

from crawler.sources import job_posting
from pipelines import job_page

CORPUS = Path(os.environ.get("STELLWERK_CORPUS", "/nowhere"))
pytestmark = pytest.mark.skipif(
    not (CORPUS / "jsonld").is_dir(), reason="set STELLWERK_CORPUS to the folder of recorded pages to read them"
)


def labels() -> list[dict[str, str]]:
    with (CORPUS / "jsonld" / "labels.tsv").open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def page(path: Path) -> str:
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".html":
        return text
    return f'<script type="application/ld+json">{text.replace("</", "<" + chr(92) + "/")}</script>'


def test_markup_says_what_its_labels_say() -> None:
    wrong, fields, nodes = [], 0, {}
    for label in labels():
        path = CORPUS / "jsonld" / label["path"].split("#")[0]
        if path not in nodes:
            nodes[path] = iter(job_page.markup(page(path)).postings)
        if not label["title"] or "_23_" in path.name:  # without a title it is no posting; the labels lack upper keys
            next(nodes[path], None)
            continue
        found = job_posting.posting(next(nodes[path]), source_id="", url=None)
        said = {
            "title": found.title, "hiring_organization": found.employer or "", "datePosted": found.published_on or "",
            "postal_code": "; ".join(dict.fromkeys(each.postal_code for each in found.places if each.postal_code)),
            "city": "; ".join(dict.fromkeys(each.city for each in found.places if each.city)),
        }  # fmt: skip
        fields += len(said)
        wrong += [
            (path.name, name, label[name], value)
            for name, value in said.items() if " ".join(label[name].split()) != " ".join(value.split())
        ]  # fmt: skip

    assert fields > 600
    assert len(wrong) <= fields * 0.02, wrong


def test_no_posting_is_found_where_there_is_none() -> None:
    files = sorted((CORPUS / "jsonld" / "negatives" / "de").glob("*.html"))

    assert len(files) > 10
    assert [path.name for path in files if job_page.markup(page(path)).postings] == []


def test_withdrawn_pages_are_told_from_live_ones() -> None:
    verdicts = []
    for label in labels():
        row = CORPUS / "jsonld/gold/rows" / f"{Path(label['path']).name.removesuffix('.jsonld')}.row.json"
        if not row.is_file() or not label["title"]:
            continue
        shown = json.loads(row.read_text(encoding="utf-8"))["content"]["MainContent"].replace("<", "&lt;")
        (node, *_) = job_page.markup(page(CORPUS / "jsonld" / label["path"])).postings
        gone = job_page.withdrawn(f"<html><body>{shown}</body></html>", str(node.get("description") or ""))
        verdicts.append((label["page_state"] == "live", gone is not None))

    assert verdicts.count((True, True)) == 0  # no live page is taken for a withdrawn one
    assert verdicts.count((False, True)) >= 0.8 * sum(1 for live, _ in verdicts if not live)
