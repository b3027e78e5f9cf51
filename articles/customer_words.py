"""What a customer really said: the message without greetings, signature and quoted mail."""

import re
from typing import Final

# «El lun, 3 mar 2025 a las 10:12, Ana <ana@…> escribió:», "On Mon, … wrote:", Outlook's heads.
_QUOTE_HEAD: Final = re.compile(
    r"\s*(?:>|On\b.{4,200}\bwrote:\s*$|El\b.{4,200}\bescribi[óo]:\s*$"
    r"|-{2,}\s*(?:Original Message|Mensaje original|Forwarded message|Mensaje reenviado)\b"
    r"|_{10,}\s*$"
    r"|(?:From|De):\s.{1,200}@)",
    re.IGNORECASE,
)
_HEAD_START: Final = re.compile(r"\s*(?:On|El)\s.{0,200}$", re.IGNORECASE)
_HEAD_END: Final = re.compile(r".{0,200}\b(?:wrote|escribi[óo]):\s*$", re.IGNORECASE)
_GREETING: Final = re.compile(
    r"\s*(?:(?:hi|hello|hey|dear|hola|buenas|buenos d[ií]as|buenas tardes|buenas noches"
    r"|good (?:morning|afternoon|evening|day)|greetings|saludos|estimad[oa]s?|querid[oa]s?"
    r"|muy (?:buenas|se[ñn]or(?:es|a|as)?)(?: m[ií]os?)?)"
    r"(?:[ ]+(?:there|all|team|everyone|support|sir or madam|sirs?|madam|to all|a todos|a todas"
    r"|equipo|soporte|amigos|se[ñn]or(?:es|a|as)?|d[ií]as|tardes|noches|de nuevo|again"
    r"|de soporte|del equipo))*)"
    r"(?P<rest>[^,.:;!¡¿?\n]{0,40}?)(?P<stop>[,.:;!]+|$)",
    re.IGNORECASE,
)
_CLOSING: Final = re.compile(
    r"\s*(?:--\s*$|(?:many |muchas |muchísimas |mil )?(?:thanks|thank you|gracias)"
    r"(?:[ ,]+(?:so|very|much|a|lot|in|advance|again|for|your|the|help|time|support|and|best|kind"
    r"|regards|everyone|all|de|antemano|por|su|tu|la|el|vuestra|ayuda|tiempo|nuevo|y|un|saludos?"
    r"|todos))*\s*[,.!]*\s*$"
    r"|(?:(?:kind|best|warm|with best)\s+)?(?:regards|wishes)\b[^\n]{0,20}$"
    r"|(?:best|cheers|sincerely|yours(?: sincerely| faithfully| truly)?|br|kr)\s*[,.!]*\s*$"
    r"|(?:un |reciban? un |muchos )?(?:cordial(?:es)? )?(?:saludos?|abrazo|atentamente)\b[^\n]{0,30}$"
    r"|(?:a la espera de|quedo a la espera|looking forward to)\b[^\n]{0,80}$"
    r"|sent from my\b[^\n]{0,60}$|enviado desde mi\b[^\n]{0,60}$"
    r"|(?:get|obtener?|descarga)\s+outlook\b[^\n]{0,60}$)",
    re.IGNORECASE,
)
MAX_MESSAGE: Final = 200_000
"""Characters of a message that are looked at."""
_SIGNATURE_LINES: Final = 6
"""A closing this near to the end begins a signature; further up it is a part of the text."""
_LONGEST_FRAME: Final = 400
"""Characters of a line; no closing and no head of a quote is longer, and a search in it is slow."""


def customer_words(message: str) -> str:
    """Return the message's own text: paragraphs kept, frame left out. May be empty."""
    lines = message[:MAX_MESSAGE].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = _without_signature(_without_quotes(lines))
    text = "\n".join(lines).strip()
    text = _without_greeting(text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for number, line in enumerate(lines):
        if _is_quoted(line):
            continue
        following = lines[number + 1] if number + 1 < len(lines) else ""
        broken_head = _is_frame(_HEAD_START, line) and _is_frame(_HEAD_END, following)
        if _is_frame(_QUOTE_HEAD, line) or broken_head:
            # What follows a quote's head is the quote, unless it is marked line by line.
            rest = lines[number + (2 if broken_head else 1) :]
            unmarked = [later for later in rest if not _is_quoted(later)]
            return kept + unmarked if len(unmarked) < len(rest) else kept
        kept.append(line)
    return kept


def _without_signature(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    near = _near_the_end(lines[:end])
    for number, line in enumerate(lines[:end]):
        if line in {"--", "-- "} or (number >= near and _is_frame(_CLOSING, line)):
            return lines[:number]
    return lines[:end]


def _near_the_end(lines: list[str]) -> int:
    """The number of the first line from which on only so many hold text as a signature may."""
    filled = 0
    for number in range(len(lines) - 1, -1, -1):
        filled += bool(lines[number].strip())
        if filled > _SIGNATURE_LINES:
            return number + 1
    return 0


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _is_frame(pattern: re.Pattern[str], line: str) -> bool:
    return len(line) <= _LONGEST_FRAME and pattern.match(line) is not None


def _without_greeting(text: str) -> str:
    for _ in range(2):  # «Hola: Buenos días,»
        match = _GREETING.match(text)
        if not match:
            break
        rest = match.group("rest").strip()
        # «Hola Ana,» is a greeting; «Hola no puedo entrar» is where the matter begins.
        if rest and not (_looks_like_name(rest) and match.group("stop")):
            cut = match.start("rest") + (
                len(match.group("rest")) - len(match.group("rest").lstrip())
            )
            return _sentence(text[cut:])
        text = text[match.end() :].lstrip(" \t\n,.;:!")
    return _sentence(text)


def _looks_like_name(words: str) -> bool:
    return all(word[:1].isupper() for word in words.split()) or len(words.split()) == 1


def _sentence(text: str) -> str:
    text = text.lstrip()
    return text[:1].upper() + text[1:]
