"""What a desk's own tickets taught: a recipe of its own and a linear model, saved apart."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from search.errors import SnapshotError
from search.linear_model import LinearModel
from search.recipe import DEFAULT_RECIPE, Recipe
from search.snapshots import load_snapshot, save_snapshot

_KIND: Final = "desk-model-2"


@dataclass(frozen=True)
class DeskModel:
    """How this desk ranks. `tickets` is how many it was learned from."""

    recipe: Recipe = DEFAULT_RECIPE
    linear: LinearModel | None = None
    tickets: int = 0

    def save(self, folder: Path, version: int) -> str:
        """Make it the current model of a folder, atomically; returns its name there."""
        place = save_snapshot(
            folder,
            kind=_KIND,
            version=version,
            arrays=self.linear.arrays() if self.linear else {},
            values={"recipe": self.recipe.as_dict(), "tickets": self.tickets},
        )
        return place.name

    @classmethod
    def load(cls, folder: Path) -> "DeskModel":
        """The current model of a folder. Raises SnapshotError: go on without, and train again."""
        snapshot = load_snapshot(folder, kind=_KIND)
        try:
            linear = LinearModel.from_arrays(snapshot.arrays) if snapshot.arrays else None
            recipe = Recipe.from_dict(snapshot.values["recipe"])
            return cls(recipe, linear, int(snapshot.values["tickets"]))
        except (KeyError, TypeError, ValueError) as error:
            raise SnapshotError(f"the model in {folder} is incomplete ({error!r})") from error


UNTRAINED: Final = DeskModel()
