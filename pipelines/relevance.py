"""Is this advert what the search asks for: exact, near or no, and why."""

from dataclasses import dataclass

from pipelines.titles import TitleClass


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer, a line a user understands, and the rule that decided."""

    match: str  # exact, near, no; undecided when the source cut the title too early
    reason: str
    rule: str


def judge(
    title: TitleClass,
    *,
    occupation: str | None = None,
    text: str | None = None,
    distance_km: float | None = None,
    radius_km: float | None = None,
    title_is_cut: bool = False,
) -> Judgement:
    """Judge by title, stated occupation, text and place. No distance means that the source put it inside the circle."""
    if distance_km is not None and radius_km is not None and distance_km > radius_km:
        return Judgement("no", f"{distance_km:.0f} km away, the search ends at {radius_km:.0f} km", "place")
    return Judgement(title.match, title.reason, title.rule)
