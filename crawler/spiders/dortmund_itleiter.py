"""The search this project began with: heads of IT in and around Dortmund."""

from typing import Any

from crawler.spiders.job_search import JobSearchSpider


class DortmundItLeiterSpider(JobSearchSpider):
    """`scrapy crawl dortmund_itleiter`."""

    name = "dortmund_itleiter"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"role": "it-leiter", "place": "Dortmund", "radius_km": 50, **kwargs})
