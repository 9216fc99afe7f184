"""The names people type: commands, tasks, choices. Stdlib only, so help and completion cost nothing."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """A row of the command table.

    Args:
        name: the word typed.
        panel: the panel of ``dlcli --help`` it stands in.
        help: one true line.
        built: whether its backend exists; otherwise it exits 4.

    """

    name: str
    panel: str
    help: str
    built: bool = False


LEARN, APPLY, UNDERSTAND, TOOLS = "Learn", "Apply", "Understand", "Tools"

COMMANDS: tuple[Command, ...] = (
    Command("boost", LEARN, "Ensembles and baselines on tables.", True),
    Command("train", LEARN, "Train a network from a recipe.", True),
    Command("embed", LEARN, "Tokens, counts, word vectors from text.", True),
    Command("adapt", LEARN, "Adapt a model to another domain (not built yet)."),
    Command("detect", APPLY, "Find objects in pictures with a cascade; networks not built yet.", True),
    Command("segment", APPLY, "Label every pixel of a picture (not built yet)."),
    Command("translate", APPLY, "Translate text with a trained model (not built yet)."),
    Command("stylize", APPLY, "Textures, style transfer, generators (not built yet)."),
    Command("visualize", UNDERSTAND, "What a network learnt, and why it answers.", True),
    Command("predict", TOOLS, "Run a trained model on files, folders or a list.", True),
    Command("evaluate", TOOLS, "Score a trained model on labeled data.", True),
    Command("export", TOOLS, "Write a model as ONNX or PT2, checked against it.", True),
    Command("describe", TOOLS, "Layers, output sizes, parameters, multiply-adds.", True),
    Command("recipes", TOOLS, "List, show, copy and check recipes.", True),
    Command("data", TOOLS, "List, check, convert and preview data sets.", True),
    Command("runs", TOOLS, "List, show and compare training runs.", True),
    Command("device", TOOLS, "Devices, memory, threads and versions found here.", True),
    Command("completion", TOOLS, "Tab completion for bash, zsh and fish.", True),
)

# Tasks that `train` knows by name; the value says whether it is built.
TASKS: dict[str, bool] = {
    "classify": True,
    "detect": False,
    "segment": False,
    "translate": False,
    "forecast": False,
    "text-classify": False,
    "language": False,
    "caption": False,
    "autoencode": False,
    "gan": False,
    "image-to-image": False,
    "superresolve": False,
    "stylize": False,
}

DATA_KINDS = ("builtin", "folder", "csv", "torchvision")
BUILTINS: dict[str, str] = {
    "digits": "1,797 handwritten digits of 8×8 pixels in 10 classes (scikit-learn, from the UCI repository)",
}


class LibrarySet(NamedTuple):
    """A data set of torchvision: ``torchvision:NAME``.

    Args:
        about: what it holds.
        places: files or folders below the root.

    """

    about: str
    places: tuple[str, ...]


# data/library.py knows how each is opened; a test holds the two key sets equal.
LIBRARY_SETS: dict[str, LibrarySet] = {
    "CIFAR10": LibrarySet("60,000 color pictures of 32×32 pixels in 10 classes", ("cifar-10-batches-py",)),
    "CIFAR100": LibrarySet("60,000 color pictures of 32×32 pixels in 100 classes", ("cifar-100-python",)),
    "MNIST": LibrarySet("70,000 handwritten digits of 28×28 pixels", ("MNIST",)),
    "FashionMNIST": LibrarySet("70,000 pieces of clothing of 28×28 gray pixels in 10 classes", ("FashionMNIST",)),
    "KMNIST": LibrarySet("70,000 Japanese characters of 28×28 pixels in 10 classes", ("KMNIST",)),
    "EMNIST": LibrarySet("131,600 letters and digits of 28×28 pixels in 47 classes (balanced)", ("EMNIST",)),
    "USPS": LibrarySet("9,298 handwritten digits of 16×16 pixels", ("usps.bz2", "usps.t.bz2")),
    "SVHN": LibrarySet("99,289 digits of house numbers, 32×32 color pixels", ("train_32x32.mat", "test_32x32.mat")),
    "STL10": LibrarySet("13,000 color pictures of 96×96 pixels in 10 classes", ("stl10_binary",)),
    "Food101": LibrarySet("101,000 photographs of 101 dishes", ("food-101",)),
    "Flowers102": LibrarySet("8,189 photographs of 102 flowers", ("flowers-102",)),
    "DTD": LibrarySet("5,640 textures in 47 classes (partition 1)", ("dtd",)),
    "OxfordIIITPet": LibrarySet("7,349 photographs of 37 breeds of cats and dogs", ("oxford-iiit-pet",)),
    "GTSRB": LibrarySet("German traffic signs of 43 kinds: 26,640 to train, 12,630 to test", ("gtsrb",)),
    "Imagenette": LibrarySet("13,394 photographs of 10 easy ImageNet classes, 160 px", ("imagenette2-160",)),
    "EuroSAT": LibrarySet("27,000 satellite pictures of 64×64 color pixels in 10 classes", ("eurosat",)),
}
LIBRARY_ROOT = "data"  # where torchvision's own examples put them; root=DIR says otherwise

TABLE_KINDS = ("builtin", "csv", "tsv", "libsvm", "parquet")
TABLES: dict[str, str] = {
    "breast-cancer": "569 tumors, 30 measures, benign or malignant (scikit-learn, from the UCI repository)",
    "diabetes": "442 patients, 10 measures, progression after a year: regression (scikit-learn)",
    "digits": "1,797 handwritten digits as 64 gray values in 10 classes (scikit-learn)",
    "iris": "150 flowers, 4 measures, 3 species (scikit-learn)",
    "wine": "178 wines, 13 measures, 3 growers (scikit-learn, from the UCI repository)",
}

# Methods of `boost fit`, in the order the course teaches them; methods/ensembles.py maps each to its builder.
METHODS: dict[str, str] = {
    "linear": "least squares (regression)",
    "logistic": "logistic regression, of two classes or many (softmax)",
    "perceptron": "one layer of threshold units, trained by mistakes",
    "bayes": "Gaussian naive Bayes",
    "knn": "the k nearest rows decide",
    "svm": "support vector machine",
    "tree": "one decision tree (CART)",
    "vote": "several methods vote: hard, soft or weighted",
    "bagging": "trees on bootstrap samples",
    "forest": "random forest: bagging, and each split sees some columns only",
    "stacking": "a method that learns from out-of-fold answers of others",
    "adaboost": "AdaBoost with decision stumps; SAMME for more than two classes",
    "gradient": "gradient boosting, tree by tree on residuals",
    "hist": "gradient boosting on binned columns, for size (scikit-learn)",
    "xgboost": "XGBoost: regularized gradient boosting",
    "lightgbm": "LightGBM (extra: lightgbm)",
}

CORPUS_KINDS = ("builtin", "text")
CORPORA: dict[str, str] = {
    "lee": "300 news articles of the Australian broadcaster, an article a line (Lee 2005, comes with gensim)",
}

# Ways of `embed fit` to learn word vectors, in the order the course teaches them.
EMBEDDINGS: dict[str, str] = {
    "svd": "co-occurrence counts, weighted and reduced by singular value decomposition",
    "skipgram": "word2vec: a word foretells its neighbors",
    "cbow": "word2vec: the neighbors foretell their word",
    "glove": "GloVe: weighted least squares on the logarithms of co-occurrence counts",
}

# Verbs of `visualize`, in the order of the course, and the file of each: core/schemas/visualize_<file>.py has its
# recipe, cli/visualize_<file>.py its words.
VISUALIZE: dict[str, str] = {
    "kernel": "kernel",
    "filters": "layers",
    "weights": "layers",
    "activations": "layers",
    "patches": "patches",
    "embedding": "layers",
    "saliency": "pixels",
    "deconvnet": "pixels",
    "guided-backprop": "pixels",
    "guided-gradcam": "pixels",
    "cam": "cams",
    "gradcam": "cams",
    "attention": "attention",
    "maximize": "images",
    "invert": "dreams",
    "dream": "dreams",
    "fool": "images",
    "gradients": "gradients",
    "curves": "curves",
    "score": "judge",
    "sanity": "judge",
    "pointing": "judge",
    "all": "all",
}

# Networks of our own; models/catalog.py maps each to its builder, and a test holds the two key sets equal.
OWN_MODELS: dict[str, str] = {
    "perceptron": "one layer of threshold units, trained by mistakes (loss: perceptron)",
    "linear": "softmax regression: one linear layer on the pixels",
    "mlp": "multi-layer perceptron on the pixels",
    "lenet5": "LeNet-5 (LeCun 1998): 61,706 weights on 28×28 gray pictures in 10 classes",
    "vgg_a_lrn": "VGG A with local response normalization (Simonyan 2015): 132,863,336 weights",
    "vgg_c": "VGG C, with 1×1 convolutions (Simonyan 2015): 133,638,952 weights",
    "nin": "Network in Network (Lin 2014): 966,986 weights (cifar), 7,595,176 (imagenet)",
    "inception_v1": "GoogLeNet with true 5×5 branches (Szegedy 2015): 7,005,832 weights, auxiliary heads 6,379,984",
    "inception_v2": "BN-Inception (Ioffe 2015): 11,194,984 weights",
    "shufflenet_v1": "ShuffleNet (Zhang 2018): 1,865,728 weights with 3 groups, 137 million multiply-adds",
    "resnet20": "residual network for 32×32 pictures (He 2016), 20 layers: 0.27 M weights",
    "resnet32": "residual network for 32×32 pictures (He 2016), 32 layers: 0.46 M weights",
    "resnet44": "residual network for 32×32 pictures (He 2016), 44 layers: 0.66 M weights",
    "resnet56": "residual network for 32×32 pictures (He 2016), 56 layers: 0.85 M weights",
    "resnet110": "residual network for 32×32 pictures (He 2016), 110 layers: 1.7 M weights",
    "preresnet20": "resnet20 with normalization and ReLU before the convolutions (He 2016b)",
    "preresnet110": "resnet110 with normalization and ReLU before the convolutions (He 2016b)",
    "stochastic_resnet110": "resnet110 whose units are left out at random in training (Huang 2016)",
    "se_resnet20": "resnet20 with squeeze-and-excitation (Hu 2018)",
    "wide_resnet": "WRN-28-10 for 32×32 pictures (Zagoruyko 2016): 36.5 M weights",
    "resnext29": "ResNeXt-29 8×64d for 32×32 pictures (Xie 2017): 34.4 M weights",
    "densenet_bc": "DenseNet-BC-100-12 for 32×32 pictures (Huang 2017): 0.77 M weights",
    "fractalnet": "FractalNet of 20 convolutions with drop-path, for 32×32 pictures (Larsson 2017)",
    "vit": "vision transformer written out, for 32×32 pictures by default (Dosovitskiy 2021)",
    "cnn": "convolutional network by hand: its layers as a list in the recipe",
}
IMAGENET = "imagenet"

# torchvision's classifiers; a test holds the list equal to the library's.
TORCHVISION_CLASSIFIERS = (
    *("alexnet", "convnext_base", "convnext_large", "convnext_small", "convnext_tiny"),
    *("densenet121", "densenet161", "densenet169", "densenet201"),
    *(f"efficientnet_b{n}" for n in range(8)),
    *("efficientnet_v2_l", "efficientnet_v2_m", "efficientnet_v2_s", "googlenet", "inception_v3", "maxvit_t"),
    *("mnasnet0_5", "mnasnet0_75", "mnasnet1_0", "mnasnet1_3"),
    *("mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small"),
    *(f"regnet_x_{n}" for n in ("16gf", "1_6gf", "32gf", "3_2gf", "400mf", "800mf", "8gf")),
    *(f"regnet_y_{n}" for n in ("128gf", "16gf", "1_6gf", "32gf", "3_2gf", "400mf", "800mf", "8gf")),
    *("resnet101", "resnet152", "resnet18", "resnet34", "resnet50"),
    *("resnext101_32x8d", "resnext101_64x4d", "resnext50_32x4d"),
    *("shufflenet_v2_x0_5", "shufflenet_v2_x1_0", "shufflenet_v2_x1_5", "shufflenet_v2_x2_0"),
    *("squeezenet1_0", "squeezenet1_1", "swin_b", "swin_s", "swin_t", "swin_v2_b", "swin_v2_s", "swin_v2_t"),
    *("vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn"),
    *("vit_b_16", "vit_b_32", "vit_h_14", "vit_l_16", "vit_l_32", "wide_resnet101_2", "wide_resnet50_2"),
)

# Arguments that dlcli adds to those of torchvision's builders, and the networks that take them.
DENSE_HEADS = tuple(n for n in TORCHVISION_CLASSIFIERS if n.startswith(("alexnet", "vgg")))
RESIDUAL = tuple(n for n in TORCHVISION_CLASSIFIERS if n.startswith(("resnet", "resnext", "wide_resnet")))

ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu", "leaky_relu", "elu", "silu")
