"""What the completion scripts look up, read from the command table, the commands' signatures and the schemas.

Lists are words with descriptions. A kind says what may stand in a place, as words apart by spaces: ``@LIST``,
``=WORD``, ``file``, ``dir``, ``run``, ``recipe`` or ``recipe:BEGINNING``, ``keys:SCHEMA``, ``any`` (nothing to offer).
A place is ``dlcli COMMAND --option``, ``dlcli COMMAND 1`` (a position) or ``dlcli COMMAND ...`` (all further ones),
``SCHEMA KEY`` (the value of a recipe key) or ``prefix WORD:``.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from typer.models import ArgumentInfo, OptionInfo

from dlcli.core import device, names
from dlcli.core.schemas.base import choices_of, key_of, members, takes_null
from dlcli.core.schemas.catalog import COMMAND_SCHEMAS, EMBED_VERBS, schema_of
from dlcli.core.schemas.models import ARGS
from dlcli.core.typed import all_keys, literals

HELP = ("-h", "Show the help"), ("--help", "Show the help")
ROOT = ("--version", "Print the version"), *HELP, ("--json", "Print one JSON document"), ("-q", "Only errors on stderr")
TASKS = tuple(task for task, built in names.TASKS.items() if built)
METAVARS = {
    "RUN": "run", "RECIPE": "recipe", "NAME|FILE": "recipe", "MODEL": "@models run file", "DATA": "@data file",
    "TASK": "@tasks", "KEY=VALUE": "keys", "FAMILY": "=own =torchvision =timm =all",
    "DIR": "dir", "PATH": "file", "INPUT": "file", "TABLE": "@tables file", "SHARE|TABLE": "@tables file",
    "METHOD": "@methods", "TEXT": "@corpora file", "VECTORS": "run file", "CODES": "file",
}  # fmt: skip
VERB_SCHEMAS = {
    "boost fit": "boost", "boost inspect": "boost", "boost cv": "boost-cv", "boost compare": "boost-compare",
    "boost importance": "boost-importance", "boost cascade fit": "cascade",
    **{f"boost {verb}": "boost-apply" for verb in ("predict", "evaluate", "explain", "boundary")},
    "embed fit": "embed",
    **{f"embed {verb}": f"embed-{verb}" for verb in EMBED_VERBS},
    **{f"visualize {verb}": f"visualize-{verb}" for verb in names.VISUALIZE},
    **{f"embed bpe {verb}": "embed-bpe" for verb in ("fit", "encode", "decode", "trace")},
}  # fmt: skip
EXCEPTIONS = {
    "dlcli describe 1": "@own @torchvision @models recipe:classify/ run file",
    "dlcli boost cascade report 1": "run file",
    "dlcli detect -m": "run file",
    "dlcli detect --model": "run file",
    "dlcli embed stopwords --source": "=sklearn =gensim =nltk file",
    "dlcli embed project --words": "file",
    "dlcli recipes keys 1": "@tasks @schemas",
    "dlcli recipes schema 1": "@tasks @schemas",
}
VALUES = {
    "device.name": "@devices", "model.name": "@own @torchvision @timm", "model.weights": "=none =published file",
    "data": "@data file", "data.train": "@data file", "data.val": "@data file", "data.test": "@data file",
}  # fmt: skip
TABLE_VALUES = {
    "data.train": "@tables file", "data.val": "@tables file", "data.test": "@tables file", "model.name": "@methods",
    "device.name": "=auto =cpu =cuda",
}  # fmt: skip
TEXT_VALUES = {"device.name": "@devices", "data.train": "@corpora file"}
Pairs = tuple[tuple[str, str], ...]


class Table(NamedTuple):
    """What the scripts look up.

    Args:
        lists: name → words with descriptions.
        kinds: place → what may stand there.

    """

    lists: dict[str, Pairs]
    kinds: dict[str, str]


def read(load: Callable[[Any], Any]) -> Table:
    """Return the table of all commands and schemas."""
    table = Table({}, {})
    table.lists["commands"] = tuple((row.name, _about(row.help)) for row in names.COMMANDS)
    table.lists["options"] = ROOT
    _schemas(table)
    for row in names.COMMANDS:
        app = load(row)
        if not row.built:
            table.kinds[f"dlcli {row.name} ..."] = "file"
        commands = _verbs(app)
        if app.registered_callback is None and len(commands) == 1 and not app.registered_groups:
            _command(table, row.name, commands[0].callback)
        else:
            _group(table, row.name, app)
    _words(table)
    return table


def _verbs(app: Any) -> list[Any]:
    """Return the commands of a group, with those of apps that were added without a name."""
    added = [c for g in app.registered_groups if not g.name for c in _verbs(g.typer_instance)]
    return [c for c in (*app.registered_commands, *added) if not c.hidden]


def _groups(app: Any) -> list[tuple[str, Any]]:
    """Return the named groups in a group, with those in apps that were added without a name."""
    added = [found for g in app.registered_groups if not g.name for found in _groups(g.typer_instance)]
    return [*((g.name, g.typer_instance) for g in app.registered_groups if g.name), *added]


def _group(table: Table, path: str, app: Any) -> None:
    """Add a group's commands, and the groups in it."""
    table.lists[f"options {path}"] = HELP
    named = [(c.name or c.callback.__name__.replace("_", "-"), c.callback) for c in _verbs(app)]
    groups = _groups(app)
    about = [(name, _about(inspect.getdoc(f) or "")) for name, f in named]
    about += [(name, _about(inner.info.help or "")) for name, inner in groups]
    table.lists[f"commands {path}"] = tuple(about)
    for name, callback in named:
        _command(table, f"{path} {name}", callback)
    for name, inner in groups:
        _group(table, f"{path} {name}", inner)


def _words(table: Table) -> None:
    """Add the words that are the same everywhere: data sets, networks, devices, tasks."""
    lists, kinds = table
    formats = [kind for kind in names.DATA_KINDS if kind not in ("builtin", "torchvision")]
    lists["data"] = tuple((name, _about(about)) for name, about in names.BUILTINS.items())
    lists["data"] += tuple((f"{kind}:", f"data in the format {kind}") for kind in formats)
    lists["data"] += (("torchvision:", "a data set of torchvision"),)
    lists["sets"] = tuple((name, _about(row.about)) for name, row in names.LIBRARY_SETS.items())
    imagenet = (names.IMAGENET, "EfficientNet-Lite0 with ImageNet weights")
    tables = [kind for kind in names.TABLE_KINDS if kind != "builtin"]
    lists["tables"] = tuple((name, _about(about)) for name, about in names.TABLES.items())
    lists["tables"] += tuple((f"{kind}:", f"a table in the format {kind}") for kind in tables)
    lists["methods"] = tuple((name, _about(about)) for name, about in names.METHODS.items())
    lists["corpora"] = tuple((name, _about(about)) for name, about in names.CORPORA.items())
    lists["own"] = (*((name, _about(about)) for name, about in names.OWN_MODELS.items()), imagenet)
    lists["torchvision"] = tuple((name, "torchvision") for name in names.TORCHVISION_CLASSIFIERS)
    lists["timm"] = (("timm:", "a network of timm"),)
    lists["models"] = (imagenet, ("torchvision:", "a network of torchvision"), *lists["timm"])
    lists["devices"] = tuple((word, "") for word in device.WORDS)
    lists["tasks"] = tuple((task, f"recipes of dlcli train {task}/...") for task in TASKS)
    lists["schemas"] = tuple((name, f"recipes of dlcli {name}") for name in COMMAND_SCHEMAS)
    kinds.update({f"prefix {kind}:": "dir" if kind == "folder" else "file" for kind in (*formats, *tables)})
    kinds.update({"prefix torchvision:": "@torchvision @sets", "prefix timm:": "any"})


def _about(text: str) -> str:
    return " ".join(text.split("\n\n")[0].split()).removesuffix(".")


def _command(table: Table, path: str, callback: Callable[..., Any]) -> None:
    """Add the options and positions of a command."""
    schema = _schema(path)
    keys = {w.rstrip("=+"): a for w, a in table.lists[f"keys:{schema or 'train'}"]} if schema or path == "train" else {}
    schema = schema or "train"
    options: list[tuple[str, str]] = []
    position = 0
    for name, parameter in inspect.signature(callback, eval_str=True).parameters.items():
        held = [*getattr(parameter.annotation, "__metadata__", ()), parameter.default]
        info = next((i for i in held if isinstance(i, OptionInfo | ArgumentInfo)), None)
        if info is None or info.hidden:
            continue
        inner = typing.get_args(parameter.annotation)[0] if hasattr(parameter.annotation, "__metadata__") else str
        metavar = re.sub(r"[\[\]]|\.\.\.", "", info.metavar or "")
        if isinstance(info, ArgumentInfo):
            position += 1
            many = any(typing.get_origin(k) is list for k in members(inner))
            place = f"dlcli {path} {'...' if many else position}"
            table.kinds[place] = EXCEPTIONS.get(place) or _kind(metavar, schema) or "any"
            continue
        spelled = [d for d in (info.default, *(info.param_decls or ())) if isinstance(d, str) and d.startswith("-")]
        words = [w for s in spelled or [f"--{name.replace('_', '-')}"] for w in s.split("/")]
        key = _key(words[-1].lstrip("-"), info.help or "", keys)
        kind = _kind(metavar, schema) or (key and table.kinds.get(f"{schema} {key}")) or "any"
        about = f"{keys[key]} ({key})" if key and info.help == key else _about(info.help or "")
        options += [(word, about) for word in words]
        if bool not in members(inner) and not info.count:
            places = [f"dlcli {path} {word}" for word in words]
            table.kinds.update({place: EXCEPTIONS.get(place, kind) for place in places})
    table.lists[f"options {path}"] = (*options, *HELP)


def _schema(path: str) -> str:
    """Return the schema whose keys a command takes; empty for the tasks of ``train`` and for commands without."""
    return VERB_SCHEMAS.get(path, path if path in COMMAND_SCHEMAS else "")


def _kind(metavar: str, schema: str) -> str:
    """Return what an option or argument with this metavar takes; empty when it does not say."""
    kind = METAVARS.get(metavar, "file" if metavar.startswith("FILE") else "")
    if kind == "keys":
        return f"keys:{schema}"
    if kind == "recipe" and schema != "train":
        command, _, verb = schema.partition("-")
        return f"recipe:{command}/{verb if command == 'visualize' else ''}"
    starts = re.findall(r"[a-z]+:(?=[A-Z])", metavar)  # folder:DIR|csv:FILE
    words = starts or (metavar.split("|") if re.fullmatch(r"[a-z0-9]+(\|[a-z0-9]+)+", metavar) else [])
    return kind or " ".join(f"={word}" for word in words)


def _key(name: str, about: str, keys: Iterable[str]) -> str:
    """Return the recipe key an option is a twin of, or an empty string."""
    told = re.findall(r"\(([a-z_.]+)\)", about)
    asked = (about, *told, name, f"{name}.name")
    return next((k for a in asked for k in keys if k == a), "") or next((k for k in keys if k.endswith(f".{name}")), "")


def _schemas(table: Table) -> None:
    """Add keys and values of every schema; those of ``train`` are all tasks' together."""
    for name in (*TASKS, *COMMAND_SCHEMAS):
        schema = schema_of(name)
        pairs: list[tuple[str, str]] = []
        choices = {key_of(schema, f): choices_of(i.annotation) for f, i in schema.model_fields.items()}
        for key, (annotation, default, about) in _with_args(all_keys(schema)).items():
            known = choices.get(key.removesuffix(".name"), {}) if key.endswith(".name") else {}
            inner = [choices_of(typing.get_args(k)[0]) for k in members(annotation) if typing.get_origin(k) is list]
            append = "+" if inner and inner[0] else ""
            known = known or (inner[0] if append else {})
            if known:
                table.lists[f"{name}:{key}"] = tuple((n, _about(inspect.getdoc(s) or "")) for n, s in known.items())
            values = TABLE_VALUES if name.startswith("boost") else TEXT_VALUES if name.startswith("embed") else VALUES
            kind = values.get(key) or (f"@{name}:{key}" if known else _literal(annotation))
            if kind:
                table.kinds[f"{name} {key}{append}"] = kind
                if name in TASKS:
                    table.kinds.setdefault(f"train {key}{append}", kind)
            shown = f" ({default})" if type(default) in (int, float, str) else ""
            pairs.append((f"{key}{append}=", f"{_about(about)}{shown}".strip()))
        table.lists[f"keys:{name}"] = tuple(pairs)
    every = {word: about for task in reversed(TASKS) for word, about in table.lists[f"keys:{task}"]}
    table.lists["keys:train"] = tuple(every.items())


def _with_args(keys: dict[str, tuple[Any, Any, str]]) -> dict[str, tuple[Any, Any, str]]:
    """Replace ``model.args`` by the arguments of our own networks."""
    found: dict[str, tuple[Any, Any, str]] = {}
    for key, row in keys.items():
        if key != "model.args":
            found[key] = row
            continue
        for section in ARGS.values():
            for inner, (annotation, _, about) in all_keys(section, f"{key}.").items():
                found.setdefault(inner, (annotation, None, about))
    return found


def _literal(annotation: Any) -> str:
    words = [*(("true", "false") if bool in members(annotation) else ()), *literals(annotation)]
    return " ".join(f"={w}" for w in (*words, *(["null"] if takes_null(annotation) else [])))
