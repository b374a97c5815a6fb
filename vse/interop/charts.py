"""The charts of the page as figures of plotly, for a notebook, a talk or a file; the map is `vse.maps.figure`.

from vse import Searcher
from vse.interop import charts
charts.axes(Searcher.open("scenes-vse", "scenes"), ("day", "night"), ("small", "big"), colour="place")
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vse.encoders.files import read_history
from vse.encoders.registry import model_folder
from vse.errors import CheckpointError, CollectionError, QueryError
from vse.io.configs import read_json
from vse.io.paths import ASSETS, DEFAULT_WAY
from vse.maps.axes import axis_of
from vse.maps.facets import facets, legend
from vse.maps.fit import principal
from vse.search.query import read
from vse.search.score import by_size, open_score
from vse.words.table import WordVectors, unit_rows

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from vse.search.searcher import Searcher

LAYERS = ASSETS / "transfer-layers.json"
_MARKED = 8  # words nearest to the chosen one
_ENDS = 10  # words named at each end of an axis
_INK, _PICTURES, _WORDS = "#475569", "#0f766e", "#b45309"


def axes(searcher: Searcher, across: tuple[str, str], up: tuple[str, str], colour: str = "") -> Figure:
    """The pictures of a collection between four ends, as the layout Axes of the map has them.

    Args:
        across, up: the ends of the axis from left to right, and from bottom to top: words, sums, pictures in brackets.
        colour: a facet of the collection, see `vse.maps.facets.facets`; "" for none.

    Raises:
        CollectionError: for a facet that the collection has not.
        QueryError, TextError: for an end that is no direction.
    """
    collection, pictures = searcher.collection, searcher.images
    rows = pictures.rows(range(len(pictures)))
    x, y = (axis_of(searcher, *ends).along(rows, searcher.means.picture) for ends in (across, up))
    known = facets(collection)
    if colour and colour not in known:
        raise CollectionError(
            f"{collection.name} has no {colour!r} to colour pictures by: give one of {', '.join(known) or 'none'}."
        )
    ids = np.array(pictures.item_ids, dtype=object)
    values = [known[colour][collection.rows[each]] if colour else "pictures" for each in ids]
    made = _figure(
        f"{collection.name} under {searcher.encoder.name}", f"{across[0]} → {across[1]}", f"{up[0]} → {up[1]}"
    )
    for name in legend(values):
        of = np.array([each == name for each in values])
        made.add_scattergl(
            x=x[of],
            y=y[of],
            name=name,
            mode="markers",
            customdata=ids[of],
            text=ids[of],
            hovertemplate="%{text}<extra></extra>",
        )
    return made


def words_plane(words: WordVectors, chosen: str = "", count: int = 500) -> Figure:
    """The first words of a set in the plane of their two principal components, the nearest to one of them named.

    Args:
        chosen: a word of the set; "" for none.

    Raises:
        TextError: for a word that has no vector.
    """
    near = [chosen, *(word for word, _ in words.nearest(words[chosen], _MARKED, without=[chosen]))] if chosen else []
    drawn = words.only([*words.words[:count], *near])
    x, y = principal(drawn.units).T
    made = _figure(f"{words.name}: {len(drawn):,} words by PCA")
    made.add_scattergl(x=x, y=y, text=drawn.words, name="words", mode="markers", hovertemplate="%{text}<extra></extra>")
    if near:
        at = [drawn.index[word] for word in near]
        made.add_scatter(
            x=x[at],
            y=y[at],
            text=near,
            name=f"nearest to {chosen}",
            mode="markers+text",
            textposition="top center",
            marker_color=_WORDS,
            textfont={"size": 14, "color": _INK},
        )
    return made


def words_axis(words: WordVectors, low: str, high: str) -> Figure:
    """The words at both ends of the difference of two, with their cosines with it.

    Raises:
        TextError: for a word that has no vector.
        QueryError: for a word and itself.
    """
    ends = unit_rows(np.stack([words[low], words[high]]))
    if not np.any(ends[1] - ends[0]):
        raise QueryError(f"{low!r} and {high!r} have the same vector: give two words that differ.")
    along = words.units @ unit_rows((ends[1] - ends[0])[None])[0]
    order = np.argsort(along, kind="stable")
    rows = order if len(order) <= 2 * _ENDS else np.concatenate([order[:_ENDS], order[-_ENDS:]])
    made = _figure(f"{words.name}: from {low} to {high}", "cosine with the difference")
    names = [words.words[row] for row in rows]
    made.add_bar(x=along[rows], y=names, orientation="h", marker_color=_WORDS, showlegend=False)
    made.update_yaxes(type="category", dtick=1)
    return made


def analogy(words: WordVectors, a: str, b: str, c: str) -> Figure:
    """a - b + c and the nearest other word, in the plane in which those four words spread most.

    Raises:
        TextError: for a word that has no vector.
    """
    total = unit_rows(words[a][None])[0] - unit_rows(words[b][None])[0] + unit_rows(words[c][None])[0]
    (d, score), *_ = words.nearest(total, 1, without=(a, b, c))
    x, y = principal(words.only([a, b, c, d]).units).T
    made = _figure(f"{a} − {b} + {c} = {d} ({score:.2f}), {words.name}")
    for start, end, name in ((1, 0, f"{b} → {a}"), (2, 3, f"{c} → {d}")):
        made.add_scatter(
            x=x[[start, end]],
            y=y[[start, end]],
            name=name,
            mode="lines+markers",
            marker={"symbol": "arrow", "angleref": "previous", "size": 12},
        )
    lies = [values[0] - values[1] + values[2] for values in (x, y)]
    made.add_scatter(x=[lies[0]], y=[lies[1]], name=f"{a} − {b} + {c}", mode="markers", marker_symbol="x")
    made.add_scatter(x=x, y=y, text=[a, b, c, d], mode="text", textposition="top center", showlegend=False)
    made.update_yaxes(scaleanchor="x")
    return made


def score(searcher: Searcher, query: str, item_id: str) -> Figure:
    """What each dimension adds to the score of a picture for a query, the most first, and the sum that ends in it.

    Raises:
        CollectionError: for a picture that is not there.
        VSEError: for a query that cannot be answered.
    """
    asked = read(query)
    opened = open_score(searcher, asked, searcher.vector_of(item_id), DEFAULT_WAY, searcher.resolved(asked))
    order = by_size(opened.terms)
    made = _figure(f"{query} · {item_id}: {opened.score:.3f}", "dimensions, by what they add", "score")
    place = np.arange(1, len(order) + 1)
    made.add_bar(
        x=place,
        y=opened.terms[order],
        customdata=order,
        name="adds",
        marker={"color": _WORDS, "line_width": 0},
        hovertemplate="dimension %{customdata}: %{y:.3f}<extra></extra>",
    )
    made.add_scatter(x=place, y=opened.running(order.tolist()), name="sum so far", mode="lines", line_color=_PICTURES)
    return made


def learning(model: str | Path) -> Figure:
    """How the sum of recalls on held-out pictures and the loss went from epoch to epoch, as the model's record says.

    Raises:
        CheckpointError: when there is no such model, or no record comes with it.
    """
    history = read_history(model_folder(model))
    if not history:
        raise CheckpointError(f"No record of its training comes with {model}: train one, or choose scenes-vse.")
    made = _figure(f"How {Path(model).name} was trained", "epochs", "sum of recalls")
    epochs = list(range(1, len(history) + 1))  # a run that was taken up again counts from 1 once more
    made.add_scatter(
        x=epochs, y=[_number(each, "dev", "rsum") for each in history], name="sum of recalls", line_color=_PICTURES
    )
    made.add_scatter(x=epochs, y=[_number(each, "loss") for each in history], name="loss", line_color=_INK, yaxis="y2")
    made.update_layout(yaxis2={"title": {"text": "loss"}, "overlaying": "y", "side": "right", "showgrid": False})
    return made


def layers(study: Path = LAYERS) -> Figure:
    """Which layer of a CNN transfers: right labels of a linear probe by depth, a line a collection.

    Args:
        study: what `python -m vse transfer layers --json` wrote; the one that ships if not given.

    Raises:
        VSEError: when it cannot be read.
    """
    rows = [row for row in read_json(study)["rows"] if row["depth"]]
    made = _figure("Which layer transfers", "layer", "right labels, %")
    for name in rows[0]["labelled"]:
        right = [row["labelled"][name]["accuracy"] for row in rows]
        made.add_scatter(x=[row["depth"] for row in rows], y=right, name=name, text=[row["layer"] for row in rows])
    return made


def _number(entry: Mapping[str, Any], *path: str) -> Any:
    found: Any = entry
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _figure(title: str, x: str = "", y: str = "") -> Figure:
    """Empty, with the names of its axes; without them for a plane whose directions have no names."""
    from plotly import graph_objects as go
    from plotly.colors import qualitative

    made = go.Figure(layout={
        "title": {"text": title}, "template": "plotly_white", "colorway": qualitative.Dark24,
        "hoverlabel": {"namelength": -1}, "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"}, "bargap": 0.1,
    })  # fmt: skip
    made.update_xaxes(title_text=x, visible=bool(x))
    made.update_yaxes(title_text=y, visible=bool(x))
    return made
