"""The words by which a person's complaint is found, however a name, a contact or an address was spelled.

A word is what different spellings of the same thing have in common: of a name each word without accents and
case, of a telephone number its national digits, of an e-mail address its small letters, of an address its
postcode. The same functions read what is recorded and what is asked for; neither is ever kept in clear (the
index holds keyed hashes of words, `store.blind_index`).
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple
from unicodedata import category, normalize

_READ: Final = 2_000
"""Characters of a text that are looked at; a name, number or address is shorter."""

MOST_WORDS: Final = 10
"""Words that one may ask for at a time: each is looked up."""

_UNHEARD: Final = frozenset({"Mn", "Mc", "Me", "Cf"})
_LETTERS: Final = str.maketrans(
    {
        "ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ħ": "h", "Ħ": "h",
        "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "þ": "th", "Þ": "th", "\u0131": "i",
    }
)  # fmt: skip
"""Letters with a stroke or tied together, which Unicode does not take apart, as a plain keyboard has them."""

_APOSTROPHES: Final = re.compile("['`\u00b4\u2018\u2019\u02bb\u02bc\u02b9\u2032]")
_WORD: Final = re.compile(r"[^\W_]+")
_BETWEEN_EMAILS: Final = re.compile(r'[\s<>,;:"()]+')
_DIGIT: Final = re.compile(r"\d")
_NUMBER: Final = re.compile(r"[\d+(][\d\s().+-]{4,}")
_TRUNK: Final = re.compile("^(?:0|44)+")
_POSTCODE: Final = re.compile(
    r"(?<![A-Z0-9])([A-Z]{1,2}[0-9][A-Z0-9]?)\s{0,3}([0-9][A-Z]{2})(?![A-Z0-9])", re.ASCII
)


def plain(text: str) -> str:
    """A text without accents and case, in the letters of a plain keyboard where it has such."""
    if text.isascii():
        return text.lower()
    apart = normalize("NFKD", text)
    heard = "".join(one for one in apart if category(one) not in _UNHEARD)
    return normalize("NFKD", heard.translate(_LETTERS).casefold())


def name_words(text: str) -> frozenset[str]:
    """The words of a name: letters and digits; an apostrophe joins (O'Brien is obrien)."""
    return frozenset(_WORD.findall(plain(_APOSTROPHES.sub("", text))))


def emails(text: str) -> frozenset[str]:
    """The e-mail addresses in a text, in small letters."""
    return frozenset(one for one in _BETWEEN_EMAILS.split(plain(text)) if "@" in one.strip("@"))


def phone(text: str) -> frozenset[str]:
    """One telephone number by its national digits: without +44, 0044 or the leading 0."""
    digits = "".join(_DIGIT.findall(text))
    if not digits.isascii():
        digits = "".join(str(int(one)) for one in digits)
    national = _TRUNK.sub("", digits)
    return frozenset({national} if national else ())


def postcodes(text: str) -> frozenset[str]:
    """The United Kingdom postcodes in a text, in capitals without the space."""
    return frozenset(outward + inward for outward, inward in _POSTCODE.findall(plain(text).upper()))


def _every_name(text: str) -> frozenset[str]:
    apart = _APOSTROPHES.sub(" ", text)
    return name_words(text) if apart == text else name_words(text) | name_words(apart)


def _every_phone(text: str) -> frozenset[str]:
    within = (number for number in _NUMBER.findall(text) if number != text)
    return phone(text).union(*(phone(number) for number in within))


class _Field(NamedTuple):
    recorded_as: str
    recorded: Callable[[str], frozenset[str]]
    asked: Callable[[str], frozenset[str]]
    must: str


_FIELDS: Final[dict[str, _Field]] = {
    "name": _Field("name", _every_name, name_words, "must be 1 to 10 words of letters and digits"),
    "email": _Field("email", emails, emails, "must be a whole e-mail address"),
    "phone": _Field("phone", _every_phone, phone, "must be a telephone number"),
    "postcode": _Field("address", postcodes, postcodes, "must be a whole United Kingdom postcode"),
}
"""What may be asked for: in which personal detail it is recorded, and how words are read off either."""

_RECORDED_AS: Final = {how.recorded_as: (name, how.recorded) for name, how in _FIELDS.items()}


class WordsError(Exception):
    """No words to look for in what was asked, or too many: `field` and what it must be, never the value."""

    def __init__(self, field: str, must: str) -> None:
        super().__init__(f"{field} {must}")
        self.field = field
        self.must = must


def words_recorded(texts: Mapping[str, str]) -> frozenset[str]:
    """The words of an event's texts by path, those of a correction's changes included."""
    found: set[str] = set()
    for path, text in texts.items():
        outer, _, field = path.rpartition(".")
        if field in _RECORDED_AS and outer.rpartition(".")[2] == "personal":
            name, read_off = _RECORDED_AS[field]
            found.update(_named(name, read_off(text[:_READ])))
    return frozenset(found)


def words_asked(asked: Mapping[str, str]) -> frozenset[str]:
    """The words of name, email, phone and postcode as asked for. Raises `WordsError`."""
    found: set[str] = set()
    for name, text in asked.items():
        words = _FIELDS[name].asked(text)
        if not 1 <= len(words) <= MOST_WORDS:
            raise WordsError(name, _FIELDS[name].must)
        found.update(_named(name, words))
    return frozenset(found)


def _named(field: str, words: frozenset[str]) -> list[str]:
    return [f"{field}|{word}" for word in words]
