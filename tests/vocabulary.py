"""A vocabulary with one of everything, for made-up rules; no pack has all of it."""

from __future__ import annotations

from collections.abc import Mapping

from duly.dsl.policy import And, Attribute, Calendar, Condition, Is, Kind, Milestone, Running

ROLES = {"IRO": "Independent reviewing officer", "police": "The police", "health": "A nurse"}


def attributes(*found: Attribute) -> Mapping[str, Attribute]:
    return {attribute.name: attribute for attribute in found}


HELD = Is("review", "status", ("held",))
BOOKED = Is("review", "status", ("booked",))

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "child",
            "subject",
            attributes=attributes(
                Attribute("refused", "yes/no"), Attribute("contact_interval", "duration")
            ),
        ),
        Kind("care_period", "period", joined="always"),
        Kind(
            "placement",
            "period",
            of="care_period",
            joined="carer_continues",
            attributes=attributes(
                Attribute("type", "one of", ("foster", "parents", "other")),
                Attribute("carer_continues", "yes/no"),
                Attribute("not_practicable", "yes/no"),
                Attribute("visit_interval", "duration"),
            ),
        ),
        Kind(
            "agreement",
            "period",
            of="placement",
            attributes=attributes(Attribute("given_by", "role")),
        ),
        Kind("long_term_foster", "period"),
        Kind("short_break", "period"),
        Kind(
            "visit",
            "event",
            attributes=attributes(
                Attribute("seen", "yes/no"),
                Attribute("kind", "one of", ("cla", "cp", "cin")),
                Attribute("minutes", "number"),
            ),
            milestones=(Milestone("recorded_on", "record"),),
        ),
        Kind(
            "review",
            "event",
            attributes=attributes(
                Attribute("status", "one of", ("held", "booked", "cancelled")),
                Attribute("attendees", "list of role"),
            ),
            milestones=(
                Milestone("papers_sent_on", "send_papers"),
                Milestone("confirmed_on", "confirm"),
            ),
            counts=HELD,
            scheduled=BOOKED,
        ),
        Kind("conference", "event"),
        Kind("permanence_agreed", "event", of="placement"),
    )
}

CALENDARS: Mapping[str, Calendar] = {
    "term": Calendar("term"),
    "appraisal_season": Calendar("appraisal_season", "", (1, 4), (30, 6)),
    "winter": Calendar("winter", "", (1, 12), (29, 2)),
}

NEVER: Condition = And((Running("long_term_foster"), Running("short_break")))
