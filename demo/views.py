"""The views of the page, in the order of their tabs: one line each."""

from __future__ import annotations

from .about.tab import About
from .arithmetic.tab import Arithmetic
from .compare.tab import Compare
from .evaluate.tab import Evaluate
from .learn.tab import Learn
from .map.tab import MapView
from .search.tab import Search
from .shared.view import View
from .words.tab import Words

VIEWS: tuple[type[View], ...] = (Search, Arithmetic, MapView, Words, Learn, Compare, Evaluate, About)
