"""The curves of a model's training as a method, which Word2Vec and GloVe share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastvec._util.options import shown
from fastvec.models.evaluating import Evaluation

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Plotted:
    """A model that draws how its training went."""

    def plot(self, *evaluations: Evaluation) -> Figure:
        """Draw the training loss and the validation loss after each epoch.

        Parameters
        ----------
        evaluations : Evaluation
            callbacks of the latest training, whose scores are drawn, too.

        Returns
        -------
        matplotlib Figure
            save it with ``.savefig("curves.png")``.

        Raises
        ------
        TypeError
            what is no Evaluation.
        ValueError
            a model that was not trained.
        ImportError
            without matplotlib: ``pip install 'fastvec[plot]'``.

        >>> len(model.plot().axes)
        1
        """
        from fastvec.plots.curves import draw_curves
        from fastvec.plots.runs import of_model

        for one in evaluations:
            if not isinstance(one, Evaluation):
                raise TypeError(f"plot takes callbacks Evaluation of a training, got {shown(one)}")
        return draw_curves([of_model(self, evaluations)])
