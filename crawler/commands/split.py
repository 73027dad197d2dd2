"""`scrapy split`: an advert is a job of its own, says a person; it holds for every later night."""

from scrapy.exceptions import UsageError

from crawler.commands import merge
from pipelines.storage import Storage


class Command(merge.Command):
    """Exit codes as `scrapy merge`."""

    decision = "split"

    def syntax(self) -> str:
        """What stands behind `scrapy split`."""
        return "<job id> [source id of the advert that is another post]"

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "Say that an advert of a job is another post (undone by scrapy merge)"

    def pairs(self, storage: Storage, args: list[str]) -> tuple[list[tuple[str, str]], str]:
        """Return the adverts that do not belong together, and what to tell."""
        if len(args) not in (1, 2):
            raise UsageError("scrapy split <job id> [source id]")
        adverts = storage.adverts(args[0])
        if len(adverts) < 2:
            known = "has one advert only" if adverts else "is not known"
            return [], f"scrapy split: job {args[0]} {known}. Nothing was changed."
        out = adverts[1:] if len(args) == 1 else [each for each in adverts if each[2] == args[1]]
        if not out or len(out) == len(adverts):
            listed = "\n".join(f"  {board} {source_id}  {title}" for _, board, source_id, title in adverts)
            return [], f"scrapy split: job {args[0]} has no advert {args[1]!r}. Nothing was changed. It has:\n{listed}"
        pairs = [(one[0], other[0]) for one in out for other in adverts if one[0] != other[0]]
        told = ", ".join(f"{title!r} ({board})" for _, board, _, title in out)
        return pairs, f"{told}: a job of its own now, and stays so. Undo: ./run scrapy merge <job id> <job id>"
