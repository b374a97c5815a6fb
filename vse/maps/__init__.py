"""The joint space laid in a plane: UMAP, kept with the measures of what it keeps of the space.

Its central type is `projection.Projection`. Imports `vse.search` and below.
"""
