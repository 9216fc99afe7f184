"""Which schema a recipe has: by its task, or by the command it belongs to."""

from __future__ import annotations

from dlcli.core.errors import MissingError, UsageError
from dlcli.core.names import TASKS
from dlcli.core.nearest import nearest
from dlcli.core.schemas.base import Section

COMMAND_SCHEMAS = ("predict", "evaluate", "describe", "detect", "cascade")
COMMAND_SCHEMAS += ("boost", "boost-cv", "boost-compare", "boost-apply", "boost-importance")
COMMAND_SCHEMAS += ("embed", "embed-tokenize", "embed-bpe", "embed-vectorize", "embed-cooccurrence")
COMMAND_SCHEMAS += ("embed-stem", "embed-lemmatize", "embed-stopwords", "embed-tag")
COMMAND_SCHEMAS += ("embed-neighbors", "embed-analogy", "embed-similarity", "embed-evaluate", "embed-encode")
COMMAND_SCHEMAS += ("embed-project", "embed-convert", "embed-matrix")


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
        case "embed" if not training:
            from dlcli.core.schemas import embed

            return embed.EmbedRecipe
        case "embed-tokenize" | "embed-bpe":
            from dlcli.core.schemas import embed_text

            return {"embed-tokenize": embed_text.TokenizeRecipe, "embed-bpe": embed_text.BpeRecipe}[name]
        case "embed-stem" | "embed-lemmatize" | "embed-stopwords" | "embed-tag":
            from dlcli.core.schemas import embed_words

            return {
                "embed-stem": embed_words.StemRecipe,
                "embed-lemmatize": embed_words.LemmatizeRecipe,
                "embed-stopwords": embed_words.StopwordsRecipe,
                "embed-tag": embed_words.TagRecipe,
            }[name]
        case "embed-vectorize" | "embed-cooccurrence":
            from dlcli.core.schemas import embed_counts

            return {
                "embed-vectorize": embed_counts.VectorizeRecipe,
                "embed-cooccurrence": embed_counts.CooccurrenceRecipe,
            }[name]
        case "embed-project":
            from dlcli.core.schemas.embed_project import ProjectRecipe

            return ProjectRecipe
        case "embed-neighbors" | "embed-analogy" | "embed-similarity" | "embed-evaluate" | "embed-encode":
            from dlcli.core.schemas import embed_use

            return {
                "embed-neighbors": embed_use.NeighborsRecipe,
                "embed-analogy": embed_use.AnalogyRecipe,
                "embed-similarity": embed_use.SimilarityRecipe,
                "embed-evaluate": embed_use.EvaluateRecipe,
                "embed-encode": embed_use.EncodeRecipe,
            }[name]
        case "embed-convert" | "embed-matrix":
            from dlcli.core.schemas import embed_files

            return {"embed-convert": embed_files.ConvertRecipe, "embed-matrix": embed_files.MatrixRecipe}[name]
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
