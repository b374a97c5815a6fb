"""Search in one collection with one model: what the command line, the demo and notebooks share."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from vse.data import Collection, load_collection
from vse.data.collection import distinct_names
from vse.data.collection import joined as joined_collection
from vse.encoders.base import (
    Encoder,
    ImageInput,
    Prepares,
    Written,
    can_write,
    captions_of,
    fingerprint_for,
    placed_words,
    spelt_words,
    unknown_words,
    words_heard,
)
from vse.encoders.calibration import calibration_of
from vse.encoders.registry import load_model
from vse.encoders.similarity import COSINE
from vse.errors import CollectionError, ModalityError, QueryError, TextError
from vse.io.paths import DEFAULT_WAY
from vse.io.progress import Progress
from vse.modalities import RECIPE
from vse.modalities.base import load_modality
from vse.modalities.image.facts import Facts
from vse.modalities.recipe.recipe import Recipe
from vse.modalities.text.negation import negates
from vse.modalities.text.unknown import UnknownWord
from vse.search.arithmetic import EmbedTexts, Means, means_of, name_of_way, way_named
from vse.search.caption_swap import captions_swapped, minus_and_plus, operands_in_captions
from vse.search.fit import collection_level, with_fit
from vse.search.folders import FOLDS, Look, fold
from vse.search.given import Given, is_recording, things_given, vector_given
from vse.search.hit import Hit
from vse.search.negation import Negation, negation_in
from vse.search.query import Filter, Picture, Query, Resolved, read, resolve
from vse.search.stores.base import EXACT, VectorStore, some_rows
from vse.search.stores.exact import EmbeddingIndex
from vse.search.telling import most_telling, words_asked
from vse.search.vectors import IMAGE, TEXT, Looks, facts_of, looks_in, readable, store_of

_DEEPEST = 8  # times as many answers as are wanted, that are looked through for duplicates


@dataclass(frozen=True, eq=False)
class Answer:
    """What was asked, as vectors too, and the pictures found; `negation` is what to tell where the words negate.

    resolved: None for a query of filters alone, whose pictures have no score, NaN.
    alike: by the id of an answer, those further down that are duplicates of it, where they are folded.
    heard: the words that the model made out of a recording, none where nobody speaks; None where there is none.
    """

    query: Query
    resolved: Resolved | None
    hits: list[Hit]
    alike: Mapping[str, tuple[Hit, ...]] = field(default_factory=dict)
    heard: tuple[str, ...] | None = None

    @cached_property
    def negation(self) -> Negation | None:
        return negation_in(self.query)


@dataclass(frozen=True)
class Searcher:
    """A model, a collection, and the vectors of its inputs under that model, a store for each modality.

    indexes: by modality; a row for each of `collection.inputs(modality)`, in that order.
    facts: what is known of the pictures, by their ids; None where nothing is kept of such a collection.
    looks: gives what tells duplicates apart, of pictures by their ids; None as for `facts`.
    """

    encoder: Encoder
    collection: Collection
    indexes: Mapping[str, VectorStore]
    facts: Mapping[str, Facts] | None = None
    looks: Looks | None = field(default=None, compare=False, repr=False)

    @classmethod
    def open(
        cls,
        model: str | Path | Encoder,
        collection: str | Path | Collection,
        progress: Progress | None = None,
        store: str = EXACT,
    ) -> Searcher:
        """Load both; vectors come from what ships, from the cache, or are made once and cached.

        Of a plain folder of pictures, those that cannot be read are left out, with a warning.

        Args:
            store: what holds the vectors, as for `vse.search.vectors.store_of`.

        Raises:
            CollectionError: for a collection of which the model reads nothing, and as `store_of`.
            FingerprintError, InstallationError: as `store_of`.
        """
        encoder = load_model(model) if isinstance(model, str | Path) else model
        loaded = load_collection(collection) if isinstance(collection, str | Path) else collection
        both = [modality for modality in encoder.modalities if modality in loaded.modalities]
        if not both:
            raise CollectionError(
                f"{loaded.name} has {' and '.join(loaded.modalities) or 'no items'}, and {encoder.name} reads "
                f"{' and '.join(encoder.modalities)}: choose another model or collection."
            )
        loaded = readable(encoder, loaded, progress)
        indexes = {each: store_of(encoder, loaded, each, store, progress) for each in both}
        return cls(encoder, loaded, indexes, facts_of(loaded), looks_in(loaded))

    @classmethod
    def joined(cls, searchers: Sequence[Searcher], names: Sequence[str] = ()) -> Searcher:
        """Several collections under one model, searched as one: ids begin with the names of their collections.

        No vector is made. A modality is searched where the vectors of all that have it are there.

        Args:
            names: of the collections, instead of their own; no two are the same.
        """
        names = names or distinct_names([each.collection.name for each in searchers])
        collection = joined_collection([each.collection for each in searchers], names=names)
        by_name = dict(zip(names, searchers, strict=True))
        encoder = searchers[0].encoder
        indexes: dict[str, VectorStore] = {}
        for modality in encoder.modalities:
            having = {name: each for name, each in by_name.items() if modality in each.collection.modalities}
            if not having or not all(modality in each.indexes for each in having.values()):
                continue
            ids = tuple(f"{name}/{item}" for name, each in having.items() for item in each.index(modality).item_ids)
            vectors = np.concatenate([np.asarray(each.index(modality).vectors) for each in having.values()])
            indexes[modality] = EmbeddingIndex(fingerprint_for(encoder, modality), modality, ids, vectors)
        known = {name: each.facts for name, each in by_name.items() if each.facts is not None}
        facts = {f"{name}/{item}": each for name, some in known.items() for item, each in some.items()}

        def looks(ids: Sequence[str]) -> list[Look | None]:
            found: dict[str, Look | None] = {}
            for name, each in by_name.items():
                own = [item.removeprefix(f"{name}/") for item in ids if item.startswith(f"{name}/")]
                if own and each.looks is not None:
                    found |= {f"{name}/{item}": look for item, look in zip(own, each.looks(own), strict=True)}
            return [found.get(item) for item in ids]

        has_looks = any(each.looks is not None for each in searchers)
        return cls(encoder, collection, indexes, facts if known else None, looks if has_looks else None)

    @property
    def images(self) -> VectorStore:
        """The vectors of the pictures.

        Raises:
            CollectionError: when the collection has none.
        """
        return self.index(IMAGE)

    @property
    def captions(self) -> VectorStore | None:
        """The vectors of the captions; None where the collection has none."""
        return self.indexes.get(TEXT)

    def index(self, modality: str) -> VectorStore:
        """The vectors of one modality.

        Raises:
            ModalityError: for one that the model does not read.
            CollectionError: when the collection has none of it.
        """
        if modality in self.indexes:
            return self.indexes[modality]
        if modality not in self.encoder.modalities:
            read = " and ".join(self.encoder.modalities)
            raise ModalityError(f"{self.encoder.name} reads {read}, not {modality!r}: give one of these.")
        raise CollectionError(f"{self.collection.name} has no {load_modality(modality).plural} to answer with.")

    def search(self, modality: str, query: Any, to: str, k: int = 10) -> list[Hit]:
        """What of one modality is nearest to an input of another, or of the same.

        Args:
            modality: of the query, such as "text".
            query: as the modality is read: a sentence, a picture or its path, ...
            to: the modality of the answers. Of texts that are the same only one is given.

        Raises:
            ModalityError: for a modality that the model does not read.
            TextError, ImageError: for a query that cannot be read.
            CollectionError: when the collection has nothing of the modality of the answers.
        """
        self.index(to)
        hits = self.nearest(self.encoder.encode(modality, [query])[0], to, k, query_is=modality)
        return self._with_fit(hits, modality, to, query) if modality == TEXT else hits

    def nearest(
        self, vector: np.ndarray, to: str, k: int = 10, *, query_is: str, filters: Sequence[Filter] = ()
    ) -> list[Hit]:
        """As `search`, for a query that is a vector (dim,) already, among the items that fit all filters."""
        return self._with_fit(self._nearest(vector, to, k, query_is, filters), query_is, to)

    def _with_fit(self, hits: Sequence[Hit], query_is: str, to: str, text: str = "") -> list[Hit]:
        if calibration_of(self.encoder).cut(query_is, to) is None:
            return list(hits)
        if (query_is, to) not in self._levels:
            self._levels[query_is, to] = collection_level(self.encoder, query_is, self.index(to))
        return with_fit(hits, self.encoder, query_is, to, text, self._levels[query_is, to])

    @cached_property
    def _levels(self) -> dict[tuple[str, str], float]:
        """How high scores are, by the modalities of queries and answers; each is found when it is first needed."""
        return {}

    def _nearest(self, vector: np.ndarray, to: str, k: int, query_is: str, filters: Sequence[Filter]) -> list[Hit]:
        index, wanted = self.index(to), 4 * k if to == TEXT else k
        among, similarity = self._among(filters, to), self.encoder.similarity
        while True:
            found = index.search(vector, wanted, similarity=similarity, query_is=query_is, among=among)
            if to != TEXT:
                return found
            hits: dict[str, Hit] = {}
            for hit in found:
                hits.setdefault(self.caption(hit).lower().rstrip("."), hit)
            if len(hits) >= k or wanted >= len(index):
                best = islice(hits.values(), k)
                return [Hit(hit.item_id, hit.score, rank, hit.row) for rank, hit in enumerate(best, start=1)]
            wanted *= 4  # a short caption may stand under very many pictures: look further down

    def search_text(self, text: str, k: int = 10) -> list[Hit]:
        """The pictures nearest to a sentence.

        Raises:
            TextError: for a text that cannot be encoded.
        """
        return self.search(TEXT, text, IMAGE, k)

    def search_image(self, image: ImageInput, k: int = 10) -> list[Hit]:
        """The captions nearest to a picture, each text once.

        Raises:
            ImageError: for a picture that cannot be read.
            CollectionError: when the collection has no captions.
        """
        return self.search(IMAGE, image, TEXT, k)

    def ask(
        self,
        query: str | Query,
        k: int = 10,
        upload: Given | Mapping[str, Given] | None = None,
        way: str = DEFAULT_WAY,
        keep_operands: bool = False,
        embed_texts: EmbedTexts | None = None,
        fold_duplicates: str = "",
    ) -> Answer:
        """The pictures nearest to an expression of the query language, see `vse.search.query`.

        Of filters alone all pictures that fit are given, without a score: the latest first, as far as it is known when
        they were taken, then the others by id.

        Args:
            query: "a dog on the beach", "[scene-0042] - dog + cat", ...
            upload: what [upload] stands for: a picture, the file of a recording or of a recipe, or a vector (dim,),
                which saves encoding it again; or several, by their names in `vse.search.query.GIVEN`.
            way: how arithmetic is done, a name of `vse.search.arithmetic.WAYS`; as usual, what suits the collection.
            keep_operands: whether pictures of the query may be among the answers.
            embed_texts: what embeds texts instead of the model, such as `embedded_ahead`.
            fold_duplicates: "same", and an answer with the same bytes as an earlier one, or the same picture, stands
                under it; "similar", and so does one whose vector is near; k then counts the others.

        Raises:
            TextError, QueryError, ImageError: for what cannot be read, parsed, embedded or computed, and for a filter
                by what is not known of the collection.
        """
        parsed = read(query) if isinstance(query, str) else query
        among = self._among(parsed.filters, IMAGE)
        if not parsed.terms and among is not None:
            rows = np.flatnonzero(among)
            hits, alike = self._folded(lambda wanted: self._listed(rows, wanted), k, fold_duplicates)
            return Answer(parsed, None, hits, alike)
        raw = things_given(upload)
        heard = self._heard(parsed, raw)
        resolved = self.resolved(parsed, self.vectors_given(parsed, raw), way, embed_texts)
        similarity = self.encoder.similarity if parsed.is_plain else COSINE
        exclude = () if keep_operands else self._used(parsed)

        def search(wanted: int) -> list[Hit]:
            hits = self.images.search(
                resolved.vector, wanted, exclude=exclude, similarity=similarity, query_is=TEXT, among=among
            )
            if heard is not None and len(parsed.terms) == 1:
                fitted = self._with_fit(hits, TEXT, IMAGE, " ".join(heard))
                return fitted if heard else [replace(hit, fit=0.0) for hit in fitted]
            return self._with_fit(hits, TEXT, IMAGE, parsed.texts[0]) if parsed.is_plain else hits

        return Answer(parsed, resolved, *self._folded(search, k, fold_duplicates), heard)

    def vectors_given(self, query: Query, given: Mapping[str, Given]) -> dict[str, np.ndarray]:
        """(dim,) the vectors of what a query speaks of among what is given with it, by its names.

        Raises:
            ModalityError, ImageError, SpeechError, RecipeError: for what the model cannot read.
        """
        return {name: vector_given(self.encoder, given[name]) for name in query.given if name in given}

    def _heard(self, query: Query, given: Mapping[str, Given]) -> tuple[str, ...] | None:
        """The words of a recording that a query needs; None where there is none."""
        recordings = (each for name in query.given if is_recording(each := given.get(name)))
        return next((words_heard(self.encoder, each) for each in recordings), None)

    def _used(self, query: Query) -> tuple[str, ...]:
        """The items whose pictures no answer should be: those of the query, but for one recipe's that is all of it."""
        named = map(self.collection.named, query.pictures)
        return tuple(item for item, modality in named if modality == IMAGE or len(query.terms) > 1)

    def _folded(
        self, search: Callable[[int], list[Hit]], k: int, fold_duplicates: str
    ) -> tuple[list[Hit], dict[str, tuple[Hit, ...]]]:
        """The first k answers, and by their ids the duplicates further down.

        Raises:
            QueryError: when nothing tells duplicates apart in the collection.
        """
        if not fold_duplicates:
            return search(k), {}
        if self.looks is None:
            raise QueryError(
                f"Duplicates are not known of {self.collection.name}: search a folder of photographs, or fold none."
            )
        if fold_duplicates not in FOLDS:
            raise QueryError(f"fold_duplicates is {fold_duplicates!r}; expected {' or '.join(map(repr, FOLDS))}.")
        wanted = 2 * k  # duplicates of the last ones may lie below them
        while True:
            hits = search(wanted)
            ids = [hit.item_id for hit in hits]
            groups = fold(self.looks(ids), self._vectors_of_pictures(ids) if fold_duplicates == "similar" else None)
            if len(groups) >= k or len(hits) < wanted or wanted >= _DEEPEST * k:
                break
            wanted *= 2
        first = [replace(hits[group[0]], rank=rank) for rank, group in enumerate(groups[:k], start=1)]
        alike = {
            hit.item_id: tuple(hits[row] for row in rows)
            for hit, (_, *rows) in zip(first, groups, strict=False)
            if rows
        }
        return first, alike

    def _vectors_of_pictures(self, ids: Sequence[str]) -> np.ndarray:
        """(n, D) float32."""
        rows = {item: row for row, item in enumerate(self.images.item_ids)}
        return self.images.rows([rows[each] for each in ids])

    def embedded_ahead(self, queries: Iterable[str]) -> EmbedTexts:
        """What embeds texts for `ask`, with those of plain queries embedded already, all at once.

        A query that cannot be read is passed over: asking it says why.
        """
        texts: list[str] = []
        for query in queries:
            with suppress(TextError, QueryError):
                if (parsed := read(query)).is_plain:
                    if isinstance(self.encoder, Prepares):
                        self.encoder.prepare(TEXT, parsed.texts[0])
                    texts.append(parsed.texts[0])
        texts = list(dict.fromkeys(texts))
        ahead = dict(zip(texts, self.encoder.encode_texts(texts), strict=True)) if texts else {}

        def embed(wanted: Sequence[str]) -> np.ndarray:
            if all(text in ahead for text in wanted):
                return np.stack([ahead[text] for text in wanted])
            return self.encoder.encode_texts(wanted)

        return embed

    def _among(self, filters: Sequence[Filter], modality: str) -> np.ndarray | None:
        """(N,) bool: which rows of a modality are of items that fit all filters; None where there is no filter.

        Raises:
            QueryError: for a filter by what is not known of the collection.
        """
        if not filters:
            return None
        if unknown := next((each for each in filters if each.asks_for and self.facts is None), None):
            home = self.collection.home
            elsewhere = home is None or self.collection.is_bundled
            other = "search a folder of photographs" if elsewhere else "index its folder first: python -m vse index"
            raise QueryError(
                f"Nothing is known of the {unknown.asks_for} of the pictures in {self.collection.name}: leave "
                f"{unknown} out, or {other}."
            )
        facts, nothing = self.facts or {}, Facts()
        fits = [
            all(each.fits(item_id, facts.get(item_id, nothing)) for each in filters)
            for item_id in self.index(modality).item_ids
        ]
        return np.array(fits, dtype=bool)

    def _listed(self, rows: np.ndarray, k: int) -> list[Hit]:
        """The first k of some rows of pictures, the latest first."""
        ids, facts = self.images.item_ids, self.facts or {}
        by_id = sorted(rows.tolist(), key=lambda row: ids[row])
        taken = {row: facts[ids[row]].taken or "" if ids[row] in facts else "" for row in by_id}
        best = sorted(by_id, key=lambda row: taken[row], reverse=True)[:k]
        return [Hit(ids[row], float("nan"), rank, row) for rank, row in enumerate(best, start=1)]

    def resolved(
        self,
        query: Query,
        given: Mapping[str, np.ndarray] = MappingProxyType({}),
        way: str = DEFAULT_WAY,
        embed_texts: EmbedTexts | None = None,
    ) -> Resolved:
        """An expression as one vector, and its parts; nothing is searched yet.

        Args:
            given: (dim,), the vectors of what is given with it, see `vectors_given`.
            way: as for `ask`.
            embed_texts: what embeds texts instead of the model.

        Raises:
            TextError, QueryError: for what cannot be embedded or computed.
        """
        recipes = {recipe: self._recipe_vector(recipe) for recipe in query.recipes}
        chosen, read = way_named(name_of_way(way, self.collection)), embed_texts or self.encoder.encode_texts
        said = operands_in_captions(query, self._captions_of(query, given)) if chosen.in_caption else {}
        return resolve(
            query,
            read if query.is_plain else chosen.embed(read, said),
            self._vector_named,
            given=given,
            recipes=recipes,
            ids=self.collection.rows,
            method=chosen.method(self.means, self._exchanged(query) if chosen.described else None),
        )

    def describe(
        self,
        query: str | Query,
        k: int = 1,
        length: str = "medium",
        upload: Given | Mapping[str, Given] | None = None,
        way: str = DEFAULT_WAY,
    ) -> list[Written]:
        """What the model writes for the point that an expression arrives at, see `Captions`; nothing is searched.

        Args:
            query: "[scene-0042]", "[upload] - dog + cat", ...
            k, length: how many captions, the best first, and how long they are to be.
            upload, way: as for `ask`.

        Raises:
            CheckpointError: when the model has not learnt to write.
            TextError, QueryError, ImageError: as `ask`.
        """
        parsed = read(query) if isinstance(query, str) else query
        if not parsed.terms:
            raise QueryError("Filters alone are no point of the space: name a picture, or say what to describe.")
        vector = self.resolved(parsed, self.vectors_given(parsed, things_given(upload)), way).vector
        return captions_of(self.encoder, vector[None], k, length)[0]

    def written_for(self, ids: Sequence[str]) -> dict[str, str]:
        """What the model writes for pictures of the collection, by their ids; none where it has not learnt to write.

        Each is written once and then remembered.
        """
        if not can_write(self.encoder):
            return {}
        if missing := [each for each in ids if each not in self._written]:
            found = captions_of(self.encoder, np.stack([self.vector_of(each) for each in missing]))
            self._written.update(zip(missing, (each[0].text for each in found), strict=True))
        return {each: self._written[each] for each in ids}

    @cached_property
    def _written(self) -> dict[str, str]:
        return {}

    def _recipe_vector(self, recipe: Recipe) -> np.ndarray:
        """
        Raises:
            QueryError: where the model reads no recipes.
            RecipeError: for one that cannot be read.
        """
        if RECIPE not in self.encoder.modalities:
            raise QueryError(
                f"A recipe came, and {self.encoder.name} reads {' and '.join(self.encoder.modalities)}: ask it of a "
                "collection of recipes, or write what it should find in one line."
            )
        return self.encoder.encode(RECIPE, [recipe])[0]

    @property
    def told_in(self) -> str:
        """The modality that answers a picture: recipes where there are such, else captions."""
        return RECIPE if RECIPE in self.indexes else TEXT

    def words(self, modality: str, hit: Hit) -> str:
        """An answer in words, as its modality says them."""
        said = load_modality(modality).words
        return said(self.collection.inputs(modality)[hit.row]) if said else hit.item_id

    def unknown_words(self, query: Query) -> tuple[UnknownWord, ...]:
        """The words of a query that the model has never seen, each once, without those that negate."""
        found = {word.word: word for text in query.texts for word in unknown_words(self.encoder, text)}
        return tuple(word for word in found.values() if not negates(word.word))

    def spelt_words(self, query: Query) -> tuple[UnknownWord, ...]:
        """The words of a query that the model reads by their letters, each once, in order."""
        found = {word.word: word for text in query.texts for word in spelt_words(self.encoder, text)}
        return tuple(found.values())

    def placed_words(self, query: Query) -> tuple[str, ...]:
        """The words of a query that have a place though the model has never read them, each once."""
        return tuple(dict.fromkeys(word for text in query.texts for word in placed_words(self.encoder, text)))

    @cached_property
    def means(self) -> Means:
        """The mean picture, and the mean caption (or no shift where there are no captions); of very many, of some."""
        return means_of(some_rows(self.images), some_rows(self.captions) if self.captions else None)

    def nearest_images(self, query: np.ndarray, k: int = 10, exclude: Container[str] = ()) -> list[Hit]:
        """The pictures nearest to a vector (dim,) of the joint space, by cosine."""
        return self.images.search(query, k, exclude=exclude)

    def nearest_captions(self, query: np.ndarray, k: int = 10, filters: Sequence[Filter] = ()) -> list[Hit]:
        """The captions nearest to a vector (dim,) of the joint space; one that stands twice is given once.

        filters: only captions of the pictures that fit them all.

        Raises:
            CollectionError: when the collection has no captions.
        """
        return self.nearest(query, TEXT, k, query_is=IMAGE, filters=filters)

    def _captions_of(self, query: Query, given: Mapping[str, np.ndarray]) -> list[str]:
        """The captions of a query's first picture, its own before any others, the nearest first."""
        picture = _starts_from(query)
        if self.captions is None or picture is None:
            return []
        own = picture in self.collection.rows
        if not own and picture not in given:
            return []
        vector = self.vector_of(picture) if own else given[picture]
        among = np.array([item_id == picture for item_id in self.captions.item_ids]) if own else None
        hits = self.captions.search(
            vector,
            len(self.captions) if own else 100,
            similarity=self.encoder.similarity,
            query_is=IMAGE,
            among=among,
        )
        return [self.caption(hit) for hit in hits]

    def _exchanged(self, query: Query) -> np.ndarray | None:
        """(N, D): the own captions of the picture that a sum with words starts from, as the sum changes them."""
        picture = _starts_from(query)
        if not query.texts or picture not in self.collection.rows:
            return None
        captions = captions_swapped(self.collection.item(picture).captions, *minus_and_plus(query))
        return self.encoder.encode(TEXT, captions, strict=False) if captions else None

    def caption(self, hit: Hit) -> str:
        """The text of a caption hit."""
        return self.collection.captions[hit.row]

    def telling_caption(self, item_id: str, query: Query, vector: np.ndarray | None = None) -> str:
        """The caption of a picture that says most of what was asked, see `most_telling`; no model is run.

        vector: (dim,), the query, to which captions with as many of its words are compared.
        """
        captions, index = self.collection.item(item_id).captions, self.captions
        first, nearness = self._first_rows.get(TEXT, {}).get(item_id), None
        if index is not None and vector is not None and first is not None:
            rows = slice(first, first + len(captions))
            if set(index.item_ids[rows]) == {item_id}:  # else some of them are not indexed yet
                nearness = COSINE.scores(vector[None], index.rows(range(rows.start, rows.stop)), a_is=TEXT, b_is=TEXT)[
                    0
                ]
        return most_telling(captions, words_asked(query), nearness)

    def caption_vector(self, item_id: str, number: int) -> np.ndarray:
        """(dim,) float32: the vector of one of a picture's captions, by its number from 0; no model is run.

        Raises:
            CollectionError: when there are no vectors of captions, or none of that one.
        """
        index, first = self.index(TEXT), self._first_rows[TEXT].get(item_id)
        if first is None or first + number >= len(index) or index.item_ids[first + number] != item_id:
            raise CollectionError(f"{item_id} of {self.collection.name} has no caption {number} that is indexed.")
        vector: np.ndarray = index.rows([first + number])[0]
        return vector

    @cached_property
    def _first_rows(self) -> dict[str, dict[str, int]]:
        """By modality, the first row of each item."""
        return {
            modality: {item_id: row for row, item_id in reversed(list(enumerate(index.item_ids)))}
            for modality, index in self.indexes.items()
        }

    def _vector_named(self, name: str) -> np.ndarray:
        """(dim,) the vector of what a bracket names, see `Collection.named`."""
        return self.vector_of(*self.collection.named(name))

    def vector_of(self, item_id: str, modality: str = IMAGE) -> np.ndarray:
        """(dim,) float32: the vector of an item's picture, or its first input of another modality; no model is run.

        Raises:
            CollectionError: when there is no such item, or it has nothing of that modality.
        """
        self.collection.item(item_id)
        index, rows = self.index(modality), self._first_rows[modality]
        if item_id not in rows:
            raise CollectionError(f"{item_id} of {self.collection.name} has nothing of modality {modality!r}.")
        vector: np.ndarray = index.rows([rows[item_id]])[0]
        return vector


def _starts_from(query: Query) -> str | None:
    """The id of the first picture that a query adds to."""
    return next((t.operand.id for t in query.terms if isinstance(t.operand, Picture) and t.weight > 0), None)
