"""Asking a space: the query language, arithmetic, vector stores, folders of photographs, explanations.

Its central type is `searcher.Searcher`. Imports `vse.data`, `vse.encoders` and below.
"""
