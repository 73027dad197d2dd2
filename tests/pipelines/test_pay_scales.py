import csv
import itertools
import string
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import pay_scales, reference
from tests.quality import pay as quality
from tests.stopwatch import least


def first(text: str) -> pay_scales.ScaleStatement:
    return pay_scales.find(text)[0]


def test_a_statement_carries_its_words_and_their_place() -> None:
    text = "Wir bieten eine Vergütung nach Entgeltgruppe 13 TVöD, Stufe 3, und 30 Tage Urlaub."
    found = first(text)
    assert found.text == "Entgeltgruppe 13 TVöD, Stufe 3"
    assert text[found.start : found.end] == found.text
    assert (found.scale, found.group_min, found.group_max) == ("TVöD", "13", "13")
    assert (found.step_min, found.step_max) == ("3", "3")


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("EG 12 TVöD, Stufe 2 bis 4", ("2", "4")),
        ("E 13 TV-L (Stufe 3)", ("3", "3")),
        ("Entgeltgruppe 13, Stufe 1 - 3 TV-L", ("1", "3")),
        ("EG 12 TVöD", (None, None)),
    ],
)
def test_steps(text: str, steps: tuple[str | None, str | None]) -> None:
    assert (first(text).step_min, first(text).step_max) == steps


def test_of_civil_servant_and_employee_the_employee_leads() -> None:
    employee, civil = pay_scales.find("Besoldungsgruppe A 14 LBesG NRW bzw. Entgeltgruppe 14 TVöD")
    assert (employee.scale, employee.group_max) == ("TVöD", "14")
    assert "for civil servants A14" in employee.note
    assert (civil.scale, civil.group_max, civil.table) == ("Besoldung", "A14", "LBesO NRW")


def test_the_text_leads_unless_only_the_title_names_a_group() -> None:
    found = pay_scales.leading("Vergütung nach TV-L", "IT-Leitung (m/w/d), E 14 TV-L")
    assert found is not None
    assert (found.scale, found.group_max) == ("TV-L", "14")
    found = pay_scales.leading("Vergütung nach EG 13 TVöD", "IT-Leitung (m/w/d), E 14 TV-L")
    assert found is not None
    assert (found.scale, found.group_max) == ("TVöD", "13")
    assert pay_scales.leading(None, "IT-Leitung (m/w/d)") is None


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("EG 12 TVöD", "TVöD-VKA"),
        ("EG 12 TVöD VKA", "TVöD-VKA"),
        ("EG 12 TVöD (Bund)", "TVöD-Bund"),
        ("EG 12 TVöD-Bund", "TVöD-Bund"),
        ("EG 11 TVöD-F", "TVöD-VKA"),
        ("Besoldungsgruppe A 13", "LBesO NRW"),
        ("Besoldungsgruppe A 13 BayBesG", "BayBesG"),
        ("Besoldungsgruppe A 13 LBesG NRW", "LBesO NRW"),
        ("Besoldungsgruppe A 13 BBesO", "BBesO"),
        ("Besoldungsgruppe A 13 BBesG", "BBesO"),
        ("ERA EG 12", "ERA NRW"),
        ("ERA EG 12, Bayern", "ERA"),
        ("Tarifvertrag der IG Metall, EG 12", "ERA NRW"),
    ],
)
def test_the_table_is_the_one_of_the_branch_or_the_state(text: str, table: str) -> None:
    assert first(text).table == table


@pytest.mark.parametrize(
    ("text", "on", "month", "year", "table_date"),
    [
        pytest.param(
            "EG 13 TVöD, Stufe 3",
            date(2026, 11, 1),
            (5709.87, 5709.87),
            (73371.83, 73371.83),  # 12 x 5709.87 + 85 %
            "2026-05-01",
            id="one step of the current municipal table",
        ),
        pytest.param(
            "EG 13 TVöD",
            date(2025, 5, 1),
            (4767.62, 6834.50),
            (59680.11, 85552.90),  # 12 months + 51.78 %
            "2025-04-01",
            id="the table of the day, from the lowest to the highest step",
        ),
        pytest.param(
            "bis EG 13 TVöD",
            date(2026, 11, 1),
            (None, 7025.87),
            (None, 90282.43),
            "2026-05-01",
            id="up to: no lower bound",
        ),
        pytest.param(
            "EG 13 TVöD-Bund, Stufe 3",
            date(2026, 11, 1),
            (5709.87, 5709.87),
            (72800.84, 72800.84),  # 12 x 5709.87 + 75 %
            "2026-05-01",
            id="the federation pays another special payment",
        ),
        pytest.param(
            "EG 13 TV-L",
            date(2026, 11, 1),
            (4759.37, 6764.69),
            (59324.12, 84319.83),  # 12 months + 46.47 %
            "2026-04-01",
            id="the states",
        ),
        pytest.param(
            "Entgeltgruppe 13 TV-L, Stufe 1",
            date(2025, 6, 1),
            (4629.74, 4629.74),
            (57708.32, 57708.32),
            "2025-02-01",
            id="the states in 2025",
        ),
        pytest.param(
            "EG 12 bis EG 13 TV-L",
            date(2026, 11, 1),
            (4310.90, 6764.69),
            (53734.08, 84319.83),
            "2026-04-01",
            id="from the lower group's lowest to the higher group's highest",
        ),
        pytest.param(
            "Besoldungsgruppe A 13 LBesG NRW",
            date(2025, 6, 1),
            (5051.74, 6174.04),
            (60620.88, 74088.48),
            "2025-02-01",
            id="civil servants: the special payment is part of the pay",
        ),
        pytest.param(
            "Besoldungsgruppe A 15 BBesO",
            date(2024, 12, 1),
            (6289.17, 7846.32),
            (75470.04, 94155.84),
            "2024-03-01",
            id="the federation's civil servants",
        ),
        pytest.param(
            "Professur, W 2 mit Tenure Track auf W 3, LBesG NRW",
            date(2024, 6, 1),
            (6484.33, 7162.51),
            (77811.96, 85950.12),
            "2022-12-01",
            id="professors",
        ),
        pytest.param(
            "Entgeltgruppe 11 TV-V",
            date(2024, 6, 1),
            (4810.78, 6472.10),
            (62540.14, 84137.30),  # 13 months
            "2024-03-01",
            id="utilities pay a 13th month",
        ),
    ],
)
def test_value_to_the_cent(
    text: str,
    on: date,
    month: tuple[float | None, float | None],
    year: tuple[float | None, float | None],
    table_date: str,
) -> None:
    value = pay_scales.value(first(text), on)
    assert (value.month_min, value.month_max) == month
    assert (value.year_min, value.year_max) == year
    assert value.table_date == table_date


@pytest.mark.parametrize(
    ("text", "on", "note"),
    [
        pytest.param(
            "EG 13 TVöD", date(2027, 6, 1), "out of date: this table is known to hold until 2027-03-31", id="old"
        ),
        pytest.param(
            "EG 13 TV-L", date(2020, 1, 1), "the table of 2020-01-01 is not known: the earliest", id="too early"
        ),
        pytest.param("EG 13 TV-H", date(2026, 1, 1), "no pay table of TV-H is known", id="no table"),
        pytest.param("EG 9 TVöD", date(2026, 11, 1), "group 9 is not in the table", id="no such group"),
        pytest.param("EG 13 ERA", date(2025, 6, 1), "without the annual special payment, which is not known", id="ERA"),
        pytest.param(
            "EG 13 TVöD", date(2026, 11, 1), "with an annual special payment of 85 % of a month", id="special"
        ),
        pytest.param("EG 13 TVöD", date(2025, 5, 1), "recomputed from the table of 2026-05-01", id="recomputed"),
        pytest.param("EG 13 TVöD", date(2026, 11, 1), "the branch of the TVöD is not stated", id="which branch"),
        pytest.param("Besoldungsgruppe A 13", date(2025, 5, 1), "the state is not stated", id="which state"),
    ],
)
def test_every_doubt_is_named(text: str, on: date, note: str) -> None:
    assert note in pay_scales.value(first(text), on).note


def test_a_scale_without_a_group_has_no_money() -> None:
    value = pay_scales.value(first("Vergütung nach TV-L"), date(2026, 11, 1))
    assert (value.scale, value.month_min, value.year_max, value.table_date, value.note) == (
        "TV-L",
        None,
        None,
        None,
        "",
    )


FILES = sorted(
    path.name for path in (reference.TABLES / "pay_scales").glob("*.csv") if path.name != "special_payment.csv"
)


@pytest.mark.parametrize("name", FILES)
def test_tables_rise_with_the_step_and_do_not_overlap(name: str) -> None:
    tables: dict[tuple[str, str], list[tuple[int, Decimal]]] = {}
    spans = set()
    for row in reference.rows(f"pay_scales/{name}"):
        tables.setdefault((row["valid_from"], row["group"]), []).append((int(row["step"]), Decimal(row["eur_month"])))
        spans.add((date.fromisoformat(row["valid_from"]), date.fromisoformat(row["valid_to"])))
        assert row["source"]
    for steps in tables.values():
        amounts = [amount for _, amount in sorted(steps)]
        assert amounts == sorted(set(amounts))
    ordered = sorted(spans)
    assert all(end < start for (_, end), (start, _) in itertools.pairwise(ordered))


def test_special_payments_belong_to_groups_of_the_tables() -> None:
    groups = {(row["scale"], row["group"]) for name in FILES for row in reference.rows(f"pay_scales/{name}")}
    for row in reference.rows("pay_scales/special_payment.csv"):
        assert (row["scale"], row["group"]) in groups
        assert 0 <= Decimal(row["percent"]) <= 100


def test_the_tables_have_no_carriage_returns() -> None:
    for name in FILES:
        text = (reference.TABLES / "pay_scales" / name).read_text(encoding="utf-8")
        assert "\r" not in text
        assert csv.Sniffer().has_header("\n".join(line for line in text.splitlines() if not line.startswith("#")))


OURS = list(quality.rows(quality.OURS))
NOT_SCALES = [row["snippet"] for row in OURS if row["kind"] == "not_salary"]


@pytest.mark.parametrize("between", ["\n", "\n• ", "\n- ", ". "], ids=["lines", "bullets", "dashes", "sentences"])
def test_the_lines_around_a_scale_do_not_change_what_it_says(between: str) -> None:
    wrong = []
    for number, row in enumerate(row for row in OURS if row["kind"] == "scale" and (row["min"] or row["max"])):
        others = [NOT_SCALES[(5 * number + 7 * each) % len(NOT_SCALES)] for each in range(6)]
        text = between.join(words.rstrip(".") for words in [*others[:3], row["snippet"], *others[3:]])
        found = first(text)
        want = (row["scale"] or None, row["min"] or None, row["max"] or None)
        if (found.scale, found.group_min, found.group_max) != want:
            wrong.append((row["snippet"], found, text))
    assert wrong == []


HOSTILE = [
    *(
        "TV",
        "TVöD ",
        "TVöD E 13 ",
        "E 13 ",
        "EG 13",
        "Entgeltgruppe 13 TVöD ",
        "Entgeltgruppe ",
        "IG Metall ",
        "Tarif ",
    ),
    *("Tarifvertrag ", "A 13 Besoldung ", "collective agreement for the public ", "W2 Professur ", "E 13-E 14 TV-L "),
    *("bis ", "Stufe 1 ", "pay group ", "E", "1", " ", "\n", "(", "BesG ", "TVöD (", "E 1-"),
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_text_of_100_kb_costs_50_milliseconds(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    least(lambda: pay_scales.find(text), 0.05, rounds=3)


SCALE_LIKE = st.lists(
    st.one_of(
        st.sampled_from(
            ["TVöD", "TV-L", "E", "EG ", "Entgeltgruppe ", "13", "9b", " bis ", "/", "A ", "Besoldung", "XIII"]
        ),
        st.text(string.printable, max_size=5),
        st.text(max_size=3),
    ),
    max_size=30,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(text=SCALE_LIKE, on=st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_any_text_gives_consistent_values(text: str, on: date) -> None:
    for found in pay_scales.find(text):
        assert " ".join(text[found.start : found.end].split()) == found.text
        value = pay_scales.value(found, on)
        if value.month_min and value.month_max and value.group_min == value.group_max:
            assert value.month_min <= value.month_max
