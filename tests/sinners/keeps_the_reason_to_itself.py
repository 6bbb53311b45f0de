"""Fails startup/ip-not-allowed: "something went wrong" is all it says (tencent-connect/openclaw-qqbot#240)."""

from sinning import sin

from reference_client.log import report


def report_vaguely(level, event, **details):
    report(level, event, **{name: "something went wrong" if name == "problem" else details[name] for name in details})


if __name__ == "__main__":
    sin(report=report_vaguely)
