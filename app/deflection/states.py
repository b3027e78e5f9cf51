"""The words of an attempt: how it stands, and what customers say of what they were shown."""

from enum import StrEnum


class Outcome(StrEnum):
    OPEN = "open"
    SOLVED = "solved"
    ESCALATED = "escalated"
    ABANDONED = "abandoned"  # no word for 24 hours: never counted as solved
    FAILED = "failed"  # said solved, and asked about the same thing within 7 days


class Arm(StrEnum):
    SHOWN = "shown"


class Verdict(StrEnum):
    SOLVED = "solved"
    TRIED = "tried"  # I tried it, it did not help
    UNRELATED = "unrelated"  # not my problem


class Channel(StrEnum):
    WEB = "web"
    API = "api"
