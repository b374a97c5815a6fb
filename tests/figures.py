"""The tables in the documentation, written from the figures that are stored: `python -m tests.figures [--write]`.

A table stands between `<!-- figures: NAME ... -->` and `<!-- end of figures -->`; NAME is one of TABLES, and its
arguments follow it. Without --write it says which pages are out of date, and its exit status is 1 when any is.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from vse.cli.axes import directions_table
from vse.cli.evaluate import maps_table
from vse.encoders.calibration import CALIBRATION, Calibration
from vse.encoders.files import read_metrics
from vse.encoders.registry import kind_in
from vse.evaluation import written
from vse.evaluation.arithmetic_table import FIGURES, curve_table
from vse.evaluation.bench.scale import Row as Searched
from vse.evaluation.bench.scale import scale_table
from vse.evaluation.bench.stores import StoreRow, stores_table
from vse.evaluation.calibrate import calibration_table
from vse.evaluation.labels import LabelEvaluation
from vse.evaluation.model_card import with_metadata
from vse.evaluation.pointing import from_json as pointing_from
from vse.evaluation.pointing import kinds_table, pointing_table
from vse.evaluation.recipes import RecipeFigures, recipes_table, variants_table
from vse.evaluation.report import measured_table
from vse.evaluation.retrieval import Evaluation
from vse.evaluation.speech import Heard, heard_table
from vse.evaluation.tables import figure, percent, table
from vse.evaluation.translation import SearchRow, TranslationRow, search_table, translation_table
from vse.evaluation.word_tables import analogies_table, likeness_table, sections_table
from vse.evaluation.world_questions import WORLD
from vse.io.paths import ASSETS, MODELS, WORDS
from vse.maps.bench import MapRow
from vse.maps.directions import Directions
from vse.training.films.film import film_file, film_table, open_film
from vse.training.films.pictures import FILMS
from vse.training.films.presets import PRESETS
from vse.training.studies.ablation import Row, ablation_table
from vse.training.studies.transfer import copied, factors, layers

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted(MODELS.glob("*/README.md")),
)
_MARKED = re.compile(r"(<!-- figures: (.+?) -->\n).*?(<!-- end of figures -->)", re.DOTALL)


def metrics(model: str, measured: str) -> dict[str, Any]:
    """The figures of a bundled model on a collection, as they were measured."""
    found: dict[str, Any] = json.loads((MODELS / model / "metrics.json").read_text(encoding="utf-8"))[measured]
    return found


def stored(model: str, measured: str) -> Evaluation:
    """Those on a collection with captions."""
    return Evaluation.from_json(metrics(model, measured))


def evaluate(model: str, *measured: str) -> str:
    """As `python -m vse evaluate` prints it."""
    found = metrics(model, " ".join(measured))
    return measured_table(LabelEvaluation.from_json(found) if "labels" in found else Evaluation.from_json(found))


def calibration(model: str) -> str:
    """As `python -m vse calibrate` prints it."""
    fingerprint = json.loads((MODELS / model / CALIBRATION).read_text(encoding="utf-8"))["fingerprint"]
    return calibration_table(Calibration.load(MODELS / model, fingerprint))


def labels(model: str, *measured: str) -> str:
    """How well the names of some labels find their photographs, the best first."""
    found = LabelEvaluation.from_json(metrics(model, " ".join(measured))).each
    rows = [[name, figure(found[name][1], 0), str(found[name][0])] for name in found if name in LABELS]
    return "\n".join(table(["label", "precision@10, of as many as there are", "photographs"], rows))


def compare(*models: str, on: str = "scenes") -> str:
    """Models beside each other on a collection, in the directions that all of them have."""
    found = [stored(model, on) for model in models]
    ways = [way for way in found[0].directions if all(way in each.directions for each in found)]
    rows = []
    for way in ways:
        metrics = [each.directions[way] for each in found]
        recall = [" / ".join(map(figure, (m.r1, m.r5, m.r10))) for m in metrics]
        rows.append([f"{way.title}, R@1 / R@5 / R@10", *recall])
    rows.append(["rsum", *(figure(each.rsum) for each in found)])
    for way in ways:
        for title, groups in (
            ("", [each.truth for each in found]),
            (", held-out combinations", [each.held_out for each in found]),
        ):
            if all(groups):
                values = [figure(group[way].satisfied_at_1) for group in groups]
                rows.append([f"{way.title}{title}, satisfied@1", *values])
    return "\n".join(table(["", *models], rows))


def ablation(of: str = "") -> str:
    """As `python -m vse ablation` prints it: of the combinations, or of further "settings"."""
    name = f"ablation-{of}.json" if of else "ablation.json"
    rows = json.loads((ASSETS / name).read_text(encoding="utf-8"))["rows"]
    return ablation_table([Row(**row) for row in rows])


def arithmetic(which: str, collection: str = "") -> str:
    """What `python -m vse arithmetic` found: "swaps", "queries", "ways" or "curve", on counterparts or a collection."""
    name = f"arithmetic-{collection}.json" if collection else "arithmetic.json"
    found = json.loads((ASSETS / name).read_text(encoding="utf-8"))
    if which == "curve":
        curves = {way: {at["weight"]: at for at in curve} for way, curve in found["curves"].items()}
        return "\n".join(curve_table(curves))
    whole = {f"**{'over all' if which == 'swaps' else 'picture − old + new'}**": found["overall"]}
    rows: dict[str, Mapping[str, Mapping[str, Any]]] = {
        "swaps": {**found["by_swap"], **whole},
        "queries": {**whole, **found["ablations"]},
        "ways": {f"`{name}`": scores for name, scores in found["ways"].items()},
    }
    known = [key for key in FIGURES if key in found["overall"]]
    head, lines = [which.removesuffix("s") if which != "queries" else "query"], []
    head += [*(FIGURES[key] for key in known), "queries"]
    for name, scores in rows[which].items():
        lines.append([name, *(percent(scores[key]) for key in known), str(scores["queries"])])
    if which == "swaps" and "exact_at_1" in known:
        head.append("best ablation's exact@1")
        of = {name: {**found["ablations_by_swap"][name], "**over all**": found["ablations"][name]}
              for name in found["ablations"]}  # fmt: skip
        for line in lines:
            best = max(of, key=lambda name: of[name][line[0]]["exact_at_1"])
            line.append(f"{percent(of[best][line[0]]['exact_at_1'])} ({best})")
    return "\n".join(table(head, lines))


def words(which: str) -> str:
    """As `python -m vse words evaluate` prints it: "analogies", with --sections "sections", or "likeness"."""
    found = json.loads((WORDS / "evaluation.json").read_text(encoding="utf-8"))
    if which == "sections":
        return sections_table(found, WORLD)
    return analogies_table(found) if which == "analogies" else likeness_table(found)


def translation(which: str) -> str:
    """As `python -m vse words translate` prints it: "curve", or with --search "search"."""
    name = {"curve": "translation", "search": "translation-search"}[which]
    rows = json.loads((WORDS / f"{name}.json").read_text(encoding="utf-8"))
    if which == "search":
        return search_table([SearchRow(**row) for row in rows])
    return translation_table([TranslationRow(**row) for row in rows], "English", "Spanish")


def captions(which: str) -> str:
    """As `python -m vse evaluate --captions` prints it: "pictures" or "sums" of Emoji Scenes, or "photographs"."""
    if which == "photographs":
        rows = json.loads((ASSETS / "captions-photographs.json").read_text(encoding="utf-8"))
        return written.likeness_table({name: written.Likeness(**row) for name, row in rows.items()})
    rows = json.loads((ASSETS / "captions.json").read_text(encoding="utf-8"))[which]
    if which == "sums":
        return written.sums_table({name: written.TruthOfSums(**row) for name, row in rows.items()})
    return written.truth_table({name: written.TruthOfWritten(**row) for name, row in rows.items()})


def recipes(which: str) -> str:
    """As `python -m vse evaluate --dishes 2000` prints it, of "recipes-vse", or of the "variants" beside each other."""
    if which == "variants":
        rows = json.loads((ASSETS / "recipes-ablation.json").read_text(encoding="utf-8"))["rows"]
        return variants_table({name: RecipeFigures.from_json(row) for name, row in rows.items()})
    return recipes_table(RecipeFigures.from_json(json.loads((ASSETS / "recipes.json").read_text(encoding="utf-8"))))


def speech() -> str:
    """As `python -m vse evaluate scenes-vse scenes --spoken` prints it."""
    rows = json.loads((ASSETS / "speech.json").read_text(encoding="utf-8"))
    return heard_table({title: Heard(**row) for title, row in rows.items()})


def pointing(which: str) -> str:
    """As `python -m vse evaluate scenes-vse scenes --pointing` prints it: its "ways", or the "kinds" found least."""
    found = pointing_from(json.loads((ASSETS / "pointing.json").read_text(encoding="utf-8")))
    return pointing_table(found) if which == "ways" else kinds_table(found)


def axes() -> str:
    """As `python -m vse axes scenes-vse scenes --beside scenes-clip` prints it."""
    models = json.loads((ASSETS / "axes.json").read_text(encoding="utf-8"))["models"]
    facts = {model: {fact: Directions.from_json(row) for fact, row in rows.items()} for model, rows in models.items()}
    return directions_table(facts)


def stores() -> str:
    """As `python -m vse bench --stores` prints it."""
    rows = json.loads((ASSETS / "stores.json").read_text(encoding="utf-8"))["rows"]
    return stores_table([StoreRow(**row) for row in rows])


def maps() -> str:
    """As `python -m vse bench --maps` prints it."""
    rows = json.loads((ASSETS / "maps.json").read_text(encoding="utf-8"))["rows"]
    return maps_table([MapRow(**row) for row in rows])


def transfer(study: str) -> str:
    """As `python -m vse transfer` prints "layers", "copied" or "factors"."""
    rows = json.loads((ASSETS / f"transfer-{study}.json").read_text(encoding="utf-8"))["rows"]
    if study == "copied":
        return copied.copied_table(copied.rows_from(rows))
    if study == "factors":
        return factors.factors_table(factors.rows_from(rows))
    return layers.layers_table(layers.rows_from(rows))


def scale(of: str = "") -> str:
    """As `python -m vse bench --photos` prints it: of exact search, or "approximate" beside it."""
    name = f"scale-{of}.json" if of else "scale.json"
    rows = json.loads((ASSETS / name).read_text(encoding="utf-8"))["rows"]
    return scale_table([Searched(**row) for row in rows])


LABELS = (  # everyday ones, of which the documentation shows the figures
    *("cat", "dog", "horse", "bird", "car", "bus", "train", "bicycle", "boat", "pizza"),
    *("kitchen", "bedroom", "street", "mountain", "forest", "sea"),
)


def films() -> str:
    """As `python -m vse film record` prints it."""
    return film_table({name: open_film(film_file(FILMS, name)) for name in PRESETS})


TABLES: dict[str, Callable[..., str]] = {
    "evaluate": evaluate,
    "calibration": calibration,
    "labels": labels,
    "compare": compare,
    "compare-recipes": partial(compare, on="recipes"),
    "ablation": ablation,
    "arithmetic": arithmetic,
    "pointing": pointing,
    "recipes": recipes,
    "speech": speech,
    "words": words,
    "translation": translation,
    "captions": captions,
    "transfer": transfer,
    "scale": scale,
    "axes": axes,
    "stores": stores,
    "maps": maps,
    "films": films,
}


def renewed(text: str) -> str:
    """A page with the tables that the stored figures give.

    Raises:
        KeyError: for a table that is not one of TABLES, or figures that are not stored.
    """

    def renew(found: re.Match[str]) -> str:
        name, *arguments = found[2].split()
        return f"{found[1]}\n{TABLES[name](*arguments)}\n\n{found[3]}"

    return _MARKED.sub(renew, text)


def renewed_page(page: Path) -> str:
    """A page as `renewed`; the card of a model with the YAML that its metrics.json gives, too."""
    text = renewed(page.read_text(encoding="utf-8"))
    if page.parent.parent != MODELS:
        return text
    return with_metadata(text, page.parent.name, kind_in(page.parent), read_metrics(page.parent))


def main() -> int:
    parser = argparse.ArgumentParser(description="Check the tables in the documentation.")
    parser.add_argument("--write", action="store_true", help="write those that are out of date")
    options = parser.parse_args()
    stale = 0
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        if (new := renewed_page(page)) == text:
            continue
        if options.write:
            page.write_text(new, encoding="utf-8")
        stale += not options.write
        print(f"{page.relative_to(ROOT)}: {'written' if options.write else 'out of date'}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
