"""What other tools read: a collection with its vectors and its map, or a model, in the formats of the field.

One file a format; `vse.interop.formats.FORMATS` is the registry that `python -m vse export` offers. It may import all
of vse but the command line. The libraries of the tools themselves are imported where they are used, and are extras.
"""
