"""The one engine: search to boards, boards to requests, answers to adverts; every request has one outcome."""

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotSupported
from scrapy.http import Response
from scrapy.responsetypes import responsetypes
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler import boards
from crawler.boards import Board, BoardsError
from crawler.middlewares.origins import unpaced
from crawler.queues import Turns
from crawler.searches import Search, SearchError
from crawler.sources import SOURCES
from crawler.sources.base import ContractError, NotOfferedError, Page
from pipelines import bundles, dates, normalise, storage
from pipelines.bundles import BundleError
from pipelines.health import Ledger, Listing
from pipelines.items import HostFile, ListCopy, Posting, RawPosting, Rejection

# What a source's mapping may raise on an advert in another form than it knows; SyntaxError: XML that is none;
# RecursionError: markup without end.
# NotSupported: an answer that Scrapy takes for no text, as under an encoding that it does not know.
UNREADABLE = (KeyError, TypeError, ValueError, LookupError, AttributeError, SyntaxError, RecursionError, NotSupported)
OK, NOT_MODIFIED, GONE, MOVED = 200, 304, (404, 410), (301, 302, 303, 307, 308)
REDIRECTS = 3  # followed on the same host: a slash at the end, a new name of the page
MOST_PAGES = 300  # of one list; the longest stated here has 100
MOST_ADVERTS = 25_000  # of one board; more is a source that invents them
LISTS_FIRST = 1  # lists move while they are read, so they are read before the details
ANONYMOUS_PATIENCE = 2  # times as slow where nobody can be written to
OWN_HOST_REQUESTS = 500  # a night, of an employer's own host: a board of 400 adverts, all new, is read in one
UNDATED_DAYS = 7  # an advert whose page alone says what it is, and that has no stamp, is read again so often


class JobSearchSpider(Spider):
    """`scrapy crawl job_search -a role=it-leiter -a place=Dortmund -a radius_km=50`.

    `-a kinds=` and `-a boards=` (comma lists) restrict any search to some of its sources; `-a called=` names it.
    `-a shard=3/16` reads the third of sixteen parts, so divided that a host belongs to one part alone; with
    `-s BUNDLE=file` what it reads goes into that file. `-a bundles=folder` stores such files, and asks nobody.
    After a run that was broken off, only the boards are asked that it had not read to their end; `-a anew=yes`, or
    `-a boards=`, asks them all.
    """

    name = "job_search"

    def __init__(
        self, role: str | None = None, place: str | None = None, radius_km: str | float = 50, kinds: str | None = None,
        boards: str | None = None, boards_file: str | None = None, called: str = "", shard: str = "1/1",
        bundles: str | None = None, anew: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.search = self._search(role, place, radius_km, called)
        self.wanted = self.search.wanted()
        self.shard = shard
        self.bundles = Path(bundles) if bundles else None
        self.boards = self._sharded(self._boards(_list(kinds), _list(boards), boards_file))
        self.ledgers = {
            board.id: Ledger(board.id, of_employer=not SOURCES[board.kind].made_by_search) for board in self.boards
        }
        self.goes_on = not boards and not anew  # with what a run read that was broken off
        self.ended: set[str] = set()  # boards of bundles that have been stored
        self.known: dict[str, dict[str, storage.Known]] = {}  # of the boards under way
        self.taken: dict[str, set[str]] = {}  # of the boards under way
        self.terms = boards_terms()
        self.remembered: storage.Remembered | None = None
        self.host_files: storage.Noted[HostFile] = (
            storage.Noted()
        )  # by address: those that still hold; politeness.py adds to them
        self.asked: storage.Noted[int] = (
            storage.Noted()
        )  # by origin: requests of this night, earlier runs counted; politeness.py counts

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's way to make a spider; BOARDS_FILE is a setting."""
        return super().from_crawler(crawler, *args, boards_file=crawler.settings["BOARDS_FILE"] or None, **kwargs)

    def _search(self, role: str | None, place: str | None, radius_km: str | float, called: str) -> Search:
        if not role or not place:
            raise SearchError("say what to look for: -a role=it-leiter -a place=Dortmund [-a radius_km=50]")
        try:
            return Search(role, place, float(radius_km), called)
        except ValueError:
            raise SearchError(f"radius_km={radius_km!r} is not a number") from None

    def _boards(self, kinds: set[str], names: set[str], file: str | None) -> list[Board]:
        """Return the boards of this search: those it makes and the employers' within reach, of kinds that are on."""
        if unknown := kinds - SOURCES.keys():
            raise SearchError(f"kinds={','.join(sorted(unknown))}: known are {', '.join(sorted(SOURCES))}")
        made = [Board(kind, self.search.name) for kind, source in SOURCES.items() if source.made_by_search]
        try:
            stated = boards.employers(Path(file) if file else None)
        except BoardsError as error:
            raise SearchError(str(error)) from error
        if unknown := {board.kind for board in stated} - SOURCES.keys():
            raise SearchError(f"the file of boards names unknown kinds: {', '.join(sorted(unknown))}")
        if unknown := names - {board.id for board in (*made, *stated)}:
            raise SearchError(f"boards={','.join(sorted(unknown))}: this search has no such board")
        assert self.wanted.centre is not None  # noqa: S101 - a search has a place
        if not names:
            stated = [*boards.near(stated, self.wanted.centre, self.search.radius_km)]
        terms = boards_terms()
        return [
            board
            for board in (*made, *stated)
            if (board.id in names or not names)
            and (board.kind in kinds or (not kinds and (names or terms[board.kind].on)))
        ]

    def _sharded(self, boards: list[Board]) -> list[Board]:
        """Return the boards of this shard: a board belongs where its host does, which is then read by one program."""
        found = re.fullmatch(r"(\d{1,5})/(\d{1,5})", self.shard)
        number, of = (int(found[1]), int(found[2])) if found else (0, 0)
        if not 1 <= number <= of:
            raise SearchError(f"shard={self.shard}: say which of how many, from 1/16 to 16/16")
        return [board for board in boards if of == 1 or self._place(board, of) == number - 1]

    def _place(self, board: Board, of: int) -> int:
        host = urlsplit(next(iter(SOURCES[board.kind].start(board, self.search))).url).hostname or ""
        return int.from_bytes(hashlib.blake2b(host.encode(), digest_size=8).digest()) % of

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Give each host the pace of data/tables/sources.csv; `PACE=0` lifts it for origins mapped to loopback."""
        super().update_settings(settings)
        patience = 1 if settings["CONTACT"] else ANONYMOUS_PATIENCE
        slots = {
            terms.host: {"concurrency": 1, "delay": terms.pace_seconds * patience, "jitter": 0}
            for terms in boards_terms().values()
            if terms.host
        }
        settings.set("DOWNLOAD_DELAY", settings.getfloat("DOWNLOAD_DELAY") * patience, priority="spider")
        for origin in unpaced(settings):
            slots[origin.host] = {"concurrency": 1, "delay": 0.001, "jitter": 0}
        settings.set("DOWNLOAD_SLOTS", slots, priority="spider")

    def requests_a_night(self, origin: str) -> int:
        """Return how many requests a host may get in one night, whatever asks for them."""
        if stated := self.settings.getint("REQUESTS_A_NIGHT"):
            return stated
        host = urlsplit(origin).hostname
        return max(
            (each.requests_a_night for each in self.terms.values() if each.host == host), default=OWN_HOST_REQUESTS
        )

    def nights_to_close(self, board: str) -> int:
        """Return how many complete lists must miss a posting of this board before it closes."""
        return self.terms[board.partition(":")[0]].nights_to_close

    # ------------------------------------------------------------ requests

    async def start(self) -> AsyncIterator[Any]:
        """Yield the first page of every list; or where bundles are to be stored, what others have read."""
        jobs_db, raw_db = Path(self.settings["JOBS_DB"]), Path(self.settings["RAW_DB"])
        self.today = dates.night(datetime.now(UTC))
        self.remembered = storage.Remembered(jobs_db, raw_db, self.search.name)
        self.host_files.update(storage.host_files(raw_db, datetime.now(UTC)))
        self.asked.update(storage.host_requests(raw_db, self.today))
        boards = {board.id: board for board in self.boards if not self.bundles}
        self.turns = Turns((self.terms[board.kind].host or board.id, board.id) for board in boards.values())
        async for name in self.turns.begun():
            board = boards[name]
            self._begin(name)
            # All at once: a board whose first answer is in before its second list is planned would look ended, and its
            # details would be asked for between its lists.
            requests = [self._list_request(board, each) for each in SOURCES[board.kind].start(board, self.search)]
            assert self.crawler.engine  # noqa: S101 - it takes what is yielded here
            for request in requests[:-1]:
                self.crawler.engine.crawl(request)
            if requests:
                yield requests[-1]
            else:
                self.turns.end(name)

        for path in sorted(self.bundles.glob(f"*{bundles.ENDING}")) if self.bundles else ():
            try:
                items = bundles.read(path, self.search.name)
            except BundleError as error:
                self.logger.error("%s", error)  # noqa: TRY400 - its message says all
                continue
            for item in items:
                if (found := self._from_bundle(item)) is not None:
                    yield found
                    await asyncio.sleep(0)  # else all of it would be in memory before the first is stored

    def leave_out(self, read: Collection[str]) -> None:
        """Ask nothing of boards that have been read to their end already."""
        self.boards = [board for board in self.boards if board.id not in read]
        self.ledgers = {name: ledger for name, ledger in self.ledgers.items() if name not in read}

    def closed(self, reason: str) -> None:
        """Close what was opened to read from; Scrapy calls it at the end."""
        if self.remembered:
            self.remembered.close()

    def _begin(self, board: str) -> None:
        """Look up what is known of a board, before anything of it is stored."""
        assert self.remembered  # noqa: S101 - set by `start`
        if board not in self.known:
            self.known[board] = self.remembered.known(board)
            self.taken[board] = set()

    def _from_bundle(self, item: bundles.Item | bundles.Hosts | bundles.End) -> bundles.Item | None:
        """Return what is to be stored of it; a board that is no longer among those of this search is left out."""
        if isinstance(item, bundles.Hosts):
            for url, file in item.files.items():
                self.host_files[url] = file
            for origin, number in item.asked.items():
                self.asked[origin] = max(number, self.asked.get(origin, 0))
        elif isinstance(item, bundles.End):
            assert self.crawler.stats is not None  # noqa: S101 - Scrapy sets it
            self.crawler.stats.inc_value("downloader/request_count", item.requests)
        elif isinstance(item, Ledger):
            if item.board in self.ledgers and item.board not in self.ended:  # else it came twice
                self._begin(item.board)
                self.ended.add(item.board)
                self.ledgers[item.board] = item
                return item
        elif isinstance(item, ListCopy):
            return item
        else:
            taken = [each for each in item if each.board in self.ledgers and each.board not in self.ended]
            for each in taken:
                self._begin(each.board)
            return taken or None
        return None

    def _list_request(self, board: Board, request: Request, listing: str | None = None) -> Request:
        listing = listing or request.cb_kwargs.get("listing", "all")
        ledger = self.ledgers[board.id]
        ledger.planned += 1
        ledger.listings.setdefault(listing, Listing()).pending += 1
        headers = request.headers.copy()
        assert self.remembered  # noqa: S101 - set by `start`
        if request.method == "GET" and (validators := self.remembered.validators(request.url)):
            headers.update(validators.headers())
        return request.replace(
            callback=self.parse_list, errback=self.lost, priority=LISTS_FIRST, dont_filter=True, headers=headers,
            cb_kwargs={"board": board, "listing": listing},
        )  # fmt: skip

    def parse_list(self, response: Response, board: Board, listing: str) -> Iterator[Any]:
        """Read one list answer: its adverts, the next pages, the details wanted."""
        ledger = self.ledgers[board.id]
        progress = ledger.listings[listing]
        where = f"{listing!r}, page {progress.pages + 1}"
        answer = self._stored(response) if response.status == NOT_MODIFIED else response
        if answer.status in MOVED:
            yield from self._moved(answer, board, where, listing)
            return
        page = self._page(answer, board)
        if isinstance(page, str):
            otherwise = SOURCES[board.kind].otherwise(answer)
            if otherwise is None:
                yield from self._failed(board, f"{page} ({where})")
                return
            page = otherwise
        elif copy := _copy(response):
            ledger.lists.append(copy.url)
            yield copy
        ledger.answered += 1
        progress.pages += 1
        progress.pending -= 1
        progress.total = page.total if page.total is not None else progress.total
        adverts, requests, repeated = self._read(board, progress, page)
        if adverts:
            yield adverts
        if repeated:
            ledger.suspicions.append(f"the source shows the same page again ({where})")
        elif (page.next and progress.pages >= MOST_PAGES) or ledger.fetched >= MOST_ADVERTS:
            progress.capped = True
            ledger.faults.append(f"no end after {progress.pages} pages and {ledger.fetched} adverts ({listing!r})")
        elif page.capped:
            progress.capped = True
            ledger.faults.append(
                f"the source shows no more than {len(progress.ids)} of {page.total or 'all'} adverts ({listing!r})"
            )
        else:
            for each in page.next:
                yield self._list_request(board, each, listing)
        yield from requests
        yield from self._ended(board)

    def _page(self, answer: Response, board: Board) -> Page | str:
        """Return what a list answer holds, or what is wrong with it."""
        source = SOURCES[board.kind]
        if answer.status != OK:
            return source.refusal(answer.status)
        if "partial" in answer.flags:
            return "half an answer"
        try:
            return source.adverts(answer)
        except ContractError as error:
            return f"contract changed: {error}"
        except UNREADABLE as error:
            is_html = answer.body[:200].lstrip().startswith(b"<")
            return "HTML instead of data" if is_html else f"unreadable: {error!r:.120}"

    def _stored(self, response: Response) -> Response:
        """Return the list as stored when it was last sent: the host says that it has not changed since."""
        request: Request = response.request  # type: ignore[assignment]
        assert self.remembered  # noqa: S101 - set by `start`
        copy = self.remembered.list_copy(request.url)
        if copy is None or copy.body is None:
            return response
        headers = {"Content-Type": copy.content_type or ""}
        kind = responsetypes.from_args(headers=headers, url=response.url, body=copy.body)  # type: ignore[arg-type]
        return kind(response.url, status=OK, headers=headers, body=copy.body, request=request)

    def _moved(self, response: Response, board: Board, where: str, listing: str | None = None) -> Iterator[Any]:
        """Follow a redirect on the same host; one that leads elsewhere is a board that has moved."""
        request: Request = response.request  # type: ignore[assignment]
        ledger = self.ledgers[board.id]
        target = response.urljoin((response.headers.get("Location") or b"").decode("latin-1"))
        hops = request.meta.get("redirects", 0)
        if urlsplit(target)[1] != urlsplit(request.url)[1] or hops >= REDIRECTS or request.method != "GET":
            yield from self._failed(board, f"HTTP {response.status}: the board has moved to {target:.200} ({where})")
            return
        ledger.answered += 1
        again = request.replace(url=target, meta={**request.meta, "redirects": hops + 1})
        if listing is not None:
            ledger.listings[listing].pending -= 1
            yield self._list_request(board, again, listing)
        else:
            ledger.planned += 1
            yield again

    def _read(self, board: Board, progress: Listing, page: Page) -> tuple[list[RawPosting], list[Request], bool]:
        """Sort a page's adverts: known and unchanged, wanted, not wanted, unusable."""
        found: list[RawPosting] = []
        details: list[Request] = []
        before = len(progress.ids)
        for listed in page.adverts:
            if self.ledgers[board.id].fetched >= MOST_ADVERTS:
                break
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
        list_hash = _digest(text if source.lists_titles else text + self._week(source_id, listed))
        raw = RawPosting(board=board.id, source_id=source_id, list_hash=list_hash)
        payload = b'{"listed":' + text + b"}"
        if fault:
            ledger.unusable += 1
            return replace(raw, payload=payload, fault=fault), None
        known = self.known[board.id].get(source_id)
        same = known is not None and known.list_hash == list_hash
        # A page that may be withdrawn while the list still shows it is looked at each night, if it is one we show.
        settled = source.lists_titles or (known is not None and not known.wanted)
        if same and known and known.detail in ("none", "fetched", "gone") and settled:
            return raw, None
        try:
            # Most of what a search lists is not wanted, and no page would change that: no request is made for it.
            request = None if source.lists_titles and source.searches_by_place else source.detail(listed)
            if source.lists_titles or request is None:
                posting = self.mapped(board, listed, None)
                # A place that the list does not tell may stand on the advert's own page.
                asked = replace(posting, may_be_elsewhere=False) if request else posting
                match, rejection = normalise.judge(asked, self.wanted)
                if match == "no":
                    return replace(raw, payload=None if same else payload, posting=posting, rejection=rejection), None
                request = request or source.detail(listed)
                if request is None:
                    return replace(raw, payload=payload, posting=posting), None
        except UNREADABLE as error:
            ledger.unusable += 1
            return replace(raw, payload=payload, fault=f"unreadable: {error!r:.120}"), None
        ledger.planned += 1
        ledger.details += 1
        return None, request.replace(
            callback=self.parse_detail, errback=self.lost, dont_filter=True,
            cb_kwargs={"board": board, "raw": raw, "listed": text},
        )  # fmt: skip

    def mapped(self, board: Board, listed: dict[str, Any], detail: dict[str, Any] | None) -> Posting:
        """Map an advert; an employer's own board need not say whose it is."""
        source = SOURCES[board.kind]
        posting = source.posting(listed, detail)
        if source.searches_by_place and posting.employer:
            return posting
        elsewhere = not source.searches_by_place and not self._is_seated_inside(board)
        return replace(posting, employer=posting.employer or board.employer, may_be_elsewhere=elsewhere)

    def _is_seated_inside(self, board: Board) -> bool:
        """Whether an employer sits in the circle: then a post of its without a known place is there too."""
        assert self.wanted.centre is not None  # noqa: S101 - a search has a place
        return bool(board.city and [*boards.near([board], self.wanted.centre, self.search.radius_km / boards.REACH)])

    def parse_detail(self, response: Response, board: Board, raw: RawPosting, listed: bytes) -> Iterator[Any]:
        """Read an advert's own page; where there is none, the advert stands with what the list said."""
        source, ledger = SOURCES[board.kind], self.ledgers[board.id]
        where = f"details of {raw.source_id}"
        if response.status in MOVED:
            yield from self._moved(response, board, where)
            return
        try:
            if response.status in GONE and source.lists_titles:
                detail, state = None, "gone"
            elif response.status in GONE:
                raise NotOfferedError(f"its page is gone (HTTP {response.status})")
            elif response.status != OK:
                raise ContractError(f"HTTP {response.status}")
            elif "partial" in response.flags:
                raise ContractError("half an answer")
            else:
                detail, state = source.read_detail(response), "fetched"
                stated = source.detail_id(detail)
                if stated is not None and stated != raw.source_id:
                    raise ContractError(f"the details of another advert, {stated!r:.60}")
            adverts = [self._posting(board, raw, listed, detail, state)]
        except NotOfferedError as error:
            adverts = [_not_offered(raw, listed, response.url, str(error))]
        except (ContractError, *UNREADABLE) as error:
            yield [self._posting(board, raw, listed, None, "failed")]
            yield from self._failed(board, f"{error} ({where})")
            return
        ledger.answered += 1
        yield adverts
        yield from self._ended(board)

    def _posting(
        self, board: Board, raw: RawPosting, text: bytes, detail: dict[str, Any] | None, state: str
    ) -> RawPosting:
        listed = json.loads(text)
        payload = b'{"listed":' + text + (b',"detail":' + _json(detail) if detail is not None else b"") + b"}"
        posting: Posting | None = None
        fault = None
        try:
            posting = self.mapped(board, listed, detail)
        except UNREADABLE as error:
            fault = f"unreadable: {error!r:.120}"
            self.ledgers[board.id].unusable += not SOURCES[board.kind].lists_titles and detail is not None
        return replace(raw, payload=payload, posting=posting, detail=state, fault=fault)

    # ------------------------------------------------------------ outcomes

    def lost(self, failure: Failure) -> Iterator[Any]:
        """Record a request that got no answer; a wanted advert whose detail failed is kept with its list facts."""
        request: Request = failure.request  # type: ignore[attr-defined]
        board: Board = request.cb_kwargs["board"]
        error = failure.value
        why = str(error) if isinstance(error, IgnoreRequest) else f"no answer: {type(error).__name__}"
        # Their frames hold the body, and what a bomb had been unpacked to; many failures at once would fill the memory.
        failure.cleanFailure()  # type: ignore[no-untyped-call]
        if error is not None:
            error.__traceback__ = error.__cause__ = error.__context__ = None
        if (skipped := request.meta.get("skipped")) is not None:
            self.ledgers[board.id].skipped = skipped
        if "raw" in request.cb_kwargs:
            arguments = request.cb_kwargs
            yield [self._posting(board, arguments["raw"], arguments["listed"], None, "failed")]
            yield from self._failed(board, f"{why} (details of {arguments['raw'].source_id})")
        else:
            yield from self._failed(board, f"{why} ({request.cb_kwargs['listing']!r})")

    def _week(self, source_id: str, listed: Any) -> bytes:
        """Let an advert that is known by its page alone, and has no stamp, look changed once a week."""
        if isinstance(listed, dict) and listed.get("lastmod"):
            return b""
        days = date.fromisoformat(self.today).toordinal() + int(_digest(source_id.encode())[:8], 16)  # not all at once
        return str(days // UNDATED_DAYS).encode()

    def _failed(self, board: Board, fault: str) -> Iterator[Ledger]:
        ledger = self.ledgers[board.id]
        ledger.failed += 1
        ledger.faults.append(fault)
        yield from self._ended(board)

    def _ended(self, board: Board) -> Iterator[Ledger]:
        """Yield the ledger of a board once nothing is pending: the pipeline then ends the board."""
        ledger = self.ledgers[board.id]
        if not ledger.pending:
            self.taken.pop(board.id, None)  # what is `known` of it the pipeline compares it with, and lets go
            self.turns.end(board.id)
            yield ledger


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _json(advert: Any) -> bytes:
    """Write an advert as JSON: the same content, the same bytes, so that its hash tells whether it changed."""
    return _ENCODER.encode(advert).encode("utf-8", "surrogatepass")


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def _copy(response: Response) -> ListCopy | None:
    """Return what makes the next night cheap: an answer with a validator, or word that the stored one still holds."""
    request: Request = response.request  # type: ignore[assignment]
    etag, modified = ((response.headers.get(name) or b"").decode("latin-1") for name in ("ETag", "Last-Modified"))
    if request.method != "GET":
        return None
    if response.status == NOT_MODIFIED:
        return ListCopy(request.url)
    if not etag and not modified:
        return None
    kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return ListCopy(request.url, etag, modified, kind, response.body)


def _not_offered(raw: RawPosting, listed: bytes, url: str, reason: str) -> RawPosting:
    """Keep an advert whose page offers no job: filtered, with the page's last words as its title."""
    name = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2].replace("-", " ")
    posting = Posting(source_id=raw.source_id, title=name.strip() or url, url=url)
    rejection = Rejection("not-offered", reason, None, None)
    return replace(raw, payload=b'{"listed":' + listed + b"}", posting=posting, rejection=rejection, detail="fetched")


def boards_terms() -> dict[str, boards.Terms]:
    """Return the terms of the kinds that exist as code."""
    return {kind: terms for kind, terms in boards.terms().items() if kind in SOURCES}


def _list(text: str | None) -> set[str]:
    return {each.strip() for each in (text or "").split(",") if each.strip()}
