"""The map in a notebook: drawn by plotly, the picture under the pointer beside it, and what is selected in Python.

from vse import Searcher
from vse.maps import show
shown = show(Searcher.open("scenes-vse", "scenes"), colour="place")
shown                       # at the end of a cell
shown.selected["image"]     # after the lasso, in the next one
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from vse.errors import CollectionError, ImageError
from vse.io.installed import from_extra
from vse.maps.facets import facets, legend
from vse.maps.points import clouds_of, map_of
from vse.maps.projection import WORD, Parameters, Projection, title_of
from vse.maps.regions import regions_of
from vse.modalities import IMAGE, RECIPE, TEXT
from vse.modalities.image.webp import small_webp

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from vse.data import Collection
    from vse.search.searcher import Searcher

_SYMBOLS = {IMAGE: "circle", TEXT: "x", WORD: "diamond", RECIPE: "triangle-up"}
_COLOURS = {IMAGE: "#0f766e", TEXT: "#b45309", WORD: "#7c3aed", RECIPE: "#be123c"}  # of pictures, where no facet's are
_CARD_PIXELS = 220
_MOST_CAPTIONS = 5
Selected = dict[str, tuple[str, ...]]


def figure(searcher: Searcher, parameters: Parameters | None = None, colour: str = "", query: str = "") -> Figure:
    """The map of a searcher's collection as a figure of plotly, which can also be written to a file.

    A trace a kind of points, and of pictures one a value of the facet that colours them; the `customdata` of each point
    is its id, as `vse.maps.points.ids_of` has them. Large regions have their names written on them.

    Args:
        parameters: how it is laid out; Parameters() if not given.
        colour: a facet of the collection, see `vse.maps.facets.facets`; "" for none.
        query: what the ten pictures that answer it are ringed for; "" for nothing.

    Raises:
        CollectionError: for a collection without pictures, or without that facet.
        VSEError: for a query that cannot be answered.
    """
    from plotly import graph_objects as go

    collection = searcher.collection
    drawn = map_of(searcher.encoder, collection, parameters, indexes=searcher.indexes)
    made = go.Figure(layout=_layout(f"{collection.name} under {searcher.encoder.name}"))
    for kind in drawn.ids:
        for name, rows in _groups(drawn, kind, collection, colour).items():
            made.add_trace(_trace(go, drawn, kind, name, rows, collection))
    clouds = clouds_of(searcher.encoder, collection, indexes=searcher.indexes)
    for region in next(iter(regions_of(drawn, clouds)), ()):
        told = {"text": f"<b>{escape(region.name)}</b>", "showarrow": False, "bgcolor": "rgba(255,255,255,0.7)"}
        made.add_annotation(x=region.x, y=region.y, **told)
    if query:
        places = {item_id: row for row, item_id in enumerate(drawn.ids[IMAGE])}
        found = [places[hit.item_id] for hit in searcher.ask(query).hits if hit.item_id in places]
        ring = {"symbol": "circle-open", "size": 16, "color": "#c2410c", "line": {"width": 2}}
        x, y = drawn.of(IMAGE)[found].T
        made.add_trace(go.Scattergl(x=x, y=y, mode="markers", marker=ring, name=query, hoverinfo="skip"))
    return made


def show(searcher: Searcher, parameters: Parameters | None = None, colour: str = "", query: str = "") -> ShownMap:
    """The same in a notebook, where the pointer shows pictures and a lasso selects points.

    Raises:
        InstallationError: when the extra [notebook] is not installed.
        CollectionError, VSEError: as `figure`.
    """
    return ShownMap(figure(searcher, parameters, colour, query), searcher.collection)


class ShownMap:
    """A map in a cell: `figure` is plotly's widget, `selected` what the lasso or the box of its tools holds.

    Raises:
        InstallationError: when the extra [notebook] is not installed.
    """

    def __init__(self, drawn: Figure, collection: Collection) -> None:
        with from_extra("notebook", "anywidget ipywidgets", "A map in a notebook takes ipywidgets and anywidget"):
            import anywidget  # noqa: F401
            import ipywidgets
            from plotly.graph_objects import FigureWidget
        self.collection, self.figure = collection, FigureWidget(drawn)
        self.card = ipywidgets.HTML(_card("", "Move the pointer over a point."))
        self._box = ipywidgets.VBox([self.figure, self.card])
        self._chosen: dict[int, list[int]] = {}
        self._listeners: list[Callable[[Selected], Any]] = []
        for trace in self._traces:
            trace.on_hover(self._hovered)
            trace.on_selection(self._selected)
            trace.on_deselect(lambda trace, points: self._selected(trace, points, None))

    @property
    def _traces(self) -> list[Any]:
        return [trace for trace in self.figure.data if trace.customdata is not None]

    @property
    def selected(self) -> Selected:
        """The ids of the points that are selected, by kind: "image", "text", "word", "recipe"."""
        found: dict[str, list[str]] = {}
        for trace in self._traces:
            chosen = self._chosen.get(trace._trace_ind, [])
            found.setdefault(trace.meta, []).extend(str(trace.customdata[point]) for point in chosen)
        return {kind: tuple(ids) for kind, ids in found.items() if ids}

    def on_select(self, listener: Callable[[Selected], Any]) -> None:
        """Have a function called with `selected` whenever it has changed."""
        self._listeners.append(listener)

    def _hovered(self, trace: Any, points: Any, _: Any) -> None:
        if points.point_inds:
            self.card.value = card_of(self.collection, trace.meta, str(trace.customdata[points.point_inds[0]]))

    def _selected(self, trace: Any, points: Any, _: Any) -> None:
        """Plotly calls it for one trace after the other, also for those of which nothing is selected."""
        self._chosen[trace._trace_ind] = list(points.point_inds)
        if trace is self._traces[-1]:
            for listener in self._listeners:
                listener(self.selected)

    def _repr_mimebundle_(self, **given: Any) -> Any:
        return self._box._repr_mimebundle_(**given)


def card_of(collection: Collection, kind: str, point: str) -> str:
    """HTML of what a point stands for: its picture, and its words."""
    if kind == WORD:
        return _card("", point)
    name, _, number = point.rpartition("#") if kind == TEXT else (point, "", "")
    item = collection.item(name)
    said = [item.captions[int(number)]] if kind == TEXT else list(item.captions[:_MOST_CAPTIONS])
    if kind == RECIPE:
        said = [item.inputs[RECIPE][0].title]
    try:
        picture = base64.b64encode(small_webp(item.image_path, _CARD_PIXELS)).decode()
    except ImageError as error:
        picture, said = "", [str(error)]
    return _card(picture, item.id, said)


def _card(picture: str, title: str, said: Sequence[str] = ()) -> str:
    image = (
        f'<img src="data:image/webp;base64,{picture}" style="max-height: {_CARD_PIXELS}px" alt="">' if picture else ""
    )
    lines = "".join(f"<li>{escape(each)}</li>" for each in said)
    words = f"<div><b>{escape(title)}</b><ul>{lines}</ul></div>"
    style = f"display: flex; gap: 16px; min-height: {_CARD_PIXELS}px; line-height: 1.5"
    return f'<div style="{style}">{image}{words}</div>'


def _groups(drawn: Projection, kind: str, collection: Collection, colour: str) -> dict[str, list[int]]:
    """Name of a trace -> its rows of a kind of points: all of them, or pictures by their value of a facet."""
    ids = drawn.ids[kind]
    if kind != IMAGE or not colour:
        return {f"{title_of(kind)}s": list(range(len(ids)))}
    known = facets(collection)
    if colour not in known:
        expected = f"expected {', '.join(known)}" if known else "nothing is known of its pictures"
        raise CollectionError(f"{collection.name} has no {colour!r} to colour a map by; {expected}.")
    values = [known[colour][collection.rows[item_id]] for item_id in ids]
    return {value: [row for row, each in enumerate(values) if each == value] for value in legend(values)}


def _trace(go: Any, drawn: Projection, kind: str, name: str, rows: Sequence[int], collection: Collection) -> Any:
    x, y = drawn.of(kind)[list(rows)].T
    ids = [drawn.ids[kind][row] for row in rows]
    of_kind = {"color": _COLOURS[kind]} if len(rows) == len(drawn.ids[kind]) else {}
    return go.Scattergl(
        x=x, y=y, customdata=np.array(ids, dtype=object), meta=kind, name=name, mode="markers",
        marker={"symbol": _SYMBOLS[kind], "size": 7, "opacity": 0.7, **of_kind},
        text=[_said(collection, kind, each) for each in ids], hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _said(collection: Collection, kind: str, point: str) -> str:
    if kind == TEXT:
        name, _, number = point.rpartition("#")
        return escape(collection.item(name).captions[int(number)])
    return escape(collection.item(point).inputs[RECIPE][0].title if kind == RECIPE else point)


def _layout(title: str) -> dict[str, Any]:
    from plotly.colors import qualitative

    bare = {"visible": False}
    return {
        "title": {"text": escape(title)}, "height": 620, "dragmode": "lasso",
        "colorway": qualitative.Dark24, "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 0, "r": 0, "t": 40, "b": 0}, "legend": {"itemsizing": "constant"},
        "xaxis": bare, "yaxis": {**bare, "scaleanchor": "x"}, "hoverlabel": {"namelength": -1},
    }  # fmt: skip
