"""The models that commands train and save."""

from __future__ import annotations

from fastvec.models.glove import GloVe
from fastvec.models.window_network import WindowNetwork
from fastvec.models.word2vec import Word2Vec

AnyModel = Word2Vec | GloVe | WindowNetwork
