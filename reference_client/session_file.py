"""The file that holds a bot's sessions between two processes."""

from pathlib import Path

from reference_client.log import report
from reference_client.outputs import Level


class SessionFile:
    """Whole or not there at all, whenever the process is killed; readable by its owner only."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._known: str | None = None
        self._failing = False

    def read(self) -> str:
        """What an earlier process left; "" where there is nothing, or nothing that can be read."""
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, ValueError) as error:
            report(Level.WARNING, "sessions.unreadable", problem=str(error))
            return ""

    def write(self, text: str) -> None:
        """Have this in the file; nothing happens when it is there already. That it fails is told once."""
        if text == self._known:
            return
        written = self._path.with_name(f"{self._path.name}.new")
        try:
            written.touch(mode=0o600)
            written.write_text(text, encoding="utf-8")
            written.replace(self._path)
        except OSError as error:
            if not self._failing:
                report(Level.WARNING, "sessions.not_kept", problem=str(error))
            self._failing = True
            return
        if self._failing:
            report(Level.INFO, "sessions.kept_again")
        self._known, self._failing = text, False

    def remove(self) -> None:
        """Nothing is left for the next process."""
        self._known = None
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            report(Level.WARNING, "sessions.not_kept", problem=str(error))
