"""Make the files of this folder: run with fastvec as it was at commit 4e8f0f5.

The folder is kept as it is: fastvec must go on opening files that it wrote then.
"""

import numpy as np

from fastvec import Corpus, GloVe, KeyedVectors, Phrases, Word2Vec

TEXT = [["a", "rose", "is", "a", "rose", "é"], ["new", "york", "is", "new", "york"]] * 3
SMALL = {"vector_size": 3, "min_count": 1, "epochs": 1, "workers": 1, "seed": 7, "sample": 0}

Corpus.read(TEXT, min_count=1, lower=True).save("words.fvc")
Corpus.read([[30, 7], [7, 12]], min_count=1).save("integers.fvc")

model = Word2Vec(TEXT, hs=1, negative=2, **SMALL)
model.wv.vectors_lockf[1] = 0.5
model.wv.set_vecattr("rose", "rank", 3)
model.save("word2vec.safetensors")

vectors = KeyedVectors(2, dtype=np.float16)
vectors.add_vectors([30, 7], [[1, 2], [3, 4.5]])
vectors.set_vecattr(7, "rank", 3)
vectors.save("vectors.safetensors")

glove = GloVe(3, min_count=1, epochs=1, workers=1, seed=7, progress=False).fit(TEXT)
glove.save("glove.safetensors")
glove.pairs.save("pairs.safetensors")

phrases = Phrases(TEXT, min_count=1, threshold=0.1, connector_words=["is"])
phrases.save("phrases.fvp")
phrases.freeze().save("frozen.fvp")

print("corpus", Corpus.open("words.fvc").tokens.tolist())
print("word2vec", model.wv.index_to_key, model.wv.vectors.round(4).tolist())
print(model.syn1neg[0].round(4).tolist(), model.syn1[0].round(4).tolist())
print("glove", glove.wv.index_to_key, glove.wv.vectors.round(4).tolist())
print("pairs", glove.pairs.to_scipy().toarray().round(3)[:2].tolist())
print("phrases", phrases.export_phrases(), dict(phrases.vocab))
