"""What a desk's own tickets taught: a recipe of its own and linear models, saved apart."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from search.ear import Ear
from search.errors import SnapshotError
from search.linear_model import LinearModel
from search.meaning_model import MeaningModel
from search.recipe import DEFAULT_RECIPE, HEARING_RECIPE, Recipe
from search.snapshots import load_snapshot, save_snapshot

_KIND: Final = "desk-model-4"


@dataclass(frozen=True)
class DeskModel:
    """How this desk ranks.

    `tickets` is how many it was learned from, `ear` the name of the ear that heard them.
    """

    recipe: Recipe = DEFAULT_RECIPE
    linear: LinearModel | None = None
    tickets: int = 0
    ear: str = ""
    meant: MeaningModel | None = None

    def save(self, folder: Path, version: int) -> str:
        """Make it the current model of a folder, atomically; returns its name there."""
        place = save_snapshot(
            folder,
            kind=_KIND,
            version=version,
            arrays=(self.linear.arrays() if self.linear else {})
            | (self.meant.arrays() if self.meant else {}),
            values={"recipe": self.recipe.as_dict(), "tickets": self.tickets, "ear": self.ear},
        )
        return place.name

    @classmethod
    def load(cls, folder: Path) -> "DeskModel":
        """The current model of a folder. Raises SnapshotError: go on without, and train again."""
        snapshot = load_snapshot(folder, kind=_KIND)
        try:
            arrays, values = snapshot.arrays, snapshot.values
            linear = LinearModel.from_arrays(arrays) if "keys" in arrays else None
            meant = MeaningModel.from_arrays(arrays) if "meant-bias" in arrays else None
            recipe = Recipe.from_dict(values["recipe"])
            return cls(recipe, linear, int(values["tickets"]), str(values.get("ear", "")), meant)
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise SnapshotError(f"the model in {folder} is incomplete ({error!r})") from error


UNTRAINED: Final = DeskModel()


def fitting(model: DeskModel | None, ear: Ear | None) -> DeskModel:
    """A model, if it was learned with this ear (None: without any); else the untrained one for it."""
    name = ear.name if ear else ""
    if model is not None and model.ear == name:
        return model
    return DeskModel(HEARING_RECIPE, ear=name) if ear else UNTRAINED
