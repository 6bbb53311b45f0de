"""The two ways the gateway has answered within 2026.

Between spring and summer 2026 the platform changed the status, the number and the text of its gateway-level
failures. No source dates the switch; the two states are bounds from dated reports.
"""

from enum import StrEnum


class Era(StrEnum):
    """Which answers a world gives where the platform changed them.

    =============================  ==============================  ====================================
    situation                      EARLY_2026                      LATE_2026
    =============================  ==============================  ====================================
    token unknown or expired       500, 11244 / 11244              401, 11244 / 40011027
    openid not of this bot         500, 11255 / 11255              400, 11255 / 40011028
    proactive message refused      400, 40034102                   400, 40034105, same text
    =============================  ==============================  ====================================
    """

    EARLY_2026 = "early-2026"
    LATE_2026 = "late-2026"


DEFAULT_ERA = Era.LATE_2026
