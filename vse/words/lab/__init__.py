"""Learning word vectors: skip-gram, CBOW, GloVe, fastText, doc2vec and node2vec.

Each method takes a corpus, or a graph, and `Settings`, and gives `WordVectors`. gensim trains what it has; it is an
extra, imported when a method runs. What is learnt is asked without it.
"""
