r"""The query language: one line of text that adds and subtracts pictures and words.

    a dog on the beach                              plain text is plain text
    [scene-0042] - dog + cat                        a picture of the collection, minus a word, plus a word
    [scene-0042] - 0.8*"a brown dog" + 1.2*cat      weights, up to 10
    king - old man + young woman                    the words between two operators are one phrase
    [scene-0042] + [scene-0108]                     pictures together
    [upload] - red + blue                           the picture that is given with the query
    [recipe dish-0012] - egg + cheese               the recipe of an item, in the place of its picture
    [recipe] - egg + cheese                         the recipe that is given with the query; [speech], the recording
    a dog in:holiday before:2020 -is:square         only pictures of that folder, that time and that shape

The grammar, where `character` is any character, `blank` a run of white space, `digits` one or more of 0 to 9, and
`word` a run of characters that are neither blank nor a bracket:

    query    = [ sign ] , term , { sign , term } ;                    at most 16 terms
    term     = [ number , "*" ] , operand ;                           0 < number <= 10; × is * too
    operand  = picture | recipe | quoted | phrase ;
    recipe   = "[" , a recipe with its lines, between which a ⏎ stands , "]" ;
    picture  = "[" , id , "]" ;                                       escapes: \[ \] \\ and \ before a blank
    id       = { character - ( "[" | "]" ) | "[" , id , "]" } ;       brackets in pairs, as in [image[1].jpg]
    quoted   = '"' , { character - '"' } , '"' ;                      escapes: \" \\ ; “…” „…“ «…» are quotes too
    phrase   = word , { blank , word } ;
    sign     = "+" | "-" | "−" | "–" ;                                and it stands alone, see below
    number   = digits , [ "." , [ digits ] ] , [ exponent ] | "." , digits , [ exponent ] ;
    exponent = ( "e" | "E" ) , [ "+" | "-" ] , digits ;
    filter   = [ "-" ] , kind , ":" , ( quoted | value ) ;            anywhere between the words, see below
    kind     = "in" | "name" | "before" | "after" | "on" | "camera" | "is" ;       in any case
    value    = { character - blank } ;

Blanks may stand around a query and between all parts of it.

What counts, and what stays text:

- A sign stands alone: before it comes a blank, the start of the query, `]` or a closing quote; after it a blank, the
  end, `[`, a quote or a weight. So T-shirt, jet-black, rock'n'roll, C++ and -5 degrees are words.
- A weight stands at the start of a term: 2*dog. In "2 dogs" and "nan*dog" there is none, so they are words. A term
  that is only a number is refused (2*dog or "2" may be meant) except where it is the whole query, as in 1984.
- A quote counts where an operand starts. Inside a phrase it is a character like any other and protects nothing.
- Brackets are for pictures everywhere, so a phrase that holds one is refused rather than embedded; in quotes they are
  characters. Blanks at the edges of an id are dropped unless escaped.
- Quotes are not part of a text: dog and "dog" are the same query, which is `plain`. Runs of blanks become one.
- A filter begins after a blank, `]`, a closing quote or at the start, and may stand anywhere but in brackets and quoted
  operands; it is read first, as if there were a blank in its place, and the minus before it stands right before it.
  A word with a colon that is no kind of filter stays a word; in quotes all do. There are at most 16 filters, all of
  which must fit. A query of filters alone has no terms. `vse.search.query.filters` says what each kind means.
- `[upload]`, `[recipe]` and `[speech]` are never items of the collection, even when one has that id. `[upload]` is
  whatever is given with the query, the others a recipe and a recording. Behind "recipe" or "speech" and a blank an id
  stands for the item's recipe or recording, unless an item has that very id.

`read(text)` is what every box, address, endpoint and command reads a text with: as `parse`, but a text that cannot be
parsed and holds no bracket, quote or weight is a plain text.

`format_query(query)`, which is also `str(query)`, writes the canonical form, filters last, with quotes where a text
would be read otherwise and around several words that have a weight. It reads back as the same query. In an address it
must be percent-encoded, since a bare + there is a blank; on a command line a query that starts with - goes after `--`.

A text that `vse.modalities.recipe.parsing.looks_like_recipe` takes for a recipe is one, whole, and never parsed, unless
a recipe stands in its brackets.

A phrase is embedded as one sentence, and embed("a b") is not embed("a") + embed("b"): "red car" names one thing, while
"red + car" is the direction halfway between everything red and every car.
"""

from vse.search.query.evaluate import Method, Parts, QueryPictureError, Resolved, combine, plain, resolve
from vse.search.query.expression import Query, describe, format_query, parse, read
from vse.search.query.filters import MAX_FILTERS, Filter
from vse.search.query.terms import GIVEN, MAX_TERMS, MAX_WEIGHT, UPLOAD, Picture, QuerySyntaxError, Term, Text, Written

__all__ = [
    "GIVEN",
    "MAX_FILTERS",
    "MAX_TERMS",
    "MAX_WEIGHT",
    "UPLOAD",
    "Filter",
    "Method",
    "Parts",
    "Picture",
    "Query",
    "QueryPictureError",
    "QuerySyntaxError",
    "Resolved",
    "Term",
    "Text",
    "Written",
    "combine",
    "describe",
    "format_query",
    "parse",
    "plain",
    "read",
    "resolve",
]
