"""Any career site with schema.org JobPosting markup. https://schema.org/JobPosting, https://www.sitemaps.org/protocol.html

A board's url without a path is a site: its robots.txt names the sitemaps, these the pages. With a path it is a start
page: its links lead to the jobs. Quirks: sitemaps come gzipped, as text, with any type and namespace; markup stays on
pages of jobs that are filled; two postings on a page make it a list. No total is stated. State of knowledge 2026-11.
"""

import gzip
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from parsel import Selector
from scrapy import Request
from scrapy.http import Response
from w3lib.url import canonicalize_url, url_query_cleaner

from crawler.boards import Board
from crawler.searches import Search
from crawler.sources import job_posting
from crawler.sources.base import ContractError, NotOfferedError, Page, Source, document, text
from pipelines import job_page
from pipelines.items import Posting

SITEMAPS, PAGES, BYTES = (
    50,
    5_000,
    50_000_000,
)  # sitemaps and start pages read; jobs of one board; bytes of a sitemap (the protocol's limit)
# A job's page: one of these words begins a part of its path, and something follows that names the job.
JOB = re.compile(
    r"/(?:[a-z]{2}(?:[-_][a-z]{2})?/)?(?:[\w-]+/){0,4}?(?:jobs?|stellen?|stellenangebote?|stellenanzeigen?|stellenmarkt|jobposting"
    r"|karriere|career|vacanc|vakanz|position|offene-stellen|job-?offer|jobangebot)[\w-]*/[^?#]*[\w-]{6,}"
    r"|-j[0-9]+\.html|-f[0-9]+\.html|/(?:stelle|job|vacancy|position)[\w]*[-_][^/?#]{6,}",
    re.IGNORECASE,
)
# Pages beside the jobs: lists, media, the law.
OTHER = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|svg|webp|docx?|css|js|ico|zip|xml|mp4)(?:$|\?)|/(?:impressum|datenschutz|kontakt|faq|news|blog|presse|tag|category|"
    r"kategorie|author|feed|login|agb|search|suche|benefits|ausbildung-bei-uns|bewerbungsprozess|standorte|ueber-uns|team)(?:/|$)",
    re.IGNORECASE,
)
TRACKING = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "gclid", "fbclid", "ref", "source")


class SchemaOrg(Source):
    """Details are read before they are judged: a sitemap knows no titles."""

    kind = "schema_org"
    home = "https://{name}"
    lists_titles = False

    def start(self, board: Board, search: Search) -> Iterator[Request]:
        """Ask for robots.txt (which costs nothing: it has been read), or for the start page."""
        base = self.address(board)
        path = urlsplit(base).path.strip("/")
        yield Request(board.url if path else f"{base}/robots.txt", meta={"deep": 0})

    def adverts(self, response: Response) -> Page:
        """Tell robots.txt, sitemap index, sitemap and start page apart by what they say."""
        if response.url.endswith("/robots.txt"):
            found = re.findall(r"(?im)^\s*sitemap\s*:\s*(\S+)", response.body.decode("utf-8", "replace"))
            urls = [response.urljoin(each) for each in found] or [response.urljoin("/sitemap.xml")]
            return Page(next=self._following(response, urls))
        body = _unpacked(response.body)
        root = body.lstrip(b"\xef\xbb\xbf \r\n\t")[:2000].lower()
        if b"<urlset" in root or b"<sitemapindex" in root:
            return self._sitemap(response, document(body))
        if b"<html" in root or b"<!doctype html" in root:
            if urlsplit(response.url).path.endswith((".xml", ".gz")):
                raise ContractError("a page for people instead of a sitemap")
            return self._start_page(response)
        lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines() if line.strip()]
        if lines and all(line.startswith("http") for line in lines):
            return Page([{"url": each} for each in _jobs(lines)])
        raise ContractError("neither a sitemap nor a page")

    def _sitemap(self, response: Response, sitemap: Selector) -> Page:
        if "sitemapindex" in sitemap.root.tag:
            shards = [each.strip() for each in sitemap.xpath("./sitemap/loc/text()").getall()]
            named = [
                each
                for each in shards
                if re.search(r"job|stelle|karriere|career|vacanc", urlsplit(each).path, re.IGNORECASE)
            ]
            return Page(next=self._following(response, [response.urljoin(each) for each in named or shards]))
        stated = {
            "".join(entry.xpath("./loc//text()").getall()).strip(): entry.xpath("string(./lastmod)")
            .get(default="")
            .strip()
            for entry in sitemap.xpath("./url")
        }
        is_of_jobs = re.search(r"job|stelle|vacanc", urlsplit(response.url).path, re.IGNORECASE)
        urls = [each for each in stated if not OTHER.search(each)] if is_of_jobs else _jobs(stated)
        adverts = [{"url": each, "lastmod": stated[each]} if stated[each] else {"url": each} for each in urls if each]
        return Page(adverts[:PAGES], capped=len(adverts) > PAGES)

    def _start_page(self, response: Response) -> Page:
        page = response.text
        markup = job_page.markup(page)
        if len(markup.postings) > 1:
            return Page(
                [
                    {"url": response.urljoin(each.get("url") or f"#{number}"), "node": each}
                    for number, each in enumerate(markup.postings)
                ]
            )
        selector = Selector(text=page, type="html")
        links = [response.urljoin(each.strip()) for each in selector.xpath("//a/@href").getall()]
        own = urlsplit(response.url).netloc
        urls = dict.fromkeys(
            _key(each)
            for each in _jobs([*map(response.urljoin, markup.listed), *links])
            if urlsplit(each).netloc == own
        )
        urls.pop(_key(response.url), None)
        following = selector.xpath("(//a|//link)[@rel='next']/@href").getall()[:1]
        if not urls and not following and len(markup.postings) == 0:
            raise ContractError("no link on this page looks like a job's (is it filled by JavaScript?)")
        return Page([{"url": each} for each in urls], next=self._following(response, map(response.urljoin, following)))

    def _following(self, response: Response, urls: Iterable[str]) -> tuple[Request, ...]:
        deep = response.meta["deep"] + 1
        return tuple(
            Request(each, meta={"deep": deep}) for each in [*dict.fromkeys(urls)][:SITEMAPS] if deep < SITEMAPS
        )

    def source_id(self, listed: dict[str, Any]) -> str:
        """The page's address, without what only counts visitors."""
        return _key(text(listed["url"]))

    def detail(self, listed: dict[str, Any]) -> Request | None:
        """The page, unless the list held the whole node."""
        return None if "node" in listed else Request(text(listed["url"]))

    def read_detail(self, response: Response) -> dict[str, Any]:
        """Take the one node of a page that still offers its job."""
        page = response.text
        markup = job_page.markup(page)
        if len(markup.postings) != 1:
            raise NotOfferedError("a list of jobs, not one" if markup.postings else "no job is marked up on this page")
        node = markup.postings[0]
        if why := job_page.withdrawn(page, str(node.get("description") or "")):
            raise NotOfferedError(why)
        if not node.get("title") and not node.get("name"):
            node["title"] = job_page.titled(page, job_posting.organisation(node.get("hiringOrganization")))
        address = response.urljoin(job_page.canonical(page) or response.url)
        same_host = urlsplit(address).netloc == urlsplit(response.url).netloc
        return {
            "node": node,
            "url": _key(address) if same_host else response.url,
            "repairs": markup.repairs,
        }

    def posting(self, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map the node; the page's own address is what a person opens."""
        advert = {**listed, **(detail or {})}
        return job_posting.posting(advert["node"], source_id=self.source_id(listed), url=advert["url"])


def _unpacked(body: bytes) -> bytes:
    """Unpack a gzipped sitemap, whatever its name and type say."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
        unpacked = file.read(BYTES + 1)
    if len(unpacked) > BYTES:
        raise ContractError("a sitemap larger than the protocol allows")
    return unpacked


def _jobs(urls: Iterable[str]) -> list[str]:
    return [
        each for each in urls if JOB.search(urlsplit(each).path) and not OTHER.search(each) and each.startswith("http")
    ]


def _key(url: str) -> str:
    return canonicalize_url(url_query_cleaner(url, TRACKING, remove=True))
