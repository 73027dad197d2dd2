"""`scrapy doctor`: is everything as it must be for the next night? One line each, with what to do."""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from pipelines import diagnosis, files

SIGNS = {"good": ("ok  ", "green"), "warning": ("look", "yellow"), "bad": ("BAD ", "bold red")}


class Command(ScrapyCommand):
    """Exit code 0, 3 when something is bad: the next night would fail or be wrong. Asks no host, changes nothing."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        """One line for `scrapy --help`."""
        return "Check versions, settings, files, clock, disk and the last night, and say what to do"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check, and print."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it
        if args:
            raise UsageError("scrapy doctor")
        jobs_db, raw_db = Path(self.settings["JOBS_DB"]), Path(self.settings["RAW_DB"])
        stated = {name: self.settings.get(name) for name in ("CONTACT", "ORIGINS")}
        stated["DOWNLOAD_VERIFY_CERTIFICATES"] = self.settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
        extensions = self.settings.getwithbase("EXTENSIONS")
        stated["EXTENSIONS"] = [name for name, order in extensions.items() if order is not None]
        findings = [
            *diagnosis.programs(),
            *diagnosis.settings(stated, os.environ),
            *diagnosis.places(jobs_db, raw_db, files.mounts()),
            *diagnosis.stored(jobs_db, raw_db, datetime.now(UTC)),
        ]
        from rich.console import Console  # noqa: PLC0415 - Scrapy reads all commands at each start
        from rich.text import Text  # noqa: PLC0415

        console = Console()
        for each in findings:
            sign, style = SIGNS[each.state]
            line = Text.assemble((sign, style), f"  {each.what:<12} {each.told}")
            console.print(line.append(f" → {each.advice}" if each.advice else ""), soft_wrap=True)
        bad = sum(each.state == "bad" for each in findings)
        told = (
            "Nothing stands in the way of the next night."
            if not bad
            else f"{bad} must be mended before the next night."
        )
        console.print(told, highlight=False)
        self.exitcode = 3 if bad else 0
