"""Figures from score matrices: retrieval, arithmetic, analogies, agreement of two models, and their tables.

Imports `vse.search` and below.
"""
