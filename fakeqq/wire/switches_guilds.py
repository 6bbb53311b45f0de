"""Switches of guilds and of buttons: what sources contest about them, or nobody knows."""

from fakeqq.wire.evidence import Evidence
from fakeqq.wire.sources import DOCS_ERROR_CODES, DOCS_INTERACTION, FIELD_REPORT, OURS, issue
from fakeqq.wire.switch_row import Switch

GUILD_SWITCHES: tuple[Switch, ...] = (
    Switch(
        "guild_markdown_wording",
        "304041",
        ("304041", "50056"),
        "which of two numbers native markdown meets in guilds where `native_markdown` is refused",
        Evidence.OBSERVED,
        (issue("nonebot/adapter-qq", 154), DOCS_ERROR_CODES),
        "sources disagree: the first was seen, the second is documented",
    ),
    Switch(
        "guild_recall_window",
        "unlimited",
        ("unlimited", "120"),
        "seconds after which a message to a channel or a direct message cannot be recalled any more (306011)",
        Evidence.OUR_CHOICE,
        (OURS, DOCS_ERROR_CODES),
        "nobody knows: the number is documented in one list and missing in another, a time limit of guilds nowhere; "
        "120 is the rule for users and groups",
    ),
    Switch(
        "interaction_life",
        "unlimited",
        ("unlimited", "3", "5"),
        "seconds in which an interaction can be answered; later it is forgotten (630005)",
        Evidence.DOCUMENTED,
        (DOCS_INTERACTION, FIELD_REPORT),
        "sources disagree: 3 s in an overview, 5 s in the text of an SDK. What an answer meets that is too late nobody "
        "knows",
    ),
)
