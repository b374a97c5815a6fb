"""From a text to terms; the grammar itself is in the package's docstring."""

from __future__ import annotations

import re
from typing import NoReturn

from vse.errors import QueryError, TextError
from vse.modalities.recipe.parsing import LINE_BREAK, parse_recipe
from vse.search.query.filters import KINDS, MAX_FILTERS, Filter
from vse.search.query.terms import MAX_TERMS, MAX_WEIGHT, Picture, QuerySyntaxError, Term, Text, Written, weight_fits

_SIGNS, _TIMES = "+−–-", "*×"  # the hyphen last, as a character class needs it
_CLOSING = {'"': '"', "“": '”“"', "”": '”"', "„": '“”"', "«": "»"}  # an opening quote -> what may close it
_OPENING = "".join(_CLOSING)
# Whatever looks like a number: what is none (0,8 or 1.2.3) is refused when it stands before a *. Possessive
# quantifiers keep the time linear.
_DIGITS = r"(?=[.,]*+[0-9])[0-9.,]++(?:[eE][+-]?[0-9]++)?"
_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ONLY_DIGITS = re.compile(_DIGITS)
_WEIGHT = re.compile(rf"({_DIGITS})\s*+[{_TIMES}]\s*+")
_ALONE = rf"([{_SIGNS}])(?=\s|\Z|[\[{_OPENING}]|{_DIGITS}\s*+[{_TIMES}])"
_SIGN = re.compile(_ALONE)
_NEXT_SIGN = re.compile(rf"(?<=\s){_ALONE}")
_QUOTED = {
    opening: re.compile(rf"{opening}((?:[^{closing}\\]|\\.)*+)[{closing}]", re.DOTALL)
    for opening, closing in _CLOSING.items()
}
_FORGOTTEN_TIMES = re.compile(rf'({_DIGITS})\s*+(?:\[|["“„«][^"“”„«»]++["”“»](?=\s*+(?:\Z|{_ALONE})))')
_FILTER = re.compile(rf"([{_SIGNS[1:]}]?)({'|'.join(KINDS)}):", re.IGNORECASE)
_WORD = re.compile(r"[^\s\[]+")
_BLANKS = re.compile(r"\s*")
_BRACKET = re.compile(r"[\[\]]")
_BRACKET_OR_ESCAPED = re.compile(r"\\.|[\[\]]", re.DOTALL)


def scan(text: str) -> tuple[Term, ...]:
    """The terms of a query, at least one and at most MAX_TERMS.

    Raises:
        QuerySyntaxError: for what the grammar does not allow.
    """
    first = _skip(text, 0)
    sign = _SIGN.match(text, first)
    weight, at = (_signed(sign[1]), _skip(text, sign.end())) if sign else (1.0, first)
    terms = []
    while True:
        term, end = _term(text, at, weight)
        terms.append(term)
        end = _skip(text, end)
        if end == len(text):
            break
        sign = _SIGN.match(text, end) or _no_sign(text, end)
        if len(terms) == MAX_TERMS:
            raise QuerySyntaxError(f"The query has more than {MAX_TERMS} terms: leave some out.", text, end)
        weight, at = _signed(sign[1]), _skip(text, sign.end())
    if len(terms) > 1 or terms[0].weight != 1:
        for term in terms:
            _refuse_number(text, term)
    return tuple(terms)


def cut_filters(text: str) -> tuple[str, tuple[Filter, ...]]:
    """A query with blanks in place of its filters, so that all else stays where it is; and the filters in order.

    Raises:
        QuerySyntaxError: for a filter with a value that is none of its kind, behind a sign, or one too many.
    """
    filters: list[Filter] = []
    sign: re.Match[str] | None = None
    rest, at, begins_operand = text, _skip(text, 0), True
    while at < len(text):
        begin, sign_before, sign = at, sign, None
        if found := _FILTER.match(text, at):
            if sign_before:
                reason = f"A sign stands before this filter: write {found[2]}: alone, or with a minus right before it."
                raise QuerySyntaxError(reason, text, at)
            if len(filters) == MAX_FILTERS:
                raise QuerySyntaxError(f"The query has more than {MAX_FILTERS} filters: leave some out.", text, at)
            each, at = _filter(text, found)
            filters.append(each)
            rest = rest[:begin] + " " * (at - begin) + rest[at:]
        elif sign := _SIGN.match(text, at):
            at, begins_operand = sign.end(), True
        elif begins_operand and (weight := _WEIGHT.match(text, at)):
            at = weight.end()
        else:
            at, begins_operand = _end_of_piece(text, at, begins_operand), False
        at = _skip(text, at)
    return rest, tuple(filters)


def holds_filter(text: str) -> bool:
    """Whether a text holds a filter, be there a mistake in it or not."""
    try:
        return cut_filters(text)[1] != ()
    except QuerySyntaxError:
        return True


def is_number(text: str) -> bool:
    """Whether a text would be taken for a weight that lost its operand."""
    return _ONLY_DIGITS.fullmatch(text) is not None


def quote(text: str) -> str:
    """A text as a quoted operand."""
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def bracket(picture_id: str) -> str:
    """An id as a picture operand; brackets in pairs, as in image[1].jpg, need no escapes."""
    whole = f"[{picture_id}]".replace("\\", "")
    marks = r"([\\])" if _closing(whole, 0) == len(whole) - 1 else r"([\[\]\\])"
    escaped = re.sub(marks, r"\\\1", picture_id)
    return "[" + re.sub(r"\A(?=\s)|(?=\s\Z)", r"\\", escaped) + "]"


def without_recipes(text: str) -> str:
    """A text with blanks in place of the recipes that stand in its brackets."""
    rest, at = text, 0
    while (begin := rest.find("[", at)) >= 0:
        end = _closing(rest, begin)
        if end is None:
            break
        if LINE_BREAK in rest[begin:end]:
            rest = rest[: begin + 1] + " " * (end - begin - 1) + rest[end:]
        at = end + 1
    return rest


def _filter(text: str, found: re.Match[str]) -> tuple[Filter, int]:
    """The filter whose kind was found in a text, and where it ends."""
    begin, kind = found.end(), found[2].lower()
    quoted = _QUOTED[text[begin]].match(text, begin) if text[begin : begin + 1] in _CLOSING else None
    if not quoted and text[begin : begin + 1] in _CLOSING:
        raise QuerySyntaxError('This quote is not closed: put " after the value.', text, begin)
    word = re.compile(r"\S*").match(text, begin)
    value, end = (_unescaped(quoted[1]), quoted.end()) if quoted else (word[0], word.end()) if word else ("", begin)
    try:
        return Filter(kind, value, bool(found[1])), end
    except TextError:
        reason = f"{kind}: came without a value: put one right behind it, or the words in quotes."
        raise QuerySyntaxError(reason, text, begin) from None
    except QueryError as error:
        raise QuerySyntaxError(str(error), text, begin) from None


def _end_of_piece(text: str, at: int, begins_operand: bool) -> int:
    """Where what no filter stands in ends: a picture, a quoted operand, a word, or all that an open bracket begins."""
    if text[at] == "[":
        end = _closing(text, at)
        return len(text) if end is None else end + 1
    quoted = _QUOTED[text[at]].match(text, at) if begins_operand and text[at] in _OPENING else None
    word = quoted or _WORD.match(text, at)
    return word.end() if word else len(text)


def _term(text: str, at: int, weight: float) -> tuple[Term, int]:
    """The term that starts at a position, and where it ends; `weight` is 1 or -1."""
    start = at
    number = _WEIGHT.match(text, at)
    if number:
        weight *= _weight(text, at, number[1])
        at = number.end()
    if at == len(text) or _SIGN.match(text, at):
        raise QuerySyntaxError("An operand is missing here: put words, or a picture such as [scene-0042].", text, at)
    if number and _WEIGHT.match(text, at):
        raise QuerySyntaxError("A second weight came: give an operand one weight only.", text, at)
    operand: Text | Picture | Written
    if text[at] == "[":
        operand, end = _picture(text, at)
    elif text[at] in _OPENING:
        operand, end = _quoted(text, at)
    else:
        operand, end = _phrase(text, at)
    return Term(weight, operand, (start, end)), end


def _picture(text: str, at: int) -> tuple[Picture | Written, int]:
    end = _closing(text, at)
    if end is None:
        raise QuerySyntaxError("This bracket is not closed: put ] after the picture's id.", text, at)
    parts = re.findall(r"\\[\[\]\\\s]|.", text[at + 1 : end], re.DOTALL)
    while parts and parts[-1].isspace():
        parts.pop()
    picture_id = "".join(part[-1] for part in parts[_leading_blanks(parts) :])
    if not picture_id.strip():
        raise QuerySyntaxError("These brackets are empty: put the id of a picture between them.", text, at)
    return Written(parse_recipe(picture_id)) if LINE_BREAK in picture_id else Picture(picture_id), end + 1


def _closing(text: str, at: int) -> int | None:
    """Where the bracket that opens at a position is closed; brackets in pairs may stand between."""
    depth = 0
    for mark in _BRACKET_OR_ESCAPED.finditer(text, at):
        depth += {"[": 1, "]": -1}.get(mark[0], 0)
        if depth == 0:
            return mark.start()
    return None


def _leading_blanks(parts: list[str]) -> int:
    return next((i for i, part in enumerate(parts) if not part.isspace()), len(parts))


def _quoted(text: str, at: int) -> tuple[Text, int]:
    found = _QUOTED[text[at]].match(text, at)
    if not found:
        raise QuerySyntaxError('This quote is not closed: put " after the words.', text, at)
    return _text(_unescaped(found[1]), "These quotes are empty: put words between them.", text, at), found.end()


def _unescaped(quoted: str) -> str:
    return re.sub(r'\\(["“”„«»\\])', r"\1", quoted)


def _phrase(text: str, at: int) -> tuple[Text, int]:
    sign = _NEXT_SIGN.search(text, at)
    words = text[at : sign.start() if sign else len(text)].rstrip()
    if forgotten := _FORGOTTEN_TIMES.match(text, at):
        reason = "A * is missing after this number: write a weight as in 2*[scene-0042] or 2*dog."
        raise QuerySyntaxError(reason, text, forgotten.end(1))
    if found := _BRACKET.search(words):
        if found[0] == "]":
            reason = "This bracket was not opened: put [ before the picture's id, or the words in quotes."
        else:
            reason = "A sign is missing before this picture: put + or - between blanks, or the words in quotes."
        raise QuerySyntaxError(reason, text, at + found.start())
    return _text(words, "Nothing that can be seen stands here: put words.", text, at), at + len(words)


def _text(words: str, reason: str, text: str, at: int) -> Text:
    try:
        return Text(words)
    except TextError as error:
        raise QuerySyntaxError(reason, text, at) from error


def _refuse_number(text: str, term: Term) -> None:
    start, end = term.span or (0, 0)
    number = _WEIGHT.match(text, start)
    start = number.end() if number else start
    if is_number(text[start:end]):
        reason = "A number stands alone: write it before * and an operand, as in 2*dog, or in quotes to search for it."
        raise QuerySyntaxError(reason, text, start)


def _weight(text: str, at: int, number: str) -> float:
    shown = number if len(number) <= 20 else number[:17] + "..."
    if not _NUMBER.fullmatch(number):
        raise QuerySyntaxError(f"The weight {shown} is not a number: write it as 2 or as 0.8.", text, at)
    value = float(number)
    if not weight_fits(value):
        raise QuerySyntaxError(f"The weight {shown} must be above 0 and at most {MAX_WEIGHT:g}.", text, at)
    return value


def _no_sign(text: str, at: int) -> NoReturn:
    """What came after `]` or a closing quote is no sign that stands alone."""
    if text[at] in _TIMES:
        reason = "A weight stands before its operand: write 2*[scene-0042] and not [scene-0042]*2."
    elif text[at] in _SIGNS:
        reason = f"This sign does not stand alone: put a blank after {text[at]}."
    else:
        reason = "A sign is missing here: put + or - between blanks before the next operand."
    raise QuerySyntaxError(reason, text, at)


def _signed(sign: str) -> float:
    return 1.0 if sign == "+" else -1.0


def _skip(text: str, at: int) -> int:
    """The next position that is not blank."""
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks else at
