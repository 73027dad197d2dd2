"""The file for Prometheus, read by Prometheus' own client."""

from prometheus_client.parser import text_string_to_metric_families

from pipelines import metrics

ROW = {"accepted": 3, "merged": 1, "filtered": 5, "quarantined": 0, "new": 2, "changed": 1, "closed": 0}


def test_every_sample_is_read_back() -> None:
    told = metrics.text(
        'a "search"\\', began=1_795_572_000.5, ended=1_795_572_300, exit_code=3, requests=1_234,
        jobs={"open": 12, "closed": 4}, alarms=1,
        boards=[{**ROW, "outcome": "complete"}, {**ROW, "outcome": "skipped(robots)"}, {**ROW, "outcome": "complete"}],
    )  # fmt: skip
    families = {each.name: each for each in text_string_to_metric_families(told)}
    samples = {
        (sample.name, *sorted((key, value) for key, value in sample.labels.items() if key != "search")): sample.value
        for each in families.values()
        for sample in each.samples
    }

    assert all(each.type == "gauge" and each.documentation for each in families.values())
    assert {sample.labels["search"] for each in families.values() for sample in each.samples} == {'a "search"\\'}
    assert samples == {
        ("stellwerk_run_start_seconds",): 1_795_572_000.5,
        ("stellwerk_run_end_seconds",): 1_795_572_300.0,
        ("stellwerk_run_exit_code",): 3.0,
        ("stellwerk_run_requests",): 1_234.0,
        ("stellwerk_boards", ("outcome", "complete")): 2.0,
        ("stellwerk_boards", ("outcome", "skipped")): 1.0,
        ("stellwerk_adverts", ("fate", "accepted")): 9.0,
        ("stellwerk_adverts", ("fate", "merged")): 3.0,
        ("stellwerk_adverts", ("fate", "filtered")): 15.0,
        ("stellwerk_adverts", ("fate", "quarantined")): 0.0,
        ("stellwerk_jobs", ("status", "closed")): 4.0,
        ("stellwerk_jobs", ("status", "open")): 12.0,
        ("stellwerk_jobs_of_run", ("event", "new")): 6.0,
        ("stellwerk_jobs_of_run", ("event", "changed")): 3.0,
        ("stellwerk_jobs_of_run", ("event", "closed")): 0.0,
        ("stellwerk_alarms",): 1.0,
    }
