"""Files, caches, downloads and progress; knows no model.

Writes are atomic (`atomic`), downloads resume (`download`), rows that are dear to make are kept (`row_cache`).
Imports nothing of this project but `vse.errors`.
"""
