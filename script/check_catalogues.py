"""Fail when a text for people is missing from a catalogue, untranslated, or has lost a placeholder."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "app" / "translations"
# The names by which code marks its texts, besides those that Babel knows; script/catalogues has them too.
KEYWORDS = tuple(
    f"--keyword={name}" for name in ("lazy_gettext", "_l", "lazy_ngettext:1,2", "_nl:1,2")
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def extract() -> set[object]:
    """Every message that the code and the templates have."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "messages.pot"
        subprocess.run(
            [
                Path(sys.executable).parent / "pybabel",
                "--quiet",
                "extract",
                "-F",
                "babel.cfg",
                *KEYWORDS,
                "-o",
                target,
                "app",
            ],
            check=True,
            cwd=ROOT,
        )
        with target.open("rb") as file:
            return {message.id for message in read_po(file) if message.id}


def problems(locale: str, wanted: set[object]) -> list[str]:
    """What is wrong with one catalogue."""
    with (TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=locale)
    found = []
    for message_id in sorted(wanted, key=str):
        message = catalogue.get(message_id[0] if isinstance(message_id, tuple) else message_id)
        if message is None:
            found.append(f"{locale}: missing: {message_id!r}")
            continue
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if not all(texts) or message.fuzzy:
            found.append(f"{locale}: untranslated: {message_id!r}")
            continue
        ids = message_id if isinstance(message_id, tuple) else (message_id,)
        given = set(PLACEHOLDER.findall(ids[-1]))
        if (
            any(set(PLACEHOLDER.findall(text)) - given for text in texts)
            or set(PLACEHOLDER.findall(texts[-1])) != given
        ):
            found.append(f"{locale}: placeholders differ: {message_id!r}")
    return found


def main() -> int:
    """Check Spanish; English is the language of the messages themselves."""
    wanted = extract()
    wrong = problems("es", wanted)
    print("\n".join(wrong) if wrong else f"{len(wanted)} messages, all translated.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
