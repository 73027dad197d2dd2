"""The one engine: search to boards, boards to requests, answers to adverts; every request has one outcome."""

import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler import boards
from crawler.boards import Board
from crawler.middlewares.origins import unpaced
from crawler.searches import Search, SearchError
from crawler.sources import SOURCES
from crawler.sources.base import ContractError, Page
from pipelines import normalise, storage
from pipelines.health import Ledger, Listing
from pipelines.items import Posting, RawPosting

# What a source's mapping may raise on an advert in another form than it knows.
UNREADABLE = (KeyError, TypeError, ValueError, LookupError, AttributeError)
OK, GONE = 200, (404, 410)
LISTS_FIRST = 1  # lists move while they are read, so they are read before the details


class JobSearchSpider(Spider):
    """`scrapy crawl job_search -a role=it-leiter -a place=Dortmund -a radius_km=50`.

    `-a kinds=` and `-a boards=` (comma lists) restrict any search to some of its sources.
    """

    name = "job_search"

    def __init__(
        self, role: str | None = None, place: str | None = None, radius_km: str | float = 50, kinds: str | None = None,
        boards: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.search = self._search(role, place, radius_km)
        self.wanted = self.search.wanted()
        self.boards = [*self._boards(_list(kinds), _list(boards))]
        self.ledgers = {board.id: Ledger(board.id) for board in self.boards}
        self.known: dict[str, dict[str, storage.Known]] = {}
        self.taken: dict[str, set[str]] = {board.id: set() for board in self.boards}
        self.terms = boards_terms()

    def _search(self, role: str | None, place: str | None, radius_km: str | float) -> Search:
        if not role or not place:
            raise SearchError("say what to look for: -a role=it-leiter -a place=Dortmund [-a radius_km=50]")
        try:
            return Search(role, place, float(radius_km))
        except ValueError:
            raise SearchError(f"radius_km={radius_km!r} is not a number") from None

    def _boards(self, kinds: set[str], names: set[str]) -> Iterator[Board]:
        if unknown := kinds - SOURCES.keys():
            raise SearchError(f"kinds={','.join(sorted(unknown))}: known are {', '.join(sorted(SOURCES))}")
        for kind, terms in boards_terms().items():
            board = Board(kind, self.search.name)
            if (kind in kinds or (terms.on and not kinds)) and (not names or board.id in names):
                yield board
        if unknown := names - {f"{kind}:{self.search.name}" for kind in SOURCES}:
            raise SearchError(f"boards={','.join(sorted(unknown))}: this search has no such board")

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Give each host the pace of data/tables/sources.csv; `PACE=0` lifts it for origins mapped to loopback."""
        super().update_settings(settings)
        slots = {
            terms.host: {"concurrency": 1, "delay": terms.pace_seconds, "jitter": 0}
            for terms in boards_terms().values()
        }
        for origin in unpaced(settings):
            slots[origin.host] = {"concurrency": 1, "delay": 0.001, "jitter": 0}
        settings.set("DOWNLOAD_SLOTS", slots, priority="spider")

    def nights_to_close(self, board: str) -> int:
        """Return how many complete lists must miss a posting of this board before it closes."""
        return self.terms[board.partition(":")[0]].nights_to_close

    # ------------------------------------------------------------ requests

    async def start(self) -> AsyncIterator[Request]:
        """Yield the first page of every list."""
        for board in self.boards:
            self.known[board.id] = storage.known(Path(self.settings["JOBS_DB"]), board.id)
            # All at once: a board whose first answer is in before its second request is planned would look ended.
            for request in [self._list_request(board, each) for each in SOURCES[board.kind].start(board, self.search)]:
                yield request

    def _list_request(self, board: Board, request: Request, listing: str | None = None) -> Request:
        listing = listing or request.cb_kwargs.get("listing", "all")
        self.ledgers[board.id].planned += 1
        return request.replace(
            callback=self.parse_list, errback=self.lost, priority=LISTS_FIRST, dont_filter=True,
            cb_kwargs={"board": board, "listing": listing},
        )  # fmt: skip

    def parse_list(self, response: Response, board: Board, listing: str) -> Iterator[Any]:
        """Read one list answer: its adverts, the next page, the details wanted."""
        source, ledger = SOURCES[board.kind], self.ledgers[board.id]
        progress = ledger.listings.setdefault(listing, Listing())
        where = f"{listing!r}, page {progress.pages + 1}"
        if response.status != OK:
            yield from self._failed(board, f"{source.refusal(response.status)} ({where})")
            return
        if "partial" in response.flags:
            yield from self._failed(board, f"half an answer ({where})")
            return
        try:
            page = source.adverts(response)
        except ContractError as error:
            yield from self._failed(board, f"contract changed: {error} ({where})")
            return
        except UNREADABLE as error:
            what = (
                "HTML instead of data"
                if response.body[:200].lstrip().startswith(b"<")
                else f"unreadable: {error!r:.120}"
            )
            yield from self._failed(board, f"{what} ({where})")
            return
        ledger.answered += 1
        progress.pages += 1
        progress.total = page.total
        adverts, requests, repeated = self._read(board, progress, page)
        if adverts:
            yield adverts
        if repeated:
            ledger.suspicions.append(f"the source shows the same page again ({where})")
        elif page.capped:
            ledger.faults.append(
                f"the source shows no more than {len(progress.ids)} of {page.total} adverts ({listing!r})"
            )
        elif page.next:
            yield self._list_request(board, page.next, listing)
        progress.finished = not page.next and not page.capped
        yield from requests
        yield from self._ended(board)

    def _read(self, board: Board, progress: Listing, page: Page) -> tuple[list[RawPosting], list[Request], bool]:
        """Sort a page's adverts: known and unchanged, wanted, not wanted, unusable."""
        found: list[RawPosting] = []
        details: list[Request] = []
        before = len(progress.ids)
        for listed in page.adverts:
            raw, request = self._advert(board, progress, listed)
            if raw:
                found.append(raw)
            if request:
                details.append(request)
        return found, details, bool(page.adverts) and len(progress.ids) == before

    def _advert(self, board: Board, progress: Listing, listed: Any) -> tuple[RawPosting | None, Request | None]:
        source, ledger = SOURCES[board.kind], self.ledgers[board.id]
        fault = None
        try:
            source_id = source.source_id(listed)
            source_id.encode()
        except UNREADABLE as error:
            source_id, fault = f"?{_digest(_json(listed))}", f"no usable id: {error!r:.120}"
        progress.ids.add(source_id)
        if source_id in self.taken[board.id]:  # another list of this board, or another page, showed it already
            return None, None
        self.taken[board.id].add(source_id)
        ledger.fetched += 1
        text = _json(listed)
        list_hash = _digest(text)
        raw = RawPosting(board=board.id, source_id=source_id, list_hash=list_hash)
        payload = b'{"listed":' + text + b"}"
        if fault:
            ledger.unusable += 1
            return replace(raw, payload=payload, fault=fault), None
        known = self.known[board.id].get(source_id)
        same = known is not None and known.list_hash == list_hash
        if same and known and known.detail in ("none", "fetched", "gone"):
            return raw, None
        try:
            posting = source.posting(listed, None)
        except UNREADABLE as error:
            ledger.unusable += 1
            return replace(raw, payload=payload, fault=f"unreadable: {error!r:.120}"), None
        match, rejection = normalise.judge(posting, self.wanted)
        if match == "no":
            return replace(raw, payload=None if same else payload, posting=posting, rejection=rejection), None
        if (request := source.detail(source_id)) is None:
            return replace(raw, payload=payload, posting=posting), None
        ledger.planned += 1
        ledger.details += 1
        return None, request.replace(
            callback=self.parse_detail, errback=self.lost, dont_filter=True,
            cb_kwargs={"board": board, "raw": raw, "listed": text},
        )  # fmt: skip

    def parse_detail(self, response: Response, board: Board, raw: RawPosting, listed: bytes) -> Iterator[Any]:
        """Read an advert's own page; where there is none, the advert stands with what the list said."""
        ledger = self.ledgers[board.id]
        if response.status in GONE:
            ledger.answered += 1
            yield [self._posting(board, raw, listed, None, "gone")]
            yield from self._ended(board)
            return
        try:
            if response.status != OK:
                raise ContractError(f"HTTP {response.status}")
            if "partial" in response.flags:
                raise ContractError("half an answer")
            detail = response.json()  # type: ignore[attr-defined]  # a TextResponse, or the error is reported
            if not isinstance(detail, dict):
                raise ContractError("no object in the answer")
            stated = SOURCES[board.kind].detail_id(detail)
            if stated is not None and stated != raw.source_id:
                raise ContractError(f"the details of another advert, {stated!r:.60}")
        except (ContractError, *UNREADABLE) as error:
            yield [self._posting(board, raw, listed, None, "failed")]
            yield from self._failed(board, f"{error} (details of {raw.source_id})")
            return
        ledger.answered += 1
        yield [self._posting(board, raw, listed, detail, "fetched")]
        yield from self._ended(board)

    def _posting(
        self, board: Board, raw: RawPosting, text: bytes, detail: dict[str, Any] | None, state: str
    ) -> RawPosting:
        listed = json.loads(text)
        payload = b'{"listed":' + text + (b',"detail":' + _json(detail) if detail is not None else b"") + b"}"
        posting: Posting | None = None
        fault = None
        try:
            posting = SOURCES[board.kind].posting(listed, detail)
        except UNREADABLE as error:
            fault = f"unreadable: {error!r:.120}"
        return replace(raw, payload=payload, posting=posting, detail=state, fault=fault)

    # ------------------------------------------------------------ outcomes

    def lost(self, failure: Failure) -> Iterator[Any]:
        """Record a request that got no answer; a wanted advert whose detail failed is kept with its list facts."""
        request: Request = failure.request  # type: ignore[attr-defined]
        board: Board = request.cb_kwargs["board"]
        error = failure.value
        why = str(error) if isinstance(error, IgnoreRequest) else f"no answer: {type(error).__name__}"
        if (skipped := request.meta.get("skipped")) is not None:
            self.ledgers[board.id].skipped = skipped
        if "raw" in request.cb_kwargs:
            arguments = request.cb_kwargs
            yield [self._posting(board, arguments["raw"], arguments["listed"], None, "failed")]
            yield from self._failed(board, f"{why} (details of {arguments['raw'].source_id})")
        else:
            yield from self._failed(board, f"{why} ({request.cb_kwargs['listing']!r})")

    def _failed(self, board: Board, fault: str) -> Iterator[Ledger]:
        ledger = self.ledgers[board.id]
        ledger.failed += 1
        ledger.faults.append(fault)
        yield from self._ended(board)

    def _ended(self, board: Board) -> Iterator[Ledger]:
        """Yield the ledger of a board once nothing is pending: the pipeline then ends the board."""
        ledger = self.ledgers[board.id]
        if not ledger.pending:
            self.taken[board.id] = set()
            yield ledger


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _json(advert: Any) -> bytes:
    """Write an advert as JSON: the same content, the same bytes, so that its hash tells whether it changed."""
    return _ENCODER.encode(advert).encode("utf-8", "surrogatepass")


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def boards_terms() -> dict[str, boards.Terms]:
    """Return the terms of the kinds that exist as code."""
    return {kind: terms for kind, terms in boards.terms().items() if kind in SOURCES}


def _list(text: str | None) -> set[str]:
    return {each.strip() for each in (text or "").split(",") if each.strip()}
