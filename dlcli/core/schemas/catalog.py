"""Which schema a recipe has: by its task, or by the command it belongs to."""

from __future__ import annotations

from dlcli.core.errors import MissingError, UsageError
from dlcli.core.names import TASKS, VISUALIZE
from dlcli.core.nearest import nearest
from dlcli.core.schemas.base import Section

COMMAND_SCHEMAS = ("predict", "evaluate", "describe", "detect", "cascade")
COMMAND_SCHEMAS += ("boost", "boost-cv", "boost-compare", "boost-apply", "boost-importance")
EMBED_VERBS = ("tokenize", "bpe", "stem", "lemmatize", "stopwords", "tag", "vectorize", "cooccurrence", "pairs")
EMBED_VERBS += ("neighbors", "analogy", "similarity", "evaluate", "encode", "convert", "matrix", "project")
COMMAND_SCHEMAS += ("embed", *(f"embed-{verb}" for verb in EMBED_VERBS))
COMMAND_SCHEMAS += tuple(f"visualize-{verb}" for verb in VISUALIZE)


def schema_of(name: str, *, training: bool = False) -> type[Section]:
    """Return the schema of a task or of a computing command.

    Args:
        name: of either.
        training: a task of ``train`` is meant, whatever command has that name too.

    Raises:
        UsageError: no such task or command.
        MissingError: known, but not built yet.

    """
    match name:
        case "classify":
            from dlcli.core.schemas.classify import ClassifyRecipe

            return ClassifyRecipe
        case "predict" | "evaluate":
            from dlcli.core.schemas import predict

            return {"predict": predict.PredictRecipe, "evaluate": predict.EvaluateRecipe}[name]
        case "describe":
            from dlcli.core.schemas.describe import DescribeRecipe

            return DescribeRecipe
        case "boost" | "boost-cv" | "boost-compare" | "boost-apply" | "boost-importance":
            from dlcli.core.schemas import boost

            return {
                "boost": boost.BoostRecipe,
                "boost-cv": boost.CvRecipe,
                "boost-compare": boost.CompareRecipe,
                "boost-apply": boost.ApplyRecipe,
                "boost-importance": boost.ImportanceRecipe,
            }[name]
        case "embed":
            from dlcli.core.schemas import embed

            return embed.EmbedRecipe
        case _ if name.startswith("embed-") and name in COMMAND_SCHEMAS:
            return _embed(name.removeprefix("embed-"))
        case _ if name.startswith("visualize-") and name in COMMAND_SCHEMAS:
            return _visualize(name.removeprefix("visualize-"))
        case "detect" | "cascade" if not training:
            from dlcli.core.schemas import cascade

            return {"detect": cascade.DetectRecipe, "cascade": cascade.CascadeRecipe}[name]
    if name in TASKS:
        built = ", ".join(t for t, done in TASKS.items() if done)
        raise MissingError(f"training task {name!r} is not built yet; built: {built}")
    known = [*(t for t, done in TASKS.items() if done), *COMMAND_SCHEMAS]
    raise UsageError(
        f"no task or command with a recipe is called {name!r}; allowed: {', '.join(known)}"
        f"{nearest(name, [*TASKS, *COMMAND_SCHEMAS])}"
    )


def _embed(verb: str) -> type[Section]:
    """Return the schema of a verb of ``dlcli embed``."""
    match verb:
        case "tokenize" | "bpe":
            from dlcli.core.schemas import embed_text as module
        case "stem" | "lemmatize" | "stopwords" | "tag":
            from dlcli.core.schemas import embed_words as module
        case "vectorize" | "cooccurrence" | "pairs":
            from dlcli.core.schemas import embed_counts as module
        case "convert" | "matrix":
            from dlcli.core.schemas import embed_files as module
        case "project":
            from dlcli.core.schemas import embed_project as module
        case _:
            from dlcli.core.schemas import embed_use as module
    return getattr(module, f"{verb.capitalize()}Recipe")


def _visualize(verb: str) -> type[Section]:
    """Return the schema of a verb of ``dlcli visualize``."""
    match VISUALIZE[verb]:
        case "kernel":
            from dlcli.core.schemas import visualize_kernel as module
        case "layers":
            from dlcli.core.schemas import visualize_layers as module
        case "patches":
            from dlcli.core.schemas import visualize_patches as module
        case "pixels":
            from dlcli.core.schemas import visualize_pixels as module
        case "cams":
            from dlcli.core.schemas import visualize_cams as module
        case "attention":
            from dlcli.core.schemas import visualize_attention as module
        case "images":
            from dlcli.core.schemas import visualize_images as module
        case "dreams":
            from dlcli.core.schemas import visualize_dreams as module
        case "gradients":
            from dlcli.core.schemas import visualize_gradients as module
        case "curves":
            from dlcli.core.schemas import visualize_curves as module
        case "judge":
            from dlcli.core.schemas import visualize_judge as module
        case _:
            from dlcli.core.schemas import visualize_all as module
    return getattr(module, f"{verb.title().replace('-', '')}Recipe")
