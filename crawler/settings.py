"""Scrapy's settings: only what differs from its defaults, each with its reason.

Any setting may also come from the environment, with the prefix STELLWERK_ (STELLWERK_JOBS_DB=/srv/jobs.db).
"""

import os
from pathlib import Path

_DATA = Path(__file__).resolve().parent.parent / "data"

# ---- ours
JOBS_DB = str(_DATA / "jobs.db")
RAW_DB = str(_DATA / "private" / "raw.db")
BOARDS_FILE = ""  # another file like data/tables/boards.csv
BUNDLE = ""  # a file that takes what is read, for another program to store; jobs.db is then only looked at
ORIGINS = "{}"  # JSON, or a file of it: public origin to the one really asked; for tests and mirrors
PACE = "1"  # 0: no pauses, for origins mapped to loopback only
REQUESTS_A_NIGHT = (
    0  # of one host at most; 0: as data/tables/sources.csv says, and no limit where PACE=0 lifts the pauses
)
TELL_FILE = str(_DATA / "private" / "tell.toml")  # who wants to be told what
METRICS_FILE = ""  # a file for Prometheus (textfile collector), written at the end of each run
BRIEF_LANGUAGE = "en"  # or "de": of the brief that each run writes
CONTACT = (
    ""  # a mail address or page of whoever runs this; part of the user agent. Without one hosts are asked half as fast
)

# ---- the house
BOT_NAME = "stellwerk"
SPIDER_MODULES = ["crawler.spiders"]
COMMANDS_MODULE = "crawler.commands"
ITEM_PIPELINES = {"pipelines.component.Component": 100}
EXTENSIONS = {"crawler.progress.Progress": 100}
# Of Scrapy's own only those that are used, in place of its lists: to switch one off by its name is to read it (2.17 and
# later), and some come with an HTTP server, another client and half a second. None of these opens a port, writes a
# file or guesses a pace.
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
}
# Depth and referer mean nothing for an API; answers with an error status are the engine's to judge.
SPIDER_MIDDLEWARES_BASE = {"scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25}

# ---- manners
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # default 8; a host is asked one thing at a time
DOWNLOAD_DELAY = 1  # default 0; hosts with another pace stand in data/tables/sources.csv
DOWNLOAD_DELAY_JITTER = 0  # default 0.5, which would halve the stated pace now and then
DOWNLOADER_MIDDLEWARES = {"crawler.middlewares.politeness.Politeness": 100}
# Scrapy's robots.txt and retries are replaced by ours, which fail closed, wait as told, and record what they refuse.
# No redirects: one could carry the agency's key to another host, and a loop would vanish without a trace. No cookies,
# passwords, proxies and caches.
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
}
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the engine asks nothing twice, and nothing may vanish unseen

# ---- guard
DOWNLOAD_HANDLERS = {
    "http": "crawler.middlewares.origins.OriginsDownloadHandler",
    "https": "crawler.middlewares.origins.OriginsDownloadHandler",
    **dict.fromkeys(("data", "file", "ftp", "s3")),  # default on; an advert must not make us read a file
}
TWISTED_DNS_RESOLVER = "crawler.middlewares.guard.PublicResolver"  # default takes any address that a name leads to
DOWNLOAD_VERIFY_CERTIFICATES = True  # default False
DOWNLOAD_TIMEOUT = 30  # default 180
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # default 1 GiB; a board of some thousand adverts with their texts fits
CLOSESPIDER_TIMEOUT = 6 * 3600  # default none; seconds a run may take: what is read by then is stored

# ---- speed and sound
CONCURRENT_REQUESTS = 1000  # default 16; the limit is one a host, and a slow host must delay no other
SCHEDULER_PRIORITY_QUEUE = "crawler.queues.OneHostAtATime"  # default hands one host's requests out without end
CONCURRENT_ITEMS = 1  # default 100, which starts 100 tasks for every answer; at 1 twice the throughput
WARN_ON_GENERATOR_RETURN_VALUE = False  # default True: parses the callback's source again for every answer
LOG_LEVEL = "INFO"  # default DEBUG
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
LOG_DATEFORMAT = "%Y-%m-%d %H:%M:%S"
STATS_DUMP = False  # default True; the summary says it in our words

for _name, _value in os.environ.items():
    if _name.startswith("STELLWERK_"):
        globals()[_name.removeprefix("STELLWERK_")] = _value

USER_AGENT = f"stellwerk/0.1 (job search for one role and region{f'; {CONTACT}' if CONTACT else ''})"
