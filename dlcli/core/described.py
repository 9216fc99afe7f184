"""Which network ``describe`` is to show: from a name, or from a recipe of ``train``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dlcli.core import recipe as recipes
from dlcli.core import shipped, yaml12
from dlcli.core.recipe import Resolved


def asked(model: str, overrides: Sequence[str], options: Mapping[str, tuple[str, str]]) -> Resolved:
    """Return the resolved recipe of ``describe``.

    Args:
        model: the word typed; the name or file of a recipe of ``train`` stands for the network it trains, with its
            arguments and the size of its pictures.
        overrides: words of ``--set``.
        options: see ``core/recipe.resolve``.

    Raises:
        UsageError: everything wrong with them.

    """
    if not model.endswith((".yaml", ".yml")) and model not in shipped.recipe_files():
        base = yaml12.Table(yaml12.Where("describe defaults"))
        base[yaml12.Text("model", base.where)] = yaml12.Text(model, yaml12.Where(model))
    else:
        trained = recipes.plain(recipes.resolve(model, ["data.train=digits"]).recipe)  # no matter which
        network, image = trained["model"], trained["data"]["image"]
        tree: dict[str, Any] = {"model": network["name"], "args": network["args"]}
        size = image["size_px"]
        if size is not None:
            tree["built_px"] = "x".join(map(str, size)) if isinstance(size, list) else str(size)
        if str(image["channels"]) != "auto":
            tree["channels"] = image["channels"]
        base = yaml12.read(yaml12.dump(tree).encode(), model)
    return recipes.resolve(None, overrides, options, command="describe", base=base, name=model)
