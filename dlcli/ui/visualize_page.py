"""The page of ``visualize all``: each look at a network with what it shows, how to read it and how to make it again."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dlcli.ui import page_style as style

# Verb → title, what it shows and what it does not.
EXPLAINED: dict[str, tuple[str, str]] = {
    "gradcam": (
        "Grad-CAM: where the answer looks",
        "Channels of a late layer are weighted by how much the class score rises with them. Bright places speak for "
        "the class named below. The map is as coarse as the layer; it says where, not what.",
    ),
    "cam": (
        "CAM: the head's own weights",
        "Where a network averages its last map and then weighs the channels, these weights make an exact map: the "
        "average of its places is the score. It equals Grad-CAM on such networks.",
    ),
    "guided-gradcam": (
        "Guided Grad-CAM",
        "Guided backpropagation, kept where Grad-CAM is bright: fine detail that belongs to the class.",
    ),
    "guided-backprop": (
        "Guided backpropagation",
        "The gradient of the score, let through ReLUs only where both the activation and the gradient are positive. "
        "Sharp, but known to change little when the weights are replaced by random ones: see visualize sanity.",
    ),
    "deconvnet": (
        "Deconvnet",
        "The score sent back through ReLUs that look only at the sign of what comes back. Which pixels would feed it.",
    ),
    "saliency": (
        "Saliency: the gradient of the score",
        "How much the score changes with each pixel, the largest of its color channels. Noisy, but it shows the "
        "network as it is.",
    ),
    "attention": (
        "Attention",
        "How much of each patch goes into the token that answers, head by head. Attention is not an explanation of "
        "the class: it is the same for all of them.",
    ),
    "activations": (
        "Activation maps",
        "What single channels of a layer answer to this picture. Channels that are black everywhere see nothing in it.",
    ),
    "filters": (
        "Filters of the first layer",
        "The weights that are laid over the picture: edges, colors and blobs in trained networks, noise in random "
        "ones.",
    ),
    "invert": (
        "Inversion: what a layer has kept",
        "Pictures whose answers at a layer are nearly those of this picture. What cannot be seen in them has been "
        "forgotten there.",
    ),
    "maximize": (
        "Activation maximization",
        "A picture made for the class, from noise. What the network would like best; rarely what we would.",
    ),
    "dream": (
        "DeepDream",
        "The picture changed until a layer answers more strongly: what it sees everywhere is drawn there.",
    ),
}


@dataclass(frozen=True)
class Look:
    """One section.

    Args:
        verb: such as ``gradcam``.
        command: words that make this picture again.
        png: the picture, or None where there is none.
        alt: what is to be seen, in words.
        why_not: the reason where there is none.
        facts: terms and values below the picture.

    """

    verb: str
    command: str
    png: bytes | None = None
    alt: str = ""
    why_not: str = ""
    facts: Sequence[tuple[str, str]] = field(default_factory=tuple)


def html(title: str, about: Sequence[tuple[str, str]], answers: Sequence[dict[str, Any]], looks: Sequence[Look]) -> str:
    """Return the page of one picture.

    Args:
        title: the picture's name.
        about: facts of the network.
        answers: label and probability of the likeliest classes.
        looks: the sections.

    """
    body = f"<header><h1>{style.text(title)}</h1>{style.facts(about)}</header>\n"
    rows = [style.row(style.text(a["label"]), [_bar(a["probability"])]) for a in answers]
    if rows:
        table = style.table(("class", "probability"), rows, "the likeliest classes")
        body += style.section("answer", "What the network answers", "", table)
    body += "".join(_section(look) for look in looks if look.png is not None)
    absent = [look for look in looks if look.png is None]
    if absent:
        items = "".join(f"<li>{style.text(EXPLAINED[a.verb][0])} – {style.text(a.why_not)}</li>" for a in absent)
        body += style.section("absent", "What does not fit", "", f'<ul class="notes">{items}</ul>')
    return style.frame(f"{title} – what the network sees", body)


def index(title: str, about: Sequence[tuple[str, str]], rows: Sequence[tuple[str, str, str, float]]) -> str:
    """Return the page that lists the pages of several pictures.

    Args:
        title: of the page.
        about: facts of the network.
        rows: file of a page, the picture's name, its class and probability.

    """
    cells = [
        style.row(f'<a href="{style.text(href)}">{style.text(name)}</a>', [style.text(label), f"{probability:.3f}"])
        for href, name, label, probability in rows
    ]
    body = f"<header><h1>{style.text(title)}</h1>{style.facts(about)}</header>\n"
    body += style.section(
        "pictures", "Pictures", "", style.table(("picture", "class", "probability"), cells, "pictures")
    )
    return style.frame(title, body)


def _section(look: Look) -> str:
    title, lead = EXPLAINED[look.verb]
    data = base64.b64encode(look.png or b"").decode()
    figure = f'<figure class="scroll"><img src="data:image/png;base64,{data}" alt="{style.text(look.alt)}" '
    figure += 'style="max-width:100%;height:auto"></figure>'
    facts = style.facts(look.facts) if look.facts else ""
    return style.section(look.verb, title, lead, f"{figure}{facts}<pre>{style.text(look.command)}</pre>")


def _bar(share: float) -> str:
    return f'<span class="bar"><i style="width:{100 * min(max(share, 0.0), 1.0):.1f}%"></i></span>{share:.4f}'
