"""The logger of fastvec: what gensim logs, for programs that set up ``logging`` as for gensim.

Remarks about odd calls have the level WARNING; lines about reading, training and files INFO.
"""

import logging

log = logging.getLogger("fastvec")
