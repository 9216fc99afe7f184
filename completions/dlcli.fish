# Tab completion of dlcli for fish 3.4 or newer.
# Only names of recipes and runs ask dlcli; everything else is in the tables below, and starts no process.

# >>> written by dlcli completion generate
function __dlcli_list
    switch $argv[1]
        case 'commands'
            printf '%s\t%s\n' \
                'boost' 'Ensembles and baselines on tables' \
                'train' 'Train a network from a recipe' \
                'embed' 'Tokens, counts, word vectors from text' \
                'adapt' 'Adapt a model to another domain (not built yet)' \
                'detect' 'Find objects in pictures with a cascade; networks not built yet' \
                'segment' 'Label every pixel of a picture (not built yet)' \
                'translate' 'Translate text with a trained model (not built yet)' \
                'stylize' 'Textures, style transfer, generators (not built yet)' \
                'visualize' 'What a network learnt, and why it answers' \
                'predict' 'Run a trained model on files, folders or a list' \
                'evaluate' 'Score a trained model on labeled data' \
                'export' 'Write a model as ONNX or PT2, checked against it' \
                'describe' 'Layers, output sizes, parameters, multiply-adds' \
                'recipes' 'List, show, copy and check recipes' \
                'data' 'List, check, convert and preview data sets' \
                'runs' 'List, show and compare training runs' \
                'device' 'Devices, memory, threads and versions found here' \
                'completion' 'Tab completion for bash, zsh and fish'
        case 'options'
            printf '%s\t%s\n' \
                '--version' 'Print the version' \
                '-h' 'Show the help' \
                '--help' 'Show the help' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr'
        case 'classify:data.augment'
            printf '%s\t%s\n' \
                'affine' 'Rotation, shift, zoom and shear in one; each of them alone with the others at 0' \
                'flip' 'Left and right change places' \
                'crop' 'Pad, then cut the original size out at a random place' \
                'resized_crop' 'Cut a random part of the picture as it was read and bring it to the size' \
                'color' 'Brightness, contrast, saturation and hue' \
                'gray' 'Color is taken away; the picture keeps its channels' \
                'blur' 'Blurred by a Gaussian' \
                'erasing' 'A random rectangle is blanked out' \
                'randaugment' 'RandAugment (Cubuk et al. 2020): operations drawn from fourteen, all at one strength' \
                'autoaugment' 'AutoAugment (Cubuk et al. 2019): one of 25 pairs of operations that a search found' \
                'trivial' 'TrivialAugment, wide (Müller & Hutter 2021): one operation at a drawn strength; nothing to choose' \
                'augmix' 'AugMix (Hendrycks et al. 2020): several chains of operations laid over each other; slow' \
                'mixup' 'mixup (Zhang et al. 2018): pictures of a batch are laid over each other, and so are their labels' \
                'cutmix' 'CutMix (Yun et al. 2019): a rectangle of a picture comes from another; the labels count by area'
        case 'classify:model.args.layers'
            printf '%s\t%s\n' \
                'conv' 'Convolution: filters slide over the maps that arrive' \
                'norm' 'Normalization, of maps or of units' \
                'activation' 'A nonlinear function of each value' \
                'pool' 'Pooling: one value a window, of each map by itself' \
                'global_pool' 'One value a map' \
                'dropout' 'Drops values in training' \
                'flatten' 'Maps become one row of units; done unasked before the first linear layer' \
                'linear' 'Fully connected layer'
        case 'classify:loss.name'
            printf '%s\t%s\n' \
                'cross_entropy' 'Softmax cross-entropy' \
                'binary_cross_entropy' 'One sigmoid a class, each against the rest' \
                'mse' 'Mean squared error of the softmax against the one-hot truth' \
                'mae' 'Mean absolute error of the softmax against the one-hot truth' \
                'huber' 'Huber\'s error of the softmax against the one-hot truth' \
                'perceptron' 'Rosenblatt\'s criterion: how far the best wrong class is above the right one, else 0'
        case 'classify:optim.name'
            printf '%s\t%s\n' \
                'adamw' 'Adam with weight decay apart from the gradient' \
                'adam' 'Adam: momentum and RMSProp with bias correction' \
                'sgd' 'Stochastic gradient descent; with momentum, plain or Nesterov\'s' \
                'adagrad' 'AdaGrad: steps shrink with the sum of squared gradients' \
                'adadelta' 'Adadelta: steps sized by the ratio of two running averages' \
                'rmsprop' 'RMSProp: steps divided by a running average of squared gradients'
        case 'classify:schedule.name'
            printf '%s\t%s\n' \
                'cosine' 'Half a cosine from lr to lr·end, step by step' \
                'constant' 'The learning rate stays' \
                'step' 'Times gamma every few epochs' \
                'multistep' 'Times gamma at given epochs' \
                'exponential' 'lr·e^(−k·epoch)' \
                'time' 'lr / (1 + k·epoch)' \
                'linear' 'A straight line from lr to lr·end, step by step' \
                'poly' 'lr·(1 − step/steps)^power' \
                'restarts' 'Cosines that begin again, each ``times`` longer (SGDR)' \
                'one_cycle' 'Up to lr and down again within the run (Smith\'s one-cycle); has its own warm-up' \
                'cyclic' 'A triangle wave between lr·low and lr' \
                'plateau' 'Times gamma when the monitored validation metric stops getting better'
        case 'keys:classify' 'keys:train'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'task=' '(classify)' \
                'seed=' 'of the split, the weights and every draw (0)' \
                'data.train=' 'a builtin, a path or KIND:WHERE[,key=value…] (required)' \
                'data.val=' 'share of the training data that chooses, or data of its own (0.15)' \
                'data.test=' 'share scored once at the end, or data of its own (0.15)' \
                'data.image.size_px=' 'side, or [height, width]; null: the model\'s own' \
                'data.image.channels=' '1 gray, 3 color; auto: what the data and model ask (auto)' \
                'data.image.fit=' 'how another shape is brought to the size (crop)' \
                'data.image.normalize=' 'train: mean and deviation of the training part; auto: those of published weights, else train (auto)' \
                'data.augment+=' 'random changes of training pictures, in this order' \
                'data.workers=' 'processes that read pictures; 0: the main one (2)' \
                'model.name=' 'own network, torchvision name, timm:NAME or imagenet (required)' \
                'model.weights=' 'none, published, or a .safetensors file (none)' \
                'model.freeze=' 'features: only the head is trained, its inputs computed once; all-but-last: likewise, but the trunk runs in every step; conv1,layer1*: these layers stay as they are; all-but-layer4*: all but these and the head do (none)' \
                'model.trunk_lr=' 'factor of optim.lr for everything but the head (1.0)' \
                'model.layer_decay=' 'factor of the learning rate from each layer to the one below it, head first; e.g. 0.75' \
                'model.batch_norm=' 'batch normalization: auto: frozen where its layer is; train or frozen: everywhere (auto)' \
                'model.args.hidden=' 'units of each hidden layer' \
                'model.args.activation=' 'after each hidden layer' \
                'model.args.dropout=' 'share of hidden units dropped in training' \
                'model.args.layers+=' 'all layers but the class scores by hand, instead of hidden' \
                'model.args.pool=' 'subsampling; 1998: average' \
                'model.args.width=' 'multiplies the channels of every stage' \
                'model.args.head_width=' 'units of the two dense layers' \
                'model.args.variant=' 'of the paper, for small or for large pictures' \
                'model.args.batch_norm=' 'after each convolution; false: two local response normalizations as in 2015' \
                'model.args.auxiliary=' 'two more heads on middle layers, in training only' \
                'model.args.groups=' 'of the 1×1 convolutions' \
                'model.args.depth=' 'layers with weights, 6n + 2' \
                'model.args.shortcut=' 'where the shape changes: zeros for new maps (option A), or a 1×1 convolution (B)' \
                'model.args.preactivation=' 'normalization and ReLU before the convolutions' \
                'model.args.stochastic_depth=' 'probability with which the last unit is left out in training; earlier ones less, in proportion' \
                'model.args.se_reduction=' 'squeeze-and-excitation with this reduction; 0: none' \
                'model.args.cardinality=' 'groups of the 3×3 convolutions' \
                'model.args.base_width=' 'maps of a group in the first stage; doubled in each next one' \
                'model.args.growth=' 'k: maps that each dense layer adds' \
                'model.args.compression=' 'share of maps a transition keeps' \
                'model.args.columns=' 'columns; the deepest has 2^(columns − 1) layers' \
                'model.args.filters=' 'maps of each block' \
                'model.args.local_drop=' 'probability with which a join drops an input, in local batches' \
                'model.args.global_share=' 'share of training batches that go through a single column' \
                'model.args.patch_px=' 'side of a patch' \
                'model.args.heads=' 'of each attention; a divisor of width' \
                'model.args.mlp_ratio=' 'hidden units of the MLPs, times width' \
                'model.init.name=' 'which one (default)' \
                'model.init.bias=' 'biases of the same layers; default: their own start (zero)' \
                'model.init.value=' 'of every weight (0.1)' \
                'model.init.mean=' 'of the weights (0.0)' \
                'model.init.std=' 'standard deviation (0.01)' \
                'model.init.low=' 'smallest weight (-0.05)' \
                'model.init.high=' 'largest weight (0.05)' \
                'model.init.gain=' 'factor of the standard deviation (1.0)' \
                'model.init.mode=' 'keep the variance forwards, or backwards (fan_in)' \
                'model.init.activation=' 'whose gain; relu: √2 (relu)' \
                'loss.name=' 'which one (cross_entropy)' \
                'loss.label_smoothing=' 'share of the truth spread over all classes (0.0)' \
                'loss.class_weights=' 'balanced: rare classes count more (none)' \
                'loss.delta=' 'where the square turns into a line (1.0)' \
                'optim.name=' 'which one (adamw)' \
                'optim.lr=' 'learning rate (0.001)' \
                'optim.betas=' 'decay of the two averages' \
                'optim.weight_decay=' 'share of each weight removed per step, times lr (0.01)' \
                'optim.l1=' 'L1 penalty l1·Σ|w|, biases left out; the loss shown is without it (0.0)' \
                'optim.eps=' 'added to the denominator (1e-08)' \
                'optim.momentum=' 'share of the last step kept (0.0)' \
                'optim.nesterov=' 'Nesterov\'s look-ahead; needs momentum' \
                'optim.rho=' 'decay of the running averages (0.9)' \
                'optim.alpha=' 'decay of the running average (0.99)' \
                'schedule.name=' 'which one (cosine)' \
                'schedule.warmup_steps=' 'steps of linear warm-up before the schedule (0)' \
                'schedule.warmup_start=' 'share of lr at the first step (0.01)' \
                'schedule.end=' 'share of lr at the end (0.0)' \
                'schedule.every_epochs=' 'epochs between two cuts (10)' \
                'schedule.gamma=' 'factor at each cut (0.1)' \
                'schedule.at_epochs=' 'epochs at which the rate is cut' \
                'schedule.k=' 'decay per epoch; torch\'s gamma is e^(−k) (0.05)' \
                'schedule.power=' 'the exponent (0.9)' \
                'schedule.first_epochs=' 'length of the first cosine (10)' \
                'schedule.times=' 'how much longer each next one is (2)' \
                'schedule.up=' 'share of the steps on the way up (0.3)' \
                'schedule.start=' 'share of lr at the first step (0.04)' \
                'schedule.low=' 'share of lr at the bottom (0.1)' \
                'schedule.half_epochs=' 'epochs from bottom to top (2)' \
                'schedule.patience=' 'epochs without progress that are borne (3)' \
                'schedule.min_delta=' 'smallest change that counts as progress (0.0001)' \
                'schedule.lowest=' 'share of lr below which it never falls (0.0)' \
                'train.epochs=' 'passes over the training part (30)' \
                'train.batch=' 'samples per optimizer step, of all devices together; \'all\': the whole training part; \'auto\': the largest power of two up to 512 that fits into memory and leaves 8 steps an epoch (64)' \
                'train.accumulate=' 'micro-batches a batch is cut into; the step stays the same (1)' \
                'train.clip_norm=' 'largest norm of the whole gradient' \
                'train.clip_value=' 'largest absolute value in a gradient' \
                'train.ema=' 'decay of the moving average of the weights that is scored and kept, e.g. 0.999' \
                'train.early_stop=' 'stop when validation no longer gets better' \
                'train.early_stop.patience=' 'epochs without progress that are borne (5)' \
                'train.early_stop.min_delta=' 'smallest change that counts as progress (0.0)' \
                'train.monitor=' 'validation metric that picks the best weights; auto: the task\'s own (auto)' \
                'train.checkpoint_minutes=' 'longest time between two checkpoints (5.0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'device.count=' 'devices, each with a process of its own; on the CPU: processes (1)' \
                'device.precision=' 'number format of the arithmetic (32)' \
                'device.channels_last=' 'channels last in memory: often faster for convolutions' \
                'device.deterministic=' 'same bits at every run on a GPU too; slower, some layers refuse' \
                'device.compile=' 'compile the network: slower to start, faster after; needs a C++ compiler'
        case 'keys:predict'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'top=' 'classes listed for each picture, best first (5)' \
                'batch=' 'pictures at a time (32)' \
                'workers=' 'processes that read pictures; 0: the main one (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'device.count=' 'devices, each with a process of its own; on the CPU: processes (1)' \
                'device.precision=' 'number format of the arithmetic (32)' \
                'device.channels_last=' 'channels last in memory: often faster for convolutions' \
                'device.deterministic=' 'same bits at every run on a GPU too; slower, some layers refuse' \
                'device.compile=' 'compile the network: slower to start, faster after; needs a C++ compiler'
        case 'keys:evaluate'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'data=' 'labeled data; null: the test part of the run\'s own data' \
                'part=' 'part of the data; auto: test where the data has one, else all (auto)' \
                'bins=' 'confidence bins of the calibration error (15)' \
                'batch=' 'pictures at a time (64)' \
                'workers=' 'processes that read pictures; 0: the main one (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'device.count=' 'devices, each with a process of its own; on the CPU: processes (1)' \
                'device.precision=' 'number format of the arithmetic (32)' \
                'device.channels_last=' 'channels last in memory: often faster for convolutions' \
                'device.deterministic=' 'same bits at every run on a GPU too; slower, some layers refuse' \
                'device.compile=' 'compile the network: slower to start, faster after; needs a C++ compiler'
        case 'keys:describe'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, own network, torchvision name, timm:NAME or imagenet (required)' \
                'args=' 'arguments of the network' \
                'size_px=' 'N or HxW, of the picture; null: what the network is built for' \
                'built_px=' 'N or HxW the network is built for; null: as published, or size_px' \
                'channels=' '1 gray, 3 color; null: what the network was made for' \
                'classes=' 'of the head; null: what the network was made for' \
                'stride=' 'v1: bottlenecks of a ResNet stride at their 1×1 convolution, as in 2015; null: as built'
        case 'keys:detect'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'scale=' 'size of a box over the next smaller one (1.25)' \
                'step=' 'pixels between windows; half of it where the picture is shrunk to half or less (2)' \
                'smallest=' 'least height of a box in pixels; null: the window\'s own' \
                'largest=' 'greatest height of a box in pixels; null: the picture\'s' \
                'min_neighbors=' 'windows that must agree on a box; 0: every window is one (3)'
        case 'keys:cascade'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'seed=' 'seed of every draw (0)' \
                'window=' 'height and width of the window in pixels (24)' \
                'stages=' 'most stages (10)' \
                'sizes=' 'features of the first stages; later ones take what they need' \
                'most_features=' 'most features of a later stage (200)' \
                'detection=' 'share of validation faces that each stage lets pass (0.99)' \
                'false_positive=' 'share of the negatives left at which a later stage is complete (0.5)' \
                'features=' 'features each stage chooses from, drawn anew (3 bytes for each and window); null: all (10000)' \
                'types=' 'feature types' \
                'negatives=' 'negatives of a stage; null: twice the faces, at least 1,000' \
                'fewest_negatives=' 'negatives below which no stage is added (10)' \
                'passes=' 'times the negative pictures are searched for a stage (3)' \
                'contrast=' 'least contrast of a candidate, as a share of the flattest face\'s (0.8)' \
                'mirror=' 'learn from mirrored faces too' \
                'val=' 'share of the faces that sets the thresholds (0.2)' \
                'test=' 'share of faces and negatives scored at the end (0.2)'
        case 'boost:model.name' 'boost-cv:model.name'
            printf '%s\t%s\n' \
                'xgboost' 'XGBoost' \
                'linear' 'Least squares' \
                'logistic' 'Logistic regression; softmax for many classes' \
                'perceptron' 'Rosenblatt\'s perceptron, one against the rest for many classes' \
                'bayes' 'Gaussian naive Bayes' \
                'knn' 'k nearest neighbors' \
                'svm' 'Support vector machine' \
                'tree' 'One decision tree (CART)' \
                'vote' 'Several methods vote' \
                'bagging' 'Trees on bootstrap samples' \
                'forest' 'Random forest' \
                'stacking' 'A method that learns from out-of-fold answers of others' \
                'adaboost' 'AdaBoost; SAMME for many classes' \
                'gradient' 'Gradient boosting, tree by tree on the residuals' \
                'hist' 'Gradient boosting on binned columns' \
                'lightgbm' 'LightGBM'
        case 'keys:boost'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'task=' '(boost)' \
                'seed=' 'of the split and every draw (0)' \
                'data.train=' 'a builtin table, a path or KIND:WHERE[,key=value…] (required)' \
                'data.target=' 'column of the answers; null: what a builtin or libsvm file has' \
                'data.task=' 'auto: classify for text and up to 20 different whole numbers, else regress (auto)' \
                'data.ids=' 'columns that name a row: kept beside its prediction, not learnt from' \
                'data.drop=' 'columns left out' \
                'data.val=' 'share that stops early and chooses, or another table (0.15)' \
                'data.test=' 'share scored once at the end, or another table (0.15)' \
                'data.missing=' 'cells that mean nothing is known; null: empty, NA, N/A, NaN, nan, null, NULL, None, ?' \
                'data.levels=' 'categories of a text column that get a column each; the others share one (100)' \
                'early_stop=' 'rounds without progress on the validation rows that are borne; the best round is kept' \
                'threads=' 'processor threads; 0: all cores. Results do not depend on it (0)' \
                'model.name=' 'which one (xgboost)' \
                'model.params=' 'further parameters, by the library\'s own names' \
                'model.trees=' 'rounds (100)' \
                'model.lr=' 'share of each tree that is taken (eta) (0.3)' \
                'model.depth=' 'most questions in a row; 0: no bound (6)' \
                'model.min_leaf=' 'least sum of second derivatives in a leaf (min_child_weight) (1.0)' \
                'model.l2=' 'penalty on squared leaf values (lambda) (1.0)' \
                'model.l1=' 'penalty on absolute leaf values (alpha) (0.0)' \
                'model.min_gain=' 'least gain of a split (gamma) (0.0)' \
                'model.rows=' 'share of the rows a round sees (1.0)' \
                'model.columns=' 'share of the columns a tree sees (1.0)' \
                'model.loss=' 'what is made small; auto: log for classes, squared for numbers (auto)' \
                'model.c=' 'inverse of the penalty on squared weights: larger fits closer (1.0)' \
                'model.epochs=' 'most passes over the rows (100)' \
                'model.smoothing=' 'share of the largest variance added to all (1e-09)' \
                'model.neighbors=' 'rows asked (5)' \
                'model.weights=' 'whether near rows count more (uniform)' \
                'model.kernel=' 'similarity of two rows (rbf)' \
                'model.gamma=' 'width of the kernel (scale)' \
                'model.leaves=' 'most leaves; null: no bound' \
                'model.members=' 'methods that vote; null: logistic (for numbers linear), tree, svm' \
                'model.voting=' 'soft: mean of probabilities; hard: one vote each (soft)' \
                'model.final=' 'method of the second level (auto)' \
                'model.folds=' 'folds of the out-of-fold answers (5)' \
                'model.learner=' 'stump: least weighted error; tree:DEPTH: a CART tree, least Gini (stump)' \
                'device.name=' 'auto, cpu, cuda[:N] (auto)'
        case 'keys:boost-cv'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'task=' '(boost)' \
                'seed=' 'of the split and every draw (0)' \
                'data.train=' 'a builtin table, a path or KIND:WHERE[,key=value…] (required)' \
                'data.target=' 'column of the answers; null: what a builtin or libsvm file has' \
                'data.task=' 'auto: classify for text and up to 20 different whole numbers, else regress (auto)' \
                'data.ids=' 'columns that name a row: kept beside its prediction, not learnt from' \
                'data.drop=' 'columns left out' \
                'data.val=' 'share of each fold\'s training rows that is watched with early_stop (0.15)' \
                'data.test=' 'share left out of all folds (0.0)' \
                'data.missing=' 'cells that mean nothing is known; null: empty, NA, N/A, NaN, nan, null, NULL, None, ?' \
                'data.levels=' 'categories of a text column that get a column each; the others share one (100)' \
                'early_stop=' 'rounds without progress on the validation rows that are borne; the best round is kept' \
                'threads=' 'processor threads; 0: all cores. Results do not depend on it (0)' \
                'model.name=' 'which one (xgboost)' \
                'model.params=' 'further parameters, by the library\'s own names' \
                'model.trees=' 'rounds (100)' \
                'model.lr=' 'share of each tree that is taken (eta) (0.3)' \
                'model.depth=' 'most questions in a row; 0: no bound (6)' \
                'model.min_leaf=' 'least sum of second derivatives in a leaf (min_child_weight) (1.0)' \
                'model.l2=' 'penalty on squared leaf values (lambda) (1.0)' \
                'model.l1=' 'penalty on absolute leaf values (alpha) (0.0)' \
                'model.min_gain=' 'least gain of a split (gamma) (0.0)' \
                'model.rows=' 'share of the rows a round sees (1.0)' \
                'model.columns=' 'share of the columns a tree sees (1.0)' \
                'model.loss=' 'what is made small; auto: log for classes, squared for numbers (auto)' \
                'model.c=' 'inverse of the penalty on squared weights: larger fits closer (1.0)' \
                'model.epochs=' 'most passes over the rows (100)' \
                'model.smoothing=' 'share of the largest variance added to all (1e-09)' \
                'model.neighbors=' 'rows asked (5)' \
                'model.weights=' 'whether near rows count more (uniform)' \
                'model.kernel=' 'similarity of two rows (rbf)' \
                'model.gamma=' 'width of the kernel (scale)' \
                'model.leaves=' 'most leaves; null: no bound' \
                'model.members=' 'methods that vote; null: logistic (for numbers linear), tree, svm' \
                'model.voting=' 'soft: mean of probabilities; hard: one vote each (soft)' \
                'model.final=' 'method of the second level (auto)' \
                'model.folds=' 'folds of the out-of-fold answers (5)' \
                'model.learner=' 'stump: least weighted error; tree:DEPTH: a CART tree, least Gini (stump)' \
                'device.name=' 'auto, cpu, cuda[:N] (auto)' \
                'folds=' 'folds; each is scored by a model of the others (5)' \
                'repeats=' 'times the whole is done with other folds (1)'
        case 'keys:boost-compare'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'task=' '(boost)' \
                'seed=' 'of the split and every draw (0)' \
                'data.train=' 'a builtin table, a path or KIND:WHERE[,key=value…] (required)' \
                'data.target=' 'column of the answers; null: what a builtin or libsvm file has' \
                'data.task=' 'auto: classify for text and up to 20 different whole numbers, else regress (auto)' \
                'data.ids=' 'columns that name a row: kept beside its prediction, not learnt from' \
                'data.drop=' 'columns left out' \
                'data.val=' 'share that stops early and chooses, or another table (0.15)' \
                'data.test=' 'share scored once at the end, or another table (0.15)' \
                'data.missing=' 'cells that mean nothing is known; null: empty, NA, N/A, NaN, nan, null, NULL, None, ?' \
                'data.levels=' 'categories of a text column that get a column each; the others share one (100)' \
                'early_stop=' 'rounds without progress on the validation rows that are borne; the best round is kept' \
                'threads=' 'processor threads; 0: all cores. Results do not depend on it (0)' \
                'methods=' 'methods compared; empty: all that fit the task'
        case 'keys:boost-apply'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'unseen=' 'categories that training never saw; warn: taken as missing and counted (warn)' \
                'threads=' 'processor threads; 0: all cores. Results do not depend on it (0)'
        case 'keys:boost-importance'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'unseen=' 'categories that training never saw; warn: taken as missing and counted (warn)' \
                'threads=' 'processor threads; 0: all cores. Results do not depend on it (0)' \
                'kind=' 'gain: what splits on it won; permutation: what the score loses when it is shuffled (gain)' \
                'repeats=' 'shuffles of each column (permutation) (10)' \
                'seed=' 'of the shuffles (permutation) (0)'
        case 'embed:model.name'
            printf '%s\t%s\n' \
                'skipgram' 'word2vec: a word foretells its neighbors' \
                'cbow' 'word2vec: the neighbors foretell their word' \
                'glove' 'GloVe: weighted least squares on the logarithms of co-occurrence counts' \
                'svd' 'Co-occurrence counts, weighted and reduced by singular value decomposition'
        case 'keys:embed'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'task=' '(embed)' \
                'seed=' 'seed of every draw (0)' \
                'data.train=' 'text files, packed or not, a builtin, or - for stdin; a sentence a line (required)' \
                'data.by=' 'what a word is; word: by NLTK\'s rules; char: each sign but blanks (whitespace)' \
                'data.lower=' 'make everything lower case' \
                'data.min_count=' 'words that occur less often are left out (5)' \
                'data.most=' 'words kept, the most frequent ones; null: all' \
                'model.name=' 'which one (skipgram)' \
                'model.dim=' 'numbers in a vector (100)' \
                'model.window=' 'words to each side; that of each word is drawn from 1 to it, so near words count more (5)' \
                'model.loss=' 'negative: against drawn words; softmax: against the whole vocabulary, if it is small (negative)' \
                'model.negatives=' 'words drawn for each pair (negative) (5)' \
                'model.ns_exponent=' 'words are drawn by count to this power (negative) (0.75)' \
                'model.sample=' 'words above this share of the text are left out at random; 0: none (0.001)' \
                'model.epochs=' 'passes over the text (5)' \
                'model.lr=' 'learning rate at the start; falls linearly (0.025)' \
                'model.lr_end=' 'learning rate at the end (0.0001)' \
                'model.batch=' 'pairs a step (torch); null: chosen by the size of the vocabulary' \
                'model.mean=' 'mean of the neighbors\' vectors; false: their sum' \
                'model.c_max=' 'counts from here on weigh 1; rarer ones (c/c_max)^alpha (100.0)' \
                'model.alpha=' 'power of the weights (0.75)' \
                'model.start=' 'spectral: from singular vectors of positive mutual information; random: as published (spectral)' \
                'model.ramp=' 'near neighbors count more: window at distance 1, down to 1' \
                'model.direction=' 'sides that are looked at (both)' \
                'model.cap=' 'greater counts are cut to this; null: none is' \
                'model.drop=' 'words left out: a word, english (a list of stop words), a file (with / or .txt)' \
                'model.weighting=' 'raw, log(1+c), positive mutual information, or correlation (ppmi)' \
                'model.smooth=' 'power of the neighbors\' counts (ppmi); with 0.75 rare neighbors weigh less (1.0)' \
                'model.shift=' 'negatives whose logarithm is taken off (ppmi); 1: nothing is (1.0)' \
                'model.power=' 'singular values are taken to this power; 0: left out (0.5)' \
                'engine=' 'of skipgram and cbow; auto: gensim, but torch for softmax and on a GPU (auto)' \
                'threads=' 'processor threads; 0: all cores. With 1 the same seed gives the same bytes (0)' \
                'device.name=' 'auto, cpu, cuda[:N], mps (auto)'
        case 'keys:embed-tokenize'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'by=' 'what a token is; word: Penn Treebank; char: white space is ▁; sentence: one a line (word)' \
                'lower=' 'make everything lower case first' \
                'min_count=' 'tokens that occur less often are replaced by unk; more than 1: two passes (1)' \
                'unk=' 'what unknown tokens are replaced by (<UNK>)' \
                'vocab_in=' 'file of known tokens, token and count a line; counts min_count' \
                'vocab_out=' 'file to write the kept tokens to, with their counts' \
                'sentences=' 'sentence: rules of ours, or NLTK\'s trained punkt_tab; auto: punkt when its data is there (auto)' \
                'wrapped=' 'sentence: lines up to an empty one are one paragraph'
        case 'keys:embed-bpe'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'merges=' 'fit, trace: merges to learn, null: 8000 and 10; encode: how many are applied, null: all' \
                'min_count=' 'fit, trace: pairs that occur less often are not merged (2)' \
                'end_of_word=' 'fit, trace: glued to the last sign of each word; may be empty (</w>)' \
                'counts=' 'fit, trace: each line is a word and how often it occurs' \
                'escape=' 'encode, decode: write backslash, @@ and spaces so that all comes back; false: as subword-nmt'
        case 'keys:embed-stem'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'by=' 'word: NLTK\'s rules; whitespace: for text that is tokens already (word)' \
                'algorithm=' 'porter: NLTK\'s version; snowball: many languages; lancaster: cuts the most (porter)' \
                'language=' 'language (snowball) (english)'
        case 'keys:embed-lemmatize'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'by=' 'word: NLTK\'s rules; whitespace: for text that is tokens already (word)' \
                'engine=' 'auto: lemminflect, and WordNet for words it does not know, when NLTK\'s data is present (auto)' \
                'pos=' 'part of speech of every word; auto: each word\'s own, by the tagger (auto)' \
                'tagger=' 'who says the parts of speech: NLTK\'s when its data is present, else rules (auto)'
        case 'keys:embed-stopwords'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'by=' 'word: NLTK\'s rules; whitespace: for text that is tokens already (word)' \
                'source=' 'sklearn (318), gensim (337), nltk if its data is present, or a file (sklearn)' \
                'invert=' 'print the stop words of the text instead of the others'
        case 'keys:embed-tag'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'by=' 'word: NLTK\'s rules; whitespace: for text that is tokens already (word)' \
                'engine=' 'auto: NLTK\'s tagger when its data is present, else rules (auto)' \
                'model=' 'tagger made by train, used instead of an engine' \
                'format=' 'slash: word/TAG, a line for a line; tab: a word a line, an empty line after each line (slash)' \
                'train=' 'file of word/TAG lines to learn a tagger from' \
                'test=' 'file of word/TAG lines to score the tagger on' \
                'epochs=' 'passes over the file (train) (8)' \
                'seed=' 'of the order of the sentences (train) (0)'
        case 'keys:embed-vectorize'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'kind=' 'onehot: a row a token; else a row a document: binary 0 or 1, bow counts, tfidf weighted counts (tfidf)' \
                'unit=' 'what a document is (line)' \
                'by=' 'what a token is; word: NLTK\'s rules; sklearn: runs of two or more letters or digits, as scikit-learn cuts by default (whitespace)' \
                'lower=' 'make everything lower case' \
                'drop=' 'words left out, whatever their case; english: the list of stopwords; with / or .txt: a file, a word a line' \
                'ngrams=' 'tokens in a row that count as one term, N or N-M (1)' \
                'min_count=' 'terms that occur fewer times in all are left out (1)' \
                'min_df=' 'terms that fewer documents have are left out (1)' \
                'max_df=' 'terms that a greater share of the documents has are left out (1.0)' \
                'most=' 'terms kept, the most frequent ones; null: all' \
                'tfidf=' 'course: count/length · ln(N/df); sklearn: count · (ln((1+N)/(1+df)) + 1), rows of length 1 (course)' \
                'smooth=' 'sklearn: the ones inside the logarithm; false: ln(N/df) + 1; null: true' \
                'sublinear=' 'tfidf: 1 + ln(count) instead of the count' \
                'norm=' 'rows scaled to length (l2) or sum (l1) 1; auto: l2 for sklearn\'s tfidf, else none (auto)'
        case 'keys:embed-cooccurrence'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'by=' 'what a token is; word: NLTK\'s rules (whitespace)' \
                'lower=' 'make everything lower case' \
                'min_count=' 'rarer words are left out before windows are looked at (1)' \
                'most=' 'words kept, the most frequent ones; null: all' \
                'drop=' 'words left out, whatever their case; english: the list of stopwords; with / or .txt: a file, a word a line; they keep their place in the window' \
                'window=' 'words to each side that count as neighbors (5)' \
                'weights=' 'of a neighbor at distance d: 1, window + 1 - d, or 1/d as GloVe has it (flat)' \
                'direction=' 'sides that are looked at (both)' \
                'cap=' 'greater counts are cut to this; null: none is' \
                'weighting=' 'raw, log(1+c), positive mutual information, or correlation (raw)' \
                'smooth=' 'power of the neighbors\' counts (ppmi); 0.75 makes rare neighbors weigh less (1.0)' \
                'shift=' 'number whose logarithm is taken off (ppmi) (1.0)' \
                'top=' 'pairs given, the strongest; 0: all; null: 20 printed, all in a file'
        case 'keys:embed-pairs'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'method=' 'skipgram: a word and one neighbor a line; cbow: a word and all of them (skipgram)' \
                'by=' 'what a token is; word: NLTK\'s rules (whitespace)' \
                'lower=' 'make everything lower case' \
                'drop=' 'words left out, whatever their case; english: the list of stopwords; with / or .txt: a file, a word a line; their neighbors close up, as in word2vec' \
                'window=' 'words to each side that count as neighbors (2)' \
                'negatives=' 'words drawn for each pair that are no neighbors; 0: none (0)' \
                'ns_exponent=' 'words are drawn by count to this power (negatives) (0.75)' \
                'seed=' 'of the words drawn (negatives) (0)'
        case 'keys:embed-neighbors'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'top=' 'neighbors of a word (10)'
        case 'keys:embed-analogy'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'top=' 'answers to a question (10)' \
                'method=' '3cosadd: nearest to b − a + c; 3cosmul: product of the similarities (3cosadd)' \
                'keep_inputs=' 'let the three words be answers too'
        case 'keys:embed-similarity'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'files=' 'compare text files, each by the mean of its words' \
                'by=' 'what a token is; word: NLTK\'s rules (files) (whitespace)' \
                'lower=' 'make everything lower case (files)'
        case 'keys:embed-evaluate'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'analogies=' 'questions as in questions-words.txt; null: what gensim brings' \
                'pairs=' 'files of two words and a number a line; empty: what gensim brings' \
                'method=' '3cosadd: nearest to b − a + c; 3cosmul: product of the similarities (3cosadd)' \
                'restrict=' 'only the first so many words count; null: all (300000)' \
                'case_sensitive=' 'do not compare words in upper case' \
                'unknown=' 'what has an unknown word is left out, or counts as wrong (of pairs: as cosine 0) (skip)'
        case 'keys:embed-encode'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'weighting=' 'mean of the words, plain or by TF-IDF (mean)' \
                'idf=' 'text whose lines tell the IDF; null: the text encoded (tfidf)' \
                'normalize=' 'make the length of each vector 1' \
                'by=' 'what a token is; word: NLTK\'s rules (whitespace)' \
                'lower=' 'make everything lower case'
        case 'keys:embed-convert'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'to=' 'format to write; null: by the ending of the file, word2vec on stdout' \
                'most=' 'words kept, the first ones; null: all' \
                'normalize=' 'make every vector one long, so that a product is a cosine'
        case 'keys:embed-matrix'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'seed=' 'seed of the draws (0)' \
                'words=' 'the vocabulary: a file of words or of words and counts a line, or -' \
                'text=' 'a text with blanks between its tokens, whose words are counted, or -' \
                'min_count=' 'rarer words get no row; needs counts (1)' \
                'most=' 'words that get a row, the first, of a text the most frequent ones' \
                'special=' 'words of the first rows; with pad in their name zeros, with unk or oov the mean of all vectors' \
                'missing=' 'a word without a vector: drawn like those found, zeros, or the mean of all vectors (normal)' \
                'lower=' 'a word without a vector takes that of its lower case'
        case 'keys:embed-project'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'method=' 'pca: the two directions of greatest spread; tsne: who is near stays near, far means little (pca)' \
                'words=' 'words to draw, apart by commas, or a file of words' \
                'near=' 'draw this word and those nearest to it' \
                'top=' 'words drawn, the first of the file or the nearest; null: 300, and 40 with near' \
                'groups=' 'file of WORD<TAB>GROUP lines that says the colors' \
                'clusters=' 'color by so many clusters of k-means' \
                'normalize=' 'make all vectors equally long first, so that near means one direction' \
                'perplexity=' 'about how many neighbors count for a word (tsne) (30.0)' \
                'seed=' 'of t-SNE and k-means (0)'
        case 'keys:visualize-kernel'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'ops=' 'operations in order, such as [gray:luma, blur:2, sobel]; empty: each alone' \
                'kernel=' 'typed in rows, \'1 0 -1; 1 0 -1; 1 0 -1\'; used where op kernel stands' \
                'divisor=' 'what the sums of the typed kernel are divided by (1.0)' \
                'stride=' 'pixels the typed kernel moves at a time (1)' \
                'flip=' 'true convolution: the kernel is turned by 180° first; false: correlation' \
                'padding=' 'beyond the border: 0, the border again, or nothing; null: edge for pictures, else valid' \
                'matrix=' 'numbers in rows, or a .csv or .npy file, in place of pictures' \
                'example=' 'a worked example of the course as the matrix' \
                'display=' 'how numbers become gray: clip to 0–255, 0 in the middle, least to greatest; auto: by the op (auto)' \
                'steps=' 'draw the picture and each step side by side; false: the result alone'
        case 'keys:visualize-filters'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'layer=' 'name or pattern, see --list-layers; null: the first convolution' \
                'channels=' 'auto: a first layer\'s three channels as colors, else each a tile; color, each, mean, or the number of one input channel (auto)' \
                'scale=' 'one scale for all tiles, or one for each filter (shared)' \
                'ends=' 'signed: 0 is middle gray; minmax: from the least weight, black, to the greatest, white (signed)' \
                'max=' 'tiles drawn at most (256)' \
                'zoom=' 'whole factor of enlargement; null: tiles of about 56 pixels'
        case 'keys:visualize-weights'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'classes=' 'names or numbers of classes; empty: all, up to max' \
                'scale=' 'one scale for all classes, or one for each (shared)' \
                'max=' 'classes drawn at most where none are named (64)' \
                'zoom=' 'whole factor of enlargement; null: tiles of about 168 pixels'
        case 'keys:visualize-activations'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'layer=' 'name or pattern, see --list-layers; null: the first convolution, behind its activation' \
                'order=' 'strongest on average first, or as they are numbered (mean)' \
                'scale=' 'one scale for each map, or one for all of a layer (map)' \
                'max=' 'maps drawn at most; null: 64 maps, 1,024 numbers of a vector'
        case 'keys:visualize-patches'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'layer=' 'name, see --list-layers; null: the one that sees most, up to half the picture' \
                'channels=' 'numbers and ranges such as 0,3-5, or all; null: the first 16' \
                'top=' 'places kept for each channel, strongest first (9)' \
                'per_picture=' 'places of one picture that may be among them (1)' \
                'batch=' 'pictures at a time (32)' \
                'workers=' 'processes that read pictures; 0: the main one (0)'
        case 'keys:visualize-embedding'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'of=' 'features of pictures, or filters of a layer (features)' \
                'layer=' 'name or pattern, see --list-layers; null: what the last linear layer is given; of filters the first convolution' \
                'method=' 'pca: the two directions of greatest spread; tsne: who is near stays near, far means little (pca)' \
                'perplexity=' 'about how many neighbors count (tsne) (30.0)' \
                'draw=' 'what stands for a point; null: thumbnails for up to 150, otherwise dots' \
                'max_pictures=' 'pictures taken at most, in even steps through the data (1000)' \
                'batch=' 'pictures computed at a time (32)'
        case 'keys:visualize-saliency'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'classes=' 'names or numbers of classes; empty: the one the network answers' \
                'top=' 'ask for so many classes, the likeliest first; null: for one' \
                'methods=' 'gradient, smoothgrad, integrated, occlusion; several stand side by side' \
                'smoothgrad.samples=' 'noisy copies of the picture (25)' \
                'smoothgrad.noise=' 'standard deviation as a share of the picture\'s range, as the network sees it (0.1)' \
                'integrated.steps=' 'points of the Gauss-Legendre rule (50)' \
                'integrated.baseline=' 'where the path starts: black, the mean color of the picture, the picture blurred (black)' \
                'occlusion.window_px=' 'side of the cover; null: an eighth of the shorter side' \
                'occlusion.stride_px=' 'step of the cover; null: half of window_px' \
                'occlusion.baseline=' 'what it shows: black, the picture\'s mean color, the picture blurred (mean)' \
                'batch=' 'pictures the network sees at once (16)' \
                'clip_percent=' 'of the values that are not 0 lie below the brightest one shown; 100: nothing is cut (99.0)' \
                'opacity=' 'of the map over the picture; null: 1, the map alone, for gradients, 0.6 for occlusion'
        case 'keys:visualize-deconvnet' 'keys:visualize-guided-backprop'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'classes=' 'names or numbers of classes; empty: the one the network answers' \
                'top=' 'ask for so many classes, the likeliest first; null: for one' \
                'layer=' 'name of a layer whose unit is asked; null: a class is asked' \
                'channels=' 'units of the layer, each at its strongest place; empty: the channel that answers most' \
                'show=' 'color: zero is middle gray; positive: what raises the answer, from black (color)' \
                'clip_percent=' 'of the values that are not 0 lie below the brightest one shown; 100: nothing is cut (99.0)'
        case 'keys:visualize-guided-gradcam'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'classes=' 'names or numbers of classes; empty: the one the network answers' \
                'top=' 'ask for so many classes, the likeliest first; null: for one' \
                'layer=' 'name or pattern, see --list-layers; null: the last map of the network' \
                'show=' 'color: zero is middle gray; positive: what raises the answer, from black (color)' \
                'clip_percent=' 'of the values that are not 0 lie below the brightest one shown; 100: nothing is cut (99.0)'
        case 'keys:visualize-cam'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'classes=' 'names or numbers of classes; empty: the one the network answers' \
                'top=' 'ask for so many classes, the likeliest first; null: for one' \
                'opacity=' 'of the map over the picture; 0: picture alone, 1: map alone (0.5)'
        case 'keys:visualize-gradcam'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'classes=' 'names or numbers of classes; empty: the one the network answers' \
                'top=' 'ask for so many classes, the likeliest first; null: for one' \
                'layer=' 'name or pattern, see --list-layers; null: the last map of the network' \
                'methods=' 'gradcam, gradcam++, layercam, hirescam, eigencam; several stand side by side' \
                'opacity=' 'of the map over the picture; 0: picture alone, 1: map alone (0.5)'
        case 'keys:visualize-attention'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'layer=' 'attention or block by name, pattern or number (0 first, -1 last); null: the last' \
                'head=' 'mean, max or a number; null: all and their mean; of several layers, and in rollout, the mean' \
                'at=' 'ROW,COL in pixels of the input: which place looks; null: the class token, else the center' \
                'rollout=' 'follow the attention through all layers (Abnar & Zuidema 2020)' \
                'opacity=' 'of the map over the picture; 0: picture alone, 1: map alone (0.6)'
        case 'keys:visualize-maximize'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'classes=' 'names or numbers of classes; a picture is made for each' \
                'layer=' 'name of a layer, see --list-layers, whose channels are maximized' \
                'channels=' 'of the layer; a picture is made for each' \
                'objective=' 'what rises: the class\'s score, or the logarithm of its probability (logit)' \
                'image=' 'the numbers that are changed: spectrum with colors taken apart, or pixels (fourier)' \
                'optimizer=' 'adam, or ascent: steps of equal length (adam)' \
                'lr=' 'size of a step; null: 0.05 (fourier), 0.02 (pixel)' \
                'steps=' 'how many (128)' \
                'views=' 'moved views of the picture a step (1)' \
                'spread=' 'of the noise it starts from; unused with a start picture (0.05)' \
                'priors.l2=' 'share of the picture\'s contrast taken away after each step (0.005)' \
                'priors.blur_px=' 'spread of a Gaussian the picture is blurred by (0.0)' \
                'priors.blur_every=' 'steps between two blurs (4)' \
                'priors.clip_pixels=' 'share of the pixels made gray after each step: the faintest (0.0)' \
                'priors.clip_gradients=' 'share of the pixels left alone at each step: of least gradient (0.0)' \
                'priors.tv=' 'pull towards less total variation, as a share of the score\'s pull (0.06)' \
                'moves.jitter=' 'up, down, left, right, as a share of the shorter side (0.1)' \
                'moves.scale=' 'largest change of size: 0.4 means 1/1.4 to 1.4 (0.4)' \
                'moves.turn_deg=' 'largest turn, degrees (20.0)'
        case 'keys:visualize-invert'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'layers=' 'names or patterns; empty: a few from early to deep' \
                'steps=' 'of L-BFGS for each layer (70)' \
                'alpha=' 'power of the prior that keeps colors in range (6.0)' \
                'weight_alpha=' 'of that prior (0.001)' \
                'beta=' 'of the total variation that keeps the picture smooth; 1: edges stay sharp (2.0)' \
                'weight_variation=' 'of the total variation (0.01)'
        case 'keys:visualize-dream'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'HxW, or N for the longer side; null: the picture\'s own size' \
                'layers=' 'names or patterns; empty: the end of the last stage but one' \
                'channel=' 'only this channel of each layer, from 0; null: all' \
                'guide=' 'picture whose features are sought; null: what is there is enhanced' \
                'octaves=' 'sizes worked at, up to the picture\'s own; none below 32 px (4)' \
                'octave_scale=' 'from one size to the next (1.4)' \
                'steps=' 'at each size (20)' \
                'step_size=' 'mean change of a pixel a step, of 0 to 1 (0.01)' \
                'smoothing=' 'power of the wave length that the gradient is weighted by; 0: as it is, with fine noise (1.0)' \
                'jitter_px=' 'the picture is rolled by before each step (32)' \
                'tile_px=' 'sides of the squares larger pictures are worked on in; null: whole, whatever the memory (1024)'
        case 'keys:visualize-fool'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'to=' 'name or number of the class that the network shall see' \
                'goal=' 'probability to pass (0.99)' \
                'epsilon=' 'largest change of a value of a pixel that may be tried, of 255 (8)' \
                'steps=' 'for each change that is tried: 1, 2, 3, … up to epsilon (20)' \
                'step_size=' 'of a step, as a share of that change (0.25)' \
                'momentum=' 'share of the former direction that is kept (0.5)' \
                'random_start=' 'begin anywhere within the first change, not at the picture' \
                'amplify=' 'factor on the difference shown; null: to full black and white'
        case 'keys:visualize-gradients'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'label=' 'name or number of the class every picture is to be; null: its label, else the answer' \
                'batch=' 'pictures in the batch, drawn where there are more (64)' \
                'mode=' 'dropout and batch normalization as in use or in training (use)'
        case 'keys:visualize-curves'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'metrics=' 'names, such as loss (of every part) or val/loss; empty: loss and headline that all share' \
                'x=' 'what lies below: a name, time (seconds) or row; null: epoch, step, round, whichever rises' \
                'smooth=' 'weight of what came before in an exponential moving average; 0: none (0.0)' \
                'log=' 'which axes are logarithmic (none)'
        case 'keys:visualize-score'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'classes=' 'names or numbers of classes; empty: the one the network answers' \
                'top=' 'ask for so many classes, the likeliest first; null: for one' \
                'layer=' 'name or pattern, see --list-layers; null: the last map of the network' \
                'methods=' 'gradcam, gradcam++, layercam, hirescam, eigencam, saliency, guided-backprop' \
                'maps=' 'maps of your own: a .npy, or a folder with a .npy named as each picture' \
                'metrics=' 'insertion, deletion, average-drop, road' \
                'steps=' 'of insertion and deletion: equal shares of the pixels, one after another (32)' \
                'blur_px=' 'standard deviation of the blur that insertion starts from (5.0)' \
                'percentiles=' 'of road: shares of pixels kept' \
                'noise=' 'of road: standard deviation added to imputed pixels (0.01)'
        case 'keys:visualize-sanity'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'classes=' 'names or numbers of classes; empty: the one the network answers' \
                'top=' 'ask for so many classes, the likeliest first; null: for one' \
                'layer=' 'name or pattern, see --list-layers; null: the last map of the network' \
                'methods=' 'gradcam, gradcam++, layercam, hirescam, eigencam, saliency, guided-backprop' \
                'order=' 'cascading: from the top down, all above stay random; independent: one group at a time (cascading)' \
                'stages=' 'groups of layers: the head, then the others in equal shares (6)' \
                'weights=' 'fresh: as a layer begins; shuffled: those of each tensor in random order (fresh)' \
                'draws=' 'random networks that are averaged; more, and chance weighs less (1)' \
                'bound=' 'rank correlation with the trained map that a sane method ends below (0.5)'
        case 'keys:visualize-pointing'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'boxes=' 'COCO .json, or .csv with input,x0,y0,x1,y1,class' \
                'ask=' 'boxes: the class that the file gives a box; answer: the class the network answers (boxes)' \
                'methods=' 'gradcam, gradcam++, layercam, hirescam, eigencam, saliency, guided-backprop' \
                'layer=' 'of the class-activation maps: name or pattern; null: the last map of the network' \
                'tolerance_px=' 'how far from a box a hit may be, in pixels of the file (15.0)'
        case 'keys:visualize-all'
            printf '%s\t%s\n' \
                'schema=' 'version of the recipe format (1)' \
                'model=' 'run, bundle, imagenet, torchvision:NAME or timm:NAME (imagenet)' \
                'seed=' 'of random weights (NAME@random) and of every draw (0)' \
                'device.name=' 'auto, cpu, cuda, cuda:N or mps (auto)' \
                'size_px=' 'N or HxW pictures are brought to; null: as the network was trained' \
                'fit=' 'how pictures get that shape; null: as the network was trained' \
                'classes=' 'names or numbers of classes; empty: the one the network answers' \
                'top=' 'ask for so many classes, the likeliest first; null: for one' \
                'layer=' 'name or pattern, see --list-layers; null: the last map of the network' \
                'parts=' 'sections in their order; the default leaves out invert, maximize and dream, which take long'
        case 'options boost' 'options boost cascade' 'options embed' 'options embed bpe' 'options adapt' 'options segment' 'options translate' 'options stylize' 'options visualize' 'options recipes' 'options data' 'options runs' 'options completion'
            printf '%s\t%s\n' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'commands boost'
            printf '%s\t%s\n' \
                'fit' 'Fit a method to a table; scores it on rows it has not seen and writes a run directory' \
                'predict' 'Answer every row of a table, in its order, ids kept, with a probability for each class' \
                'evaluate' 'Score a fitted model on rows with known answers' \
                'compare' 'Fit every method of the course on the same rows: scores, seconds and size side by side, in the course\'s order' \
                'cv' 'Cross-validate a method: each fold scored by a model of the others, with mean and standard deviation' \
                'trace' 'Show every number of every round of boosting: weights, errors, votes, residuals, gains, leaf values' \
                'haar' 'List the Haar features of a window, or count them by type' \
                'inspect' 'Say what a table holds and how it would be read: format, kind of each column, what is missing' \
                'methods' 'List the methods, in the course\'s order, with their parameters and defaults' \
                'importance' 'Rank the columns: by what splits on them won, or by what the score loses when they are shuffled' \
                'explain' 'Say what each column adds to each answer: exact tree contributions, which with the base sum to the margin' \
                'dump' 'Write a fitted model so that it can be read: rules as text, trees as JSON, or a drawing for Graphviz' \
                'boundary' 'Draw what a model answers over two columns, with the rows of a table as points' \
                'cascade' 'Train and read Viola-Jones cascades'
        case 'options boost fit'
            printf '%s\t%s\n' \
                '--target' 'Column of the answers (data.target)' \
                '--task' 'auto: classify for text and up to 20 different whole numbers, else regress (auto) (data.task)' \
                '--id' 'Names a row, not learnt from; repeatable' \
                '--drop' 'Left out; repeatable' \
                '--val' 'share that stops early and chooses, or another table (0.15) (data.val)' \
                '--test' 'share scored once at the end, or another table (0.15) (data.test)' \
                '--method' 'Which method (model.name)' \
                '--trees' 'Trees or rounds (model.trees)' \
                '--depth' 'most questions in a row; 0: no bound (6) (model.depth)' \
                '--lr' 'share of each tree that is taken (eta) (0.3) (model.lr)' \
                '--learner' 'Weak learner of adaboost (model.learner)' \
                '--param' 'Any parameter, by the library\'s name; repeatable' \
                '--early-stop' 'rounds without progress on the validation rows that are borne; the best round is kept (early_stop)' \
                '--seed' 'of the split and every draw (0) (seed)' \
                '--threads' 'processor threads; 0: all cores. Results do not depend on it (0) (threads)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Run directory, exact' \
                '--out' 'Run directory, exact' \
                '--force' 'Move what is at --out aside' \
                '--fail-under' 'Exit 7 when a metric is below X; repeatable' \
                '--fail-over' 'Exit 7 when a metric is above X; repeatable' \
                '--print-config' 'Print the resolved recipe' \
                '--dry-run' 'Read and check the table; write nothing' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--events' 'Write progress as JSON lines (- is stdout)' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options boost predict'
            printf '%s\t%s\n' \
                '-m' 'Run or bundle of boost fit' \
                '--model' 'Run or bundle of boost fit' \
                '--unseen' 'categories that training never saw; warn: taken as missing and counted (warn) (unseen)' \
                '--threads' 'processor threads; 0: all cores. Results do not depend on it (0) (threads)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write .csv, .tsv, .jsonl or .json instead' \
                '--out' 'Write .csv, .tsv, .jsonl or .json instead' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options boost evaluate'
            printf '%s\t%s\n' \
                '-m' 'Run or bundle of boost fit' \
                '--model' 'Run or bundle of boost fit' \
                '--unseen' 'categories that training never saw; warn: taken as missing and counted (warn) (unseen)' \
                '--threads' 'processor threads; 0: all cores. Results do not depend on it (0) (threads)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '--fail-under' 'Exit 7 when a metric is below X; repeatable' \
                '--fail-over' 'Exit 7 when a metric is above X; repeatable' \
                '-o' 'Write report.json and predictions.csv' \
                '--out' 'Write report.json and predictions.csv' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options boost compare'
            printf '%s\t%s\n' \
                '--target' 'Column of the answers (data.target)' \
                '--task' 'auto: classify for text and up to 20 different whole numbers, else regress (auto) (data.task)' \
                '--id' 'Names a row, not learnt from; repeatable' \
                '--drop' 'Left out; repeatable' \
                '--val' 'share that stops early and chooses, or another table (0.15) (data.val)' \
                '--test' 'share scored once at the end, or another table (0.15) (data.test)' \
                '--methods' 'Methods, apart by commas (methods)' \
                '--early-stop' 'rounds without progress on the validation rows that are borne; the best round is kept (early_stop)' \
                '--seed' 'of the split and every draw (0) (seed)' \
                '--threads' 'processor threads; 0: all cores. Results do not depend on it (0) (threads)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Run directory, exact' \
                '--out' 'Run directory, exact' \
                '--force' 'Move what is at --out aside' \
                '--fail-under' 'Exit 7 when a metric is below X; repeatable' \
                '--fail-over' 'Exit 7 when a metric is above X; repeatable' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options boost cv'
            printf '%s\t%s\n' \
                '--target' 'Column of the answers (data.target)' \
                '--task' 'auto: classify for text and up to 20 different whole numbers, else regress (auto) (data.task)' \
                '--id' 'Names a row, not learnt from; repeatable' \
                '--drop' 'Left out; repeatable' \
                '--test' 'share left out of all folds (0.0) (data.test)' \
                '--method' 'Which method (model.name)' \
                '--trees' 'Trees or rounds (model.trees)' \
                '--depth' 'most questions in a row; 0: no bound (6) (model.depth)' \
                '--lr' 'share of each tree that is taken (eta) (0.3) (model.lr)' \
                '--learner' 'Weak learner of adaboost (model.learner)' \
                '--param' 'Any parameter, by the library\'s name; repeatable' \
                '--early-stop' 'rounds without progress on the validation rows that are borne; the best round is kept (early_stop)' \
                '--folds' 'folds; each is scored by a model of the others (5) (folds)' \
                '--repeats' 'times the whole is done with other folds (1) (repeats)' \
                '--seed' 'of the split and every draw (0) (seed)' \
                '--threads' 'processor threads; 0: all cores. Results do not depend on it (0) (threads)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '--fail-under' 'Exit 7 when a metric is below X; repeatable' \
                '--fail-over' 'Exit 7 when a metric is above X; repeatable' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options boost trace'
            printf '%s\t%s\n' \
                '--example' 'Worked example: two of two classes, one of marks' \
                '--data' 'Work through a table instead' \
                '--target' 'Column of the table to be told' \
                '--rounds' 'Rounds to show' \
                '--lr' 'Share of each learner; 1 for adaboost, .1 gradient, .3 xgboost' \
                '--learner' 'adaboost: stump or tree:DEPTH' \
                '--depth' 'gradient, xgboost: most questions in a row; 2 when not given' \
                '--loss' 'absolute: gradient only; auto: by the target' \
                '--min-leaf' 'gradient: fewest rows in a leaf; xgboost: least sum of h' \
                '--l2' 'xgboost: lambda' \
                '--min-gain' 'xgboost: gamma' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options boost haar'
            printf '%s\t%s\n' \
                '--window' 'Height and width of the window' \
                '--count' 'Only say how many there are of each type' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options boost inspect'
            printf '%s\t%s\n' \
                '--target' 'Column of the answers (data.target)' \
                '--task' 'auto: classify for text and up to 20 different whole numbers, else regress (auto) (data.task)' \
                '--id' 'Names a row, not learnt from; repeatable' \
                '--drop' 'Left out; repeatable' \
                '--set' 'Set a recipe key; repeatable' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options boost methods' 'options recipes ls' 'options recipes show' 'options recipes check' 'options recipes keys' 'options recipes schema' 'options data ls' 'options runs show' 'options runs diff' 'options device' 'options completion install' 'options completion bash' 'options completion zsh' 'options completion fish'
            printf '%s\t%s\n' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options boost importance'
            printf '%s\t%s\n' \
                '-m' 'Run or bundle of boost fit' \
                '--model' 'Run or bundle of boost fit' \
                '--kind' 'gain: what splits on it won; permutation: what the score loses when it is shuffled (gain) (kind)' \
                '--repeats' 'shuffles of each column (permutation) (10) (repeats)' \
                '--seed' 'of the shuffles (permutation) (0) (seed)' \
                '--unseen' 'categories that training never saw; warn: taken as missing and counted (warn) (unseen)' \
                '--threads' 'processor threads; 0: all cores. Results do not depend on it (0) (threads)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write .csv, .tsv, .json or a .png instead' \
                '--out' 'Write .csv, .tsv, .json or a .png instead' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options boost explain'
            printf '%s\t%s\n' \
                '-m' 'Run or bundle of boost fit' \
                '--model' 'Run or bundle of boost fit' \
                '--unseen' 'categories that training never saw; warn: taken as missing and counted (warn) (unseen)' \
                '--threads' 'processor threads; 0: all cores. Results do not depend on it (0) (threads)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write .csv, .tsv, .json, .jsonl or a .png' \
                '--out' 'Write .csv, .tsv, .json, .jsonl or a .png' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options boost dump'
            printf '%s\t%s\n' \
                '-m' 'Run or bundle of boost fit' \
                '--model' 'Run or bundle of boost fit' \
                '--format' 'How to write it' \
                '--trees' 'Only the first N trees' \
                '-o' 'Write there' \
                '--out' 'Write there' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options boost boundary'
            printf '%s\t%s\n' \
                '-m' 'Run or bundle of boost fit' \
                '--model' 'Run or bundle of boost fit' \
                '--columns' 'Two number columns; the others are held at their median' \
                '-o' 'The picture' \
                '--out' 'The picture' \
                '--unseen' 'categories that training never saw; warn: taken as missing and counted (warn) (unseen)' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'commands boost cascade'
            printf '%s\t%s\n' \
                'fit' 'Train a cascade: stages of boosted Haar features' \
                'report' 'Show the stages of a cascade and its features'
        case 'options boost cascade fit'
            printf '%s\t%s\n' \
                '--negatives' 'Folder or .npy without it; repeatable' \
                '-o' 'Where the model goes' \
                '--out' 'Where the model goes' \
                '--force' 'Replace a model that is there' \
                '--window' 'Height and width of the window' \
                '--stages' 'Most stages' \
                '--stage-sizes' 'Features of the first stages (sizes)' \
                '--detection' 'Faces each stage lets pass' \
                '--false-positive' 'Others it may let pass' \
                '--features' 'Features to choose from; null: all' \
                '--seed' 'Seed of every draw' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options boost cascade report' 'options embed odd'
            printf '%s\t%s\n' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options train'
            printf '%s\t%s\n' \
                '--data' 'Training data (data.train)' \
                '--epochs' 'passes over the training part (30) (train.epochs)' \
                '--batch' 'samples per optimizer step, of all devices together; \'all\': the whole training part; \'auto\': the largest power of two up to 512 that fits into memory and leaves 8 steps an epoch (64) (train.batch)' \
                '--lr' 'learning rate (0.001) (optim.lr)' \
                '--seed' 'of the split, the weights and every draw (0) (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps (auto) (device.name)' \
                '--devices' 'devices, each with a process of its own; on the CPU: processes (1) (device.count)' \
                '--precision' 'number format of the arithmetic (32) (device.precision)' \
                '-o' 'Run directory, exact' \
                '--out' 'Run directory, exact' \
                '--resume' 'Go on with a run; takes KEY=VALUE too' \
                '--force' 'Move what is at --out aside' \
                '--fail-under' 'Exit 7 when a metric is below X; repeatable' \
                '--fail-over' 'Exit 7 when a metric is above X; repeatable' \
                '--print-config' 'Print the resolved recipe' \
                '--show-origin' 'Print keys, values and origins' \
                '--dry-run' 'Check data, device; write nothing' \
                '--watch' 'Norms of gradients, activations by layer' \
                '--find-lr' 'Sweep the learning rate and suggest one' \
                '--check-gradients' 'Check gradients by finite differences' \
                '--overfit' 'Learn N training samples by heart' \
                '--download' 'Fetch published weights and library data sets that are not on disk' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--events' 'Write progress as JSON lines (- is stdout)' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'commands embed'
            printf '%s\t%s\n' \
                'tokenize' 'Cut text into tokens apart by single spaces, a line for a line, as it comes' \
                'stem' 'Cut words to their stems, line by line' \
                'lemmatize' 'Put the dictionary form of each word, line by line; English' \
                'stopwords' 'Leave the stop words of English out of text, line by line' \
                'tag' 'Tag words with parts of speech of the Penn Treebank, line by line; or train or test a tagger of your own' \
                'vectorize' 'Make rows of numbers of documents: one-hot, bag of words or TF-IDF' \
                'cooccurrence' 'Count how often words stand near each other, within a line; the strongest pairs come first' \
                'pairs' 'Print what word2vec trains on: each word with each neighbor (skip-gram) or with all of them (CBOW)' \
                'fit' 'Learn word vectors from text: word2vec, GloVe, or counts and SVD' \
                'neighbors' 'List the words nearest to a word, by cosine' \
                'analogy' 'Answer: man is to king as woman is to what? The words nearest to king − man + woman' \
                'odd' 'Find the word that does not go with the others: the least like the mean of all, each made one long' \
                'similarity' 'Tell the cosine of two words, of pairs in a file, or of whole texts' \
                'evaluate' 'Score word vectors: analogy questions, and pairs of words that people judged' \
                'encode' 'Make a vector of every line of text: the mean of its words\' vectors, plain or weighted by TF-IDF' \
                'convert' 'Write word vectors in another format. What is read is told by its bytes, what is written by the ending' \
                'matrix' 'Make the embedding matrix of a vocabulary for train, and say how much of it has vectors' \
                'project' 'Draw words as a map of their vectors: a picture, a page to zoom in, or coordinates' \
                'bpe' 'Byte-pair encoding: learn merges, cut words by them, put them together again'
        case 'options embed tokenize'
            printf '%s\t%s\n' \
                '--by' 'What a token is (by)' \
                '-m' 'Codes (bpe) or .model (sentencepiece)' \
                '--model' 'Codes (bpe) or .model (sentencepiece)' \
                '--lower' 'Make everything lower case (lower)' \
                '--no-lower' 'Make everything lower case (lower)' \
                '--min-count' 'Replace tokens that occur less often (min_count)' \
                '--unk' 'What rare and unknown tokens become (unk)' \
                '--vocab-in' 'Known tokens; all others are replaced (vocab_in)' \
                '--vocab-out' 'Write the kept tokens with counts (vocab_out)' \
                '--sentences' 'How sentences are found (sentences)' \
                '--wrapped' 'Sentences run on over line ends (wrapped)' \
                '--no-wrapped' 'Sentences run on over line ends (wrapped)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write there instead of printing' \
                '--out' 'Write there instead of printing' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed stem'
            printf '%s\t%s\n' \
                '--algorithm' 'Which stemmer (algorithm)' \
                '--language' 'Of snowball (language)' \
                '--by' 'How lines are cut (by)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write there instead; .jsonl: JSON lines' \
                '--out' 'Write there instead; .jsonl: JSON lines' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed lemmatize'
            printf '%s\t%s\n' \
                '--engine' 'Who knows the lemmas (engine)' \
                '--pos' 'Part of speech of all words (pos)' \
                '--tagger' 'Who says parts of speech (tagger)' \
                '--by' 'How lines are cut (by)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write there instead; .jsonl: JSON lines' \
                '--out' 'Write there instead; .jsonl: JSON lines' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed stopwords'
            printf '%s\t%s\n' \
                '--source' 'Which list (source)' \
                '--invert' 'Print the stop words instead (invert)' \
                '--no-invert' 'Print the stop words instead (invert)' \
                '--list' 'Print the list itself, a word a line' \
                '--by' 'How lines are cut (by)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write there instead; .jsonl: JSON lines' \
                '--out' 'Write there instead; .jsonl: JSON lines' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed tag'
            printf '%s\t%s\n' \
                '--engine' 'Who tags (engine)' \
                '-m' 'Tagger of your own (model)' \
                '--model' 'Tagger of your own (model)' \
                '--format' 'How it is written (format)' \
                '--by' 'How lines are cut (by)' \
                '--train' 'Learn a tagger from word/TAG lines (train)' \
                '--test' 'Score the tagger on word/TAG lines (test)' \
                '--epochs' 'Passes over them (epochs)' \
                '--seed' 'Of their order (seed)' \
                '--fail-under' 'Exit 7 when a metric is below X; repeatable' \
                '--fail-over' 'Exit 7 when a metric is above X; repeatable' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write there instead; .jsonl: JSON lines' \
                '--out' 'Write there instead; .jsonl: JSON lines' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed vectorize'
            printf '%s\t%s\n' \
                '--kind' 'Tokens as 0 and 1, documents as 0 and 1, counts, weights (kind)' \
                '--unit' 'What a document is (unit)' \
                '--by' 'What a token is (by)' \
                '--lower' 'All lower case (lower)' \
                '--no-lower' 'All lower case (lower)' \
                '--drop' 'Words left out (drop); repeatable' \
                '--ngrams' 'Tokens in a row that are one term (ngrams)' \
                '--min-count' 'Leave rarer ones out (min_count)' \
                '--min-df' 'Leave terms of fewer documents out (min_df)' \
                '--max-df' 'Leave terms of more documents out (max_df)' \
                '--most' 'Keep the N most frequent (most)' \
                '--tfidf' 'Which formula (tfidf)' \
                '--smooth' 'Ones inside scikit-learn\'s logarithm (smooth)' \
                '--no-smooth' 'Ones inside scikit-learn\'s logarithm (smooth)' \
                '--sublinear' '1 + ln(count) for the count (sublinear)' \
                '--no-sublinear' '1 + ln(count) for the count (sublinear)' \
                '--norm' 'Scale each row to 1 (norm)' \
                '-m' 'Terms and weights learnt before: the .npz, or its .vocabulary.json' \
                '--model' 'Terms and weights learnt before: the .npz, or its .vocabulary.json' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write .npz and its vocabulary, .csv or .tsv instead' \
                '--out' 'Write .npz and its vocabulary, .csv or .tsv instead' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed cooccurrence'
            printf '%s\t%s\n' \
                '--window' 'Words to each side (window)' \
                '--weights' 'By distance d: 1, window + 1 - d, 1/d (weights)' \
                '--ramp' 'Same as --weights ramp' \
                '--direction' 'Which side is looked at (direction)' \
                '--cap' 'Cut greater counts to X (cap)' \
                '--weighting' 'What becomes of counts (weighting)' \
                '--by' 'What a token is (by)' \
                '--lower' 'All lower case (lower)' \
                '--no-lower' 'All lower case (lower)' \
                '--drop' 'Words left out (drop); repeatable' \
                '--min-count' 'Leave rarer ones out (min_count)' \
                '--most' 'Keep the N most frequent (most)' \
                '--top' 'Pairs given, 0: all (top)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write .npz and its vocabulary, .csv or .tsv instead' \
                '--out' 'Write .npz and its vocabulary, .csv or .tsv instead' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed pairs'
            printf '%s\t%s\n' \
                '--method' 'One neighbor a line, or all (method)' \
                '--window' 'Words to each side (window)' \
                '--negatives' 'Words drawn for each pair (negatives)' \
                '--ns-exponent' 'Drawn by count to this power (ns_exponent)' \
                '--seed' 'Of what is drawn (seed)' \
                '--by' 'What a token is (by)' \
                '--lower' 'All lower case (lower)' \
                '--no-lower' 'All lower case (lower)' \
                '--drop' 'Words left out (drop); repeatable' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write TSV there, or .jsonl' \
                '--out' 'Write TSV there, or .jsonl' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed fit'
            printf '%s\t%s\n' \
                '--by' 'What a word is (data.by)' \
                '--lower' 'Make all lower case (data.lower)' \
                '--no-lower' 'Make all lower case (data.lower)' \
                '--min-count' 'Leave rarer words out (data.min_count)' \
                '--most' 'Keep the N most frequent words (data.most)' \
                '--method' 'How it learns (model.name)' \
                '--dim' 'Numbers in a vector (model.dim)' \
                '--window' 'Neighbors to each side (model.window)' \
                '--epochs' 'Passes; not of svd (model.epochs)' \
                '--lr' 'Learning rate; not of svd (model.lr)' \
                '--seed' 'Of what is drawn (seed)' \
                '--loss' 'Against drawn words or all (model.loss)' \
                '--negatives' 'Words drawn for a pair (model.negatives)' \
                '--ns-exponent' 'Power of their counts (model.ns_exponent)' \
                '--sample' 'Thin out frequent words (model.sample)' \
                '--engine' 'Who trains: gensim or ours (engine)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps (device.name)' \
                '--c-max' 'Counts from here on weigh 1 (model.c_max)' \
                '--alpha' 'Power for rarer counts (model.alpha)' \
                '--weighting' 'What becomes of counts (model.weighting)' \
                '--power' 'Power of the singular values (model.power)' \
                '--ramp' 'Near neighbors count more (model.ramp)' \
                '--no-ramp' 'Near neighbors count more (model.ramp)' \
                '--direction' 'Sides looked at (model.direction)' \
                '--cap' 'Cut greater counts to this (model.cap)' \
                '--drop' 'Words left out; repeatable (model.drop)' \
                '--threads' 'Processor threads, 0: all (threads)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Vectors (.txt .vec .bin .npz .safetensors, .gz), or a run' \
                '--out' 'Vectors (.txt .vec .bin .npz .safetensors, .gz), or a run' \
                '--force' 'Move the run at --out aside' \
                '--fail-under' 'Exit 7 when a metric is below X; repeatable' \
                '--fail-over' 'Exit 7 when a metric is above X; repeatable' \
                '--print-config' 'Print the resolved recipe' \
                '--dry-run' 'Read and count the text; write nothing' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--events' 'Write progress as JSON lines (- is stdout)' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed neighbors'
            printf '%s\t%s\n' \
                '--top' 'How many answers (top)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed analogy'
            printf '%s\t%s\n' \
                '--top' 'How many answers (top)' \
                '--method' 'Cosines added, or multiplied (method)' \
                '--keep-inputs' 'Let A, B and C be answers; often they win (keep_inputs)' \
                '--drop-inputs' 'Let A, B and C be answers; often they win (keep_inputs)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed similarity'
            printf '%s\t%s\n' \
                '--pairs' 'Two words a line, or - for stdin' \
                '--files' 'Compare text files by the means of their words (files)' \
                '--words' 'Compare text files by the means of their words (files)' \
                '--by' 'What a token is (by)' \
                '--lower' 'Make everything lower case (lower)' \
                '--no-lower' 'Make everything lower case (lower)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed evaluate'
            printf '%s\t%s\n' \
                '--analogies' 'Questions as in questions-words.txt (analogies)' \
                '--pairs' 'Two words and a number a line; repeatable (pairs)' \
                '--method' 'Cosines added, or multiplied (method)' \
                '--restrict' 'Only the first N words count (restrict)' \
                '--case-sensitive' 'Tell King from king (case_sensitive)' \
                '--ignore-case' 'Tell King from king (case_sensitive)' \
                '--unknown' 'Leave questions with unknown words out, or count them wrong (unknown)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '--fail-under' 'Exit 7 when a metric is below X; repeatable' \
                '--fail-over' 'Exit 7 when a metric is above X; repeatable' \
                '-o' 'Write the document of --json there too' \
                '--out' 'Write the document of --json there too' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed encode'
            printf '%s\t%s\n' \
                '--weighting' 'Plain mean, or by TF-IDF (weighting)' \
                '--idf' 'Text whose lines tell how rare words are (idf)' \
                '--normalize' 'Make vectors one long (normalize)' \
                '--no-normalize' 'Make vectors one long (normalize)' \
                '--by' 'What a token is (by)' \
                '--lower' 'Make everything lower case (lower)' \
                '--no-lower' 'Make everything lower case (lower)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write .jsonl, .npz or .npy (a row a line of text) instead' \
                '--out' 'Write .jsonl, .npz or .npy (a row a line of text) instead' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed convert'
            printf '%s\t%s\n' \
                '--to' 'word2vec, word2vec-binary, glove, npz or safetensors (to)' \
                '--most' 'Only the first N words (most)' \
                '--normalize' 'Make vectors one long (normalize)' \
                '--no-normalize' 'Make vectors one long (normalize)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed matrix'
            printf '%s\t%s\n' \
                '--words' 'The vocabulary: a word, or a word and its count, a line; or - (words)' \
                '--text' 'Instead: a text of tokens, whose words are counted; or - (text)' \
                '--special' 'Words of the first rows, such as \'<PAD>,<UNK>\': zeros and the mean (special)' \
                '--missing' 'What a word without a vector gets (missing)' \
                '--lower' 'A word without a vector takes that of its lower case (lower)' \
                '--no-lower' 'A word without a vector takes that of its lower case (lower)' \
                '--min-count' 'Rarer words get no row (min_count)' \
                '--most' 'Only the first N words (most)' \
                '--seed' 'Of what is drawn (seed)' \
                '-o' 'The matrix, .npz; without it only the coverage' \
                '--out' 'The matrix, .npz; without it only the coverage' \
                '--fail-under' 'Exit 7 when a metric is below X; repeatable' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed project'
            printf '%s\t%s\n' \
                '--method' 'Which two directions (method)' \
                '--top' 'Words drawn: the first, or the nearest (top)' \
                '--words' 'Draw these (words)' \
                '--near' 'Draw it and its nearest (near)' \
                '--groups' 'Lines WORD<TAB>GROUP (groups)' \
                '--clusters' 'Clusters of k-means (clusters)' \
                '--normalize' 'Make lengths equal first (normalize)' \
                '--no-normalize' 'Make lengths equal first (normalize)' \
                '--perplexity' 'Neighbors of a word, for tsne (perplexity)' \
                '--seed' 'Of tsne and k-means (seed)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png, .html, .csv or .json, or a folder' \
                '--out' 'A .png, .html, .csv or .json, or a folder' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'commands embed bpe'
            printf '%s\t%s\n' \
                'fit' 'Learn merges from text, the same ones as subword-nmt and in its file format' \
                'encode' 'Cut words into pieces, low@@ er; any text comes back by decode' \
                'decode' 'Put the pieces of bpe encode together again' \
                'trace' 'Show merge after merge: the pair, its count, the words it changes; without text hug, pug, pun, bun, hugs'
        case 'options embed bpe fit'
            printf '%s\t%s\n' \
                '--merges' 'How many merges (merges)' \
                '--min-count' 'Leave rarer ones out (min_count)' \
                '--end-of-word' 'Mark glued to the end of words; may be empty (end_of_word)' \
                '--counts' 'Lines are a word and its count, not text (counts)' \
                '--no-counts' 'Lines are a word and its count, not text (counts)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write there, not to stdout' \
                '--out' 'Write there, not to stdout' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed bpe encode'
            printf '%s\t%s\n' \
                '-m' 'File of bpe fit or of subword-nmt' \
                '--model' 'File of bpe fit or of subword-nmt' \
                '--merges' 'How many merges (merges)' \
                '--escape' 'All comes back, or exactly as subword-nmt (escape)' \
                '--no-escape' 'All comes back, or exactly as subword-nmt (escape)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write there instead of printing' \
                '--out' 'Write there instead of printing' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed bpe decode'
            printf '%s\t%s\n' \
                '--escape' 'All comes back, or exactly as subword-nmt (escape)' \
                '--no-escape' 'All comes back, or exactly as subword-nmt (escape)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write there instead of printing' \
                '--out' 'Write there instead of printing' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options embed bpe trace'
            printf '%s\t%s\n' \
                '--merges' 'How many merges (merges)' \
                '--min-count' 'Leave rarer ones out (min_count)' \
                '--end-of-word' 'Mark glued to the end of words; may be empty (end_of_word)' \
                '--counts' 'Lines are a word and its count, not text (counts)' \
                '--no-counts' 'Lines are a word and its count, not text (counts)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options detect'
            printf '%s\t%s\n' \
                '-m' 'Cascade: bundle or OpenCV\'s .xml' \
                '--model' 'Cascade: bundle or OpenCV\'s .xml' \
                '--scale' 'Size of a box over the next smaller' \
                '--step' 'Pixels between windows' \
                '--smallest' 'Least height of a box' \
                '--largest' 'Greatest height of a box' \
                '--min-neighbors' 'Windows that must agree' \
                '--stages' 'Tell the windows left after each stage' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'DIR of drawn pictures, or .csv .tsv .jsonl .json' \
                '--out' 'DIR of drawn pictures, or .csv .tsv .jsonl .json' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'commands visualize'
            printf '%s\t%s\n' \
                'kernel' 'Process pictures without a network: gray, blur, edges, any kernel; alone: each' \
                'filters' 'Show the weights of a layer as pictures: the patterns its filters look for' \
                'weights' 'Show a linear classifier as one picture a class: which pixels speak for it, which against' \
                'activations' 'Show what a layer makes of a picture: one map a channel, the strongest first' \
                'embedding' 'Lay pictures out by what a network sees in them, or a layer\'s filters by their weights' \
                'patches' 'Show the parts of many pictures that activate each channel of a layer most' \
                'saliency' 'Show which pixels the score of a class depends on' \
                'deconvnet' 'Show what excites a class or a unit, by a network run backwards: deconvnet' \
                'guided-backprop' 'Show what excites a class or a unit, by gradients that only positive signals pass' \
                'guided-gradcam' 'Show what excites a class at the places that speak for it: guided backpropagation times Grad-CAM' \
                'cam' 'Show which parts of a picture speak for a class, by the weights of the network\'s last layer' \
                'gradcam' 'Show which parts of a picture speak for a class: Grad-CAM and its kin' \
                'attention' 'Show what each head of a vision transformer looks at: attention weights' \
                'maximize' 'Make the picture that a class or a channel answers to most' \
                'fool' 'Change a picture, by as little as it takes, so that the network sees another class' \
                'invert' 'Show what layers keep of a picture: noise made into what they answer alike' \
                'dream' 'DeepDream: change a picture towards what a layer sees in it, at its own size' \
                'gradients' 'Show how large the gradient of a loss is in each layer: whether it vanishes or explodes' \
                'curves' 'Draw training curves of runs and tables over each other: on the terminal, or as files' \
                'score' 'Measure how faithful maps are to the network, beside a random map and the picture\'s edges' \
                'sanity' 'Make weights random from the top: a map that stays the same shows the picture, not the network' \
                'pointing' 'Play the pointing game: how often the highest place of a map lies in the box of what it explains' \
                'all' 'Look at a network and its answer in every way that fits, on one page that needs no network to be read'
        case 'options visualize kernel'
            printf '%s\t%s\n' \
                '--op' 'In the order given: negative, gray:luma|mean, blur:SIGMA, box:SIZE, shift:DX,DY, sharpen[:AMOUNT], sobel[:x|y], laplacian, emboss, kernel, relu, maxpool:SIZE (ops)' \
                '--display' 'How numbers become gray (display)' \
                '--steps' 'A sheet of the picture and each step (steps)' \
                '--padding' 'Beyond the border (padding)' \
                '--kernel' '\'1 0 -1; 1 0 -1; 1 0 -1\' (kernel)' \
                '--divisor' 'Of its sums (divisor)' \
                '--stride' 'Pixels it moves (stride)' \
                '--flip' 'Convolve: turn it first; else correlate, as networks do (flip)' \
                '--matrix' 'Numbers, .csv, .npy (matrix)' \
                '--example' 'Of the course (example)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize filters'
            printf '%s\t%s\n' \
                '--scale' 'One for all, or for each (scale)' \
                '--channels' 'Of the input (channels)' \
                '--max' 'Tiles at most (max)' \
                '--zoom' 'Whole factor of enlargement (zoom)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--layer' 'Name or pattern of a layer (layer)' \
                '--list-layers' 'List layers, shapes, receptive fields; stop' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize weights'
            printf '%s\t%s\n' \
                '--class' 'Name or number; repeatable (classes)' \
                '--scale' 'One for all, or for each (scale)' \
                '--zoom' 'Whole factor of enlargement (zoom)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize activations'
            printf '%s\t%s\n' \
                '--order' 'Strongest first, or by number (order)' \
                '--scale' 'One for each map, or for all (scale)' \
                '--max' 'Maps at most (max)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--layer' 'Name or pattern of a layer (layer)' \
                '--list-layers' 'List layers, shapes, receptive fields; stop' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize embedding'
            printf '%s\t%s\n' \
                '--of' 'Of pictures, or of a layer (of)' \
                '--method' 'Which two directions (method)' \
                '--draw' 'What stands for a point (draw)' \
                '--max-pictures' 'Taken at most (max_pictures)' \
                '--table' 'Coordinates as .csv or .tsv' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--layer' 'Name or pattern of a layer (layer)' \
                '--list-layers' 'List layers, shapes, receptive fields; stop' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize patches'
            printf '%s\t%s\n' \
                '--channels' 'Which channels (channels)' \
                '--top' 'Places a channel (top)' \
                '--per-picture' 'Of these from one picture (per_picture)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--layer' 'Name or pattern of a layer (layer)' \
                '--list-layers' 'List layers, shapes, receptive fields; stop' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize saliency'
            printf '%s\t%s\n' \
                '--class' 'Name or number; repeatable (classes)' \
                '--top' 'The N likeliest classes (top)' \
                '--method' 'Repeatable (methods)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize deconvnet' 'options visualize guided-backprop'
            printf '%s\t%s\n' \
                '--class' 'Name or number; repeatable (classes)' \
                '--top' 'The N likeliest classes (top)' \
                '--show' 'Around gray, or what is above 0 (show)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--layer' 'Name or pattern of a layer (layer)' \
                '--channel' 'Of --layer; repeatable (channels)' \
                '--list-layers' 'List layers, shapes, receptive fields; stop' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize guided-gradcam'
            printf '%s\t%s\n' \
                '--class' 'Name or number; repeatable (classes)' \
                '--top' 'The N likeliest classes (top)' \
                '--show' 'Around gray, or what is above 0 (show)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--layer' 'Name or pattern of a layer (layer)' \
                '--list-layers' 'List layers, shapes, receptive fields; stop' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize cam'
            printf '%s\t%s\n' \
                '--class' 'Name or number; repeatable (classes)' \
                '--top' 'The N likeliest classes (top)' \
                '--opacity' 'Of the map, 0 to 1 (opacity)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize gradcam'
            printf '%s\t%s\n' \
                '--class' 'Name or number; repeatable (classes)' \
                '--top' 'The N likeliest classes (top)' \
                '--method' 'Repeatable (methods)' \
                '--opacity' 'Of the map, 0 to 1 (opacity)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--layer' 'Name or pattern of a layer (layer)' \
                '--list-layers' 'List layers, shapes, receptive fields; stop' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize attention'
            printf '%s\t%s\n' \
                '--head' 'Heads as one, or one of them (head)' \
                '--at' 'The place that looks, in pixels of the input (at)' \
                '--rollout' 'Follow it through all layers (rollout)' \
                '--opacity' 'Of the map, 0 to 1 (opacity)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--layer' 'Name, pattern or number (layer)' \
                '--list-layers' 'List the attentions and stop' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize maximize'
            printf '%s\t%s\n' \
                '--class' 'Name or number; repeatable (classes)' \
                '--channel' 'Of --layer; repeatable (channels)' \
                '--image' 'The numbers that are changed (image)' \
                '--steps' 'How many (steps)' \
                '--l2' 'Decay a step (priors.l2)' \
                '--blur' 'Gaussian, pixels (priors.blur_px)' \
                '--clip-pixels' 'Share made gray (priors.clip_pixels)' \
                '--clip-gradients' 'Share left alone (priors.clip_gradients)' \
                '--tv' 'Total variation (priors.tv)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--layer' 'Name or pattern of a layer (layer)' \
                '--list-layers' 'List layers, shapes, receptive fields; stop' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--picture' 'A .png for the picture alone' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize fool'
            printf '%s\t%s\n' \
                '--to' 'The class to be seen (to)' \
                '--epsilon' 'Largest change of a value, of 255 (epsilon)' \
                '--goal' 'Probability to pass (goal)' \
                '--steps' 'For each change that is tried (steps)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--picture' 'A .png for the picture alone' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize invert'
            printf '%s\t%s\n' \
                '--steps' 'For each layer (steps)' \
                '--weight-variation' 'Of smoothness; 0: none (weight_variation)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--layer' 'Name or pattern; repeatable (layers)' \
                '--list-layers' 'List layers, shapes, receptive fields; stop' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize dream'
            printf '%s\t%s\n' \
                '--channel' 'One channel of the layer (channel)' \
                '--guide' 'Picture whose features are sought (guide)' \
                '--octaves' 'Sizes worked at (octaves)' \
                '--steps' 'At each size (steps)' \
                '--tile-px' 'Work in squares of N pixels (tile_px)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--layer' 'Name or pattern; repeatable (layers)' \
                '--list-layers' 'List layers, shapes, receptive fields; stop' \
                '--size-px' 'Longer side, or both (size_px)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize gradients'
            printf '%s\t%s\n' \
                '--class' 'Name or number all are to be (label)' \
                '--batch' 'Pictures in the batch (batch)' \
                '--mode' 'Of dropout, batch norm (mode)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png or .npy, a folder, or - (PNG)' \
                '--out' 'A .png or .npy, a folder, or - (PNG)' \
                '--raw' 'Write the numbers as .npy' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize curves'
            printf '%s\t%s\n' \
                '--metric' 'loss of all parts, or val/loss; repeatable (metrics)' \
                '--x' 'epoch, step, time, row or any column (x)' \
                '--smooth' 'Weight of the past, 0 to below 1 (smooth)' \
                '--log' 'Logarithmic axes (log)' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'A .png, .svg or .csv, a folder for all, or - (PNG)' \
                '--out' 'A .png, .svg or .csv, a folder for all, or - (PNG)' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize score'
            printf '%s\t%s\n' \
                '--metric' 'Default: all (metrics)' \
                '--method' 'Repeatable (methods)' \
                '--map' 'Own map, .npy, or a folder of PICTURE.npy (maps)' \
                '--class' 'Name or number; repeatable (classes)' \
                '--top' 'The N likeliest classes (top)' \
                '--fail-under' 'Exit 7 when a metric is below X; repeatable' \
                '--fail-over' 'Exit 7 when a metric is above X; repeatable' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--layer' 'Name or pattern of a layer (layer)' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Draw too: a .png, a folder, or - (PNG)' \
                '--out' 'Draw too: a .png, a folder, or - (PNG)' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize sanity'
            printf '%s\t%s\n' \
                '--method' 'Repeatable (methods)' \
                '--stages' 'Groups of layers (stages)' \
                '--order' 'All above too, or alone (order)' \
                '--class' 'Name or number; repeatable (classes)' \
                '--top' 'The N likeliest classes (top)' \
                '--fail-under' 'Exit 7 when a metric is below X; repeatable' \
                '--fail-over' 'Exit 7 when a metric is above X; repeatable' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--layer' 'Name or pattern of a layer (layer)' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Draw too: a .png, a folder, or - (PNG)' \
                '--out' 'Draw too: a .png, a folder, or - (PNG)' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize pointing'
            printf '%s\t%s\n' \
                '--boxes' 'COCO .json, or .csv: input,x0,y0,x1,y1,class (boxes)' \
                '--ask' 'For the class of the boxes, or answered (ask)' \
                '--method' 'Repeatable (methods)' \
                '--fail-under' 'Exit 7 when a metric is below X; repeatable' \
                '--fail-over' 'Exit 7 when a metric is above X; repeatable' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--layer' 'Name or pattern of a layer (layer)' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Draw too: a .png, a folder, or - (PNG)' \
                '--out' 'Draw too: a .png, a folder, or - (PNG)' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options visualize all'
            printf '%s\t%s\n' \
                '--part' 'A section; repeatable, in order (parts)' \
                '--class' 'Name or number; repeatable (classes)' \
                '--top' 'The N likeliest classes (top)' \
                '-m' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--model' 'Run, bundle, imagenet, torchvision:NAME, timm:NAME (model)' \
                '--layer' 'Name or pattern of a layer (layer)' \
                '--size-px' 'Size of the pictures (size_px)' \
                '--fit' 'How they get it (fit)' \
                '--seed' 'Of random weights and draws (seed)' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--download' 'Fetch published weights not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Folder of the page (visualize)' \
                '--out' 'Folder of the page (visualize)' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options predict'
            printf '%s\t%s\n' \
                '--top' 'Classes listed for each picture' \
                '--batch' 'Pictures at a time' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--precision' '32, bf16 or 16' \
                '--download' 'Fetch published weights and library data sets that are not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '-o' 'Write .csv, .tsv, .jsonl or .json instead' \
                '--out' 'Write .csv, .tsv, .jsonl or .json instead' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options evaluate'
            printf '%s\t%s\n' \
                '--data' 'Labeled data; by default the run\'s own test part' \
                '--part' 'auto, all, train, val or test' \
                '--batch' 'Pictures at a time' \
                '--device' 'auto, cpu, cuda, cuda:N or mps' \
                '--precision' '32, bf16 or 16' \
                '--download' 'Fetch published weights and library data sets that are not on disk' \
                '-r' 'Recipe with this command\'s keys' \
                '--recipe' 'Recipe with this command\'s keys' \
                '--set' 'Set a recipe key; repeatable' \
                '--fail-under' 'Exit 7 when a metric is below X; repeatable' \
                '--fail-over' 'Exit 7 when a metric is above X; repeatable' \
                '-o' 'Write report.json and per-picture predictions.csv' \
                '--out' 'Write report.json and per-picture predictions.csv' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options export'
            printf '%s\t%s\n' \
                '-o' 'The file; its ending .onnx or .pt2 tells the format' \
                '--out' 'The file; its ending .onnx or .pt2 tells the format' \
                '--format' 'The format, when it is to be said' \
                '--data' 'Pictures for the check besides the made-up ones' \
                '--dynamic-size' 'Leave height and width free too (convolutional networks)' \
                '--download' 'Fetch published weights and library data sets that are not on disk' \
                '--stamp' 'Write FILE last, for make' \
                '--depfile' 'Write what was read, in make syntax' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options describe'
            printf '%s\t%s\n' \
                '--size-px' 'Size of the input picture' \
                '--channels' 'Of the input picture' \
                '--classes' 'Of the head' \
                '--stride' 'ResNet bottlenecks stride at the 1×1, as published' \
                '--set' 'Set a recipe key; repeatable' \
                '--convolutional' 'Turn the dense head into convolutions; prove equal scores' \
                '-o' 'Write .csv, .tsv or .json instead' \
                '--out' 'Write .csv, .tsv or .json instead' \
                '--list' 'List network names: own, torchvision, timm or all' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'commands recipes'
            printf '%s\t%s\n' \
                'ls' 'List the shipped recipes' \
                'show' 'Print a recipe file as it is' \
                'cp' 'Copy a recipe to a file of your own' \
                'check' 'Check recipes; exits 2 when one is wrong' \
                'keys' 'List every key of a task\'s recipes with type, default and meaning' \
                'schema' 'Print the JSON Schema of a task\'s recipes, for editors'
        case 'options recipes cp'
            printf '%s\t%s\n' \
                '--force' 'Replace an existing file' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'commands data'
            printf '%s\t%s\n' \
                'ls' 'List builtin data sets, those of torchvision and the formats that can be read' \
                'check' 'Find broken, missing, mislabeled and duplicate pictures; exits 3 when there are any but mere duplicates' \
                'convert' 'Write a data set in another format; its parts become folders, or a column' \
                'preview' 'Draw a contact sheet of a data set, with a recipe as the network will see it'
        case 'options data check'
            printf '%s\t%s\n' \
                '--download' 'Fetch a library data set that is not on disk' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options data convert'
            printf '%s\t%s\n' \
                '--download' 'Fetch a library data set that is not on disk' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'options data preview'
            printf '%s\t%s\n' \
                '-o' 'The contact sheet' \
                '--out' 'The contact sheet' \
                '-r' 'Show pictures as this train recipe changes them' \
                '--recipe' 'Show pictures as this train recipe changes them' \
                '--set' 'Set a recipe key; repeatable' \
                '--count' 'Pictures on the sheet' \
                '--epoch' 'Epoch whose augmentation is drawn' \
                '--download' 'Fetch a library data set that is not on disk' \
                '--json' 'Print one JSON document' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'commands runs'
            printf '%s\t%s\n' \
                'ls' 'List the runs below runs/' \
                'show' 'Show a run: its epochs, metrics and files' \
                'diff' 'Show where recipes and metrics of two runs differ'
        case 'options runs ls'
            printf '%s\t%s\n' \
                '--sort' 'Best first by this metric' \
                '--root' 'Where to look' \
                '--json' 'Print one JSON document' \
                '--jsonl' 'Print one JSON line an item' \
                '-q' 'Only errors on stderr' \
                '--quiet' 'Only errors on stderr' \
                '--debug' 'Show tracebacks' \
                '-h' 'Show the help' \
                '--help' 'Show the help'
        case 'commands completion'
            printf '%s\t%s\n' \
                'install' 'Write the script where your shell looks for completions; no rc file is edited' \
                'bash' 'Print the script for bash 4 or newer' \
                'zsh' 'Print the script for zsh' \
                'fish' 'Print the script for fish'
        case 'data'
            printf '%s\t%s\n' \
                'digits' '1,797 handwritten digits of 8×8 pixels in 10 classes (scikit-learn, from the UCI repository)' \
                'folder:' 'data in the format folder' \
                'csv:' 'data in the format csv' \
                'torchvision:' 'a data set of torchvision'
        case 'sets'
            printf '%s\t%s\n' \
                'CIFAR10' '60,000 color pictures of 32×32 pixels in 10 classes' \
                'CIFAR100' '60,000 color pictures of 32×32 pixels in 100 classes' \
                'MNIST' '70,000 handwritten digits of 28×28 pixels' \
                'FashionMNIST' '70,000 pieces of clothing of 28×28 gray pixels in 10 classes' \
                'KMNIST' '70,000 Japanese characters of 28×28 pixels in 10 classes' \
                'EMNIST' '131,600 letters and digits of 28×28 pixels in 47 classes (balanced)' \
                'USPS' '9,298 handwritten digits of 16×16 pixels' \
                'SVHN' '99,289 digits of house numbers, 32×32 color pixels' \
                'STL10' '13,000 color pictures of 96×96 pixels in 10 classes' \
                'Food101' '101,000 photographs of 101 dishes' \
                'Flowers102' '8,189 photographs of 102 flowers' \
                'DTD' '5,640 textures in 47 classes (partition 1)' \
                'OxfordIIITPet' '7,349 photographs of 37 breeds of cats and dogs' \
                'GTSRB' 'German traffic signs of 43 kinds: 26,640 to train, 12,630 to test' \
                'Imagenette' '13,394 photographs of 10 easy ImageNet classes, 160 px' \
                'EuroSAT' '27,000 satellite pictures of 64×64 color pixels in 10 classes'
        case 'tables'
            printf '%s\t%s\n' \
                'breast-cancer' '569 tumors, 30 measures, benign or malignant (scikit-learn, from the UCI repository)' \
                'diabetes' '442 patients, 10 measures, progression after a year: regression (scikit-learn)' \
                'digits' '1,797 handwritten digits as 64 gray values in 10 classes (scikit-learn)' \
                'iris' '150 flowers, 4 measures, 3 species (scikit-learn)' \
                'wine' '178 wines, 13 measures, 3 growers (scikit-learn, from the UCI repository)' \
                'csv:' 'a table in the format csv' \
                'tsv:' 'a table in the format tsv' \
                'libsvm:' 'a table in the format libsvm' \
                'parquet:' 'a table in the format parquet'
        case 'methods'
            printf '%s\t%s\n' \
                'linear' 'least squares (regression)' \
                'logistic' 'logistic regression, of two classes or many (softmax)' \
                'perceptron' 'one layer of threshold units, trained by mistakes' \
                'bayes' 'Gaussian naive Bayes' \
                'knn' 'the k nearest rows decide' \
                'svm' 'support vector machine' \
                'tree' 'one decision tree (CART)' \
                'vote' 'several methods vote: hard, soft or weighted' \
                'bagging' 'trees on bootstrap samples' \
                'forest' 'random forest: bagging, and each split sees some columns only' \
                'stacking' 'a method that learns from out-of-fold answers of others' \
                'adaboost' 'AdaBoost with decision stumps; SAMME for more than two classes' \
                'gradient' 'gradient boosting, tree by tree on residuals' \
                'hist' 'gradient boosting on binned columns, for size (scikit-learn)' \
                'xgboost' 'XGBoost: regularized gradient boosting' \
                'lightgbm' 'LightGBM (extra: lightgbm)'
        case 'corpora'
            printf '%s\t%s\n' \
                'lee' '300 news articles of the Australian broadcaster, an article a line (Lee 2005, comes with gensim)'
        case 'own'
            printf '%s\t%s\n' \
                'perceptron' 'one layer of threshold units, trained by mistakes (loss: perceptron)' \
                'linear' 'softmax regression: one linear layer on the pixels' \
                'mlp' 'multi-layer perceptron on the pixels' \
                'lenet5' 'LeNet-5 (LeCun 1998): 61,706 weights on 28×28 gray pictures in 10 classes' \
                'vgg_a_lrn' 'VGG A with local response normalization (Simonyan 2015): 132,863,336 weights' \
                'vgg_c' 'VGG C, with 1×1 convolutions (Simonyan 2015): 133,638,952 weights' \
                'nin' 'Network in Network (Lin 2014): 966,986 weights (cifar), 7,595,176 (imagenet)' \
                'inception_v1' 'GoogLeNet with true 5×5 branches (Szegedy 2015): 7,005,832 weights, auxiliary heads 6,379,984' \
                'inception_v2' 'BN-Inception (Ioffe 2015): 11,194,984 weights' \
                'shufflenet_v1' 'ShuffleNet (Zhang 2018): 1,865,728 weights with 3 groups, 137 million multiply-adds' \
                'resnet20' 'residual network for 32×32 pictures (He 2016), 20 layers: 0.27 M weights' \
                'resnet32' 'residual network for 32×32 pictures (He 2016), 32 layers: 0.46 M weights' \
                'resnet44' 'residual network for 32×32 pictures (He 2016), 44 layers: 0.66 M weights' \
                'resnet56' 'residual network for 32×32 pictures (He 2016), 56 layers: 0.85 M weights' \
                'resnet110' 'residual network for 32×32 pictures (He 2016), 110 layers: 1.7 M weights' \
                'preresnet20' 'resnet20 with normalization and ReLU before the convolutions (He 2016b)' \
                'preresnet110' 'resnet110 with normalization and ReLU before the convolutions (He 2016b)' \
                'stochastic_resnet110' 'resnet110 whose units are left out at random in training (Huang 2016)' \
                'se_resnet20' 'resnet20 with squeeze-and-excitation (Hu 2018)' \
                'wide_resnet' 'WRN-28-10 for 32×32 pictures (Zagoruyko 2016): 36.5 M weights' \
                'resnext29' 'ResNeXt-29 8×64d for 32×32 pictures (Xie 2017): 34.4 M weights' \
                'densenet_bc' 'DenseNet-BC-100-12 for 32×32 pictures (Huang 2017): 0.77 M weights' \
                'fractalnet' 'FractalNet of 20 convolutions with drop-path, for 32×32 pictures (Larsson 2017)' \
                'vit' 'vision transformer written out, for 32×32 pictures by default (Dosovitskiy 2021)' \
                'cnn' 'convolutional network by hand: its layers as a list in the recipe' \
                'imagenet' 'EfficientNet-Lite0 with ImageNet weights'
        case 'torchvision'
            printf '%s\t%s\n' \
                'alexnet' 'torchvision' \
                'convnext_base' 'torchvision' \
                'convnext_large' 'torchvision' \
                'convnext_small' 'torchvision' \
                'convnext_tiny' 'torchvision' \
                'densenet121' 'torchvision' \
                'densenet161' 'torchvision' \
                'densenet169' 'torchvision' \
                'densenet201' 'torchvision' \
                'efficientnet_b0' 'torchvision' \
                'efficientnet_b1' 'torchvision' \
                'efficientnet_b2' 'torchvision' \
                'efficientnet_b3' 'torchvision' \
                'efficientnet_b4' 'torchvision' \
                'efficientnet_b5' 'torchvision' \
                'efficientnet_b6' 'torchvision' \
                'efficientnet_b7' 'torchvision' \
                'efficientnet_v2_l' 'torchvision' \
                'efficientnet_v2_m' 'torchvision' \
                'efficientnet_v2_s' 'torchvision' \
                'googlenet' 'torchvision' \
                'inception_v3' 'torchvision' \
                'maxvit_t' 'torchvision' \
                'mnasnet0_5' 'torchvision' \
                'mnasnet0_75' 'torchvision' \
                'mnasnet1_0' 'torchvision' \
                'mnasnet1_3' 'torchvision' \
                'mobilenet_v2' 'torchvision' \
                'mobilenet_v3_large' 'torchvision' \
                'mobilenet_v3_small' 'torchvision' \
                'regnet_x_16gf' 'torchvision' \
                'regnet_x_1_6gf' 'torchvision' \
                'regnet_x_32gf' 'torchvision' \
                'regnet_x_3_2gf' 'torchvision' \
                'regnet_x_400mf' 'torchvision' \
                'regnet_x_800mf' 'torchvision' \
                'regnet_x_8gf' 'torchvision' \
                'regnet_y_128gf' 'torchvision' \
                'regnet_y_16gf' 'torchvision' \
                'regnet_y_1_6gf' 'torchvision' \
                'regnet_y_32gf' 'torchvision' \
                'regnet_y_3_2gf' 'torchvision' \
                'regnet_y_400mf' 'torchvision' \
                'regnet_y_800mf' 'torchvision' \
                'regnet_y_8gf' 'torchvision' \
                'resnet101' 'torchvision' \
                'resnet152' 'torchvision' \
                'resnet18' 'torchvision' \
                'resnet34' 'torchvision' \
                'resnet50' 'torchvision' \
                'resnext101_32x8d' 'torchvision' \
                'resnext101_64x4d' 'torchvision' \
                'resnext50_32x4d' 'torchvision' \
                'shufflenet_v2_x0_5' 'torchvision' \
                'shufflenet_v2_x1_0' 'torchvision' \
                'shufflenet_v2_x1_5' 'torchvision' \
                'shufflenet_v2_x2_0' 'torchvision' \
                'squeezenet1_0' 'torchvision' \
                'squeezenet1_1' 'torchvision' \
                'swin_b' 'torchvision' \
                'swin_s' 'torchvision' \
                'swin_t' 'torchvision' \
                'swin_v2_b' 'torchvision' \
                'swin_v2_s' 'torchvision' \
                'swin_v2_t' 'torchvision' \
                'vgg11' 'torchvision' \
                'vgg11_bn' 'torchvision' \
                'vgg13' 'torchvision' \
                'vgg13_bn' 'torchvision' \
                'vgg16' 'torchvision' \
                'vgg16_bn' 'torchvision' \
                'vgg19' 'torchvision' \
                'vgg19_bn' 'torchvision' \
                'vit_b_16' 'torchvision' \
                'vit_b_32' 'torchvision' \
                'vit_h_14' 'torchvision' \
                'vit_l_16' 'torchvision' \
                'vit_l_32' 'torchvision' \
                'wide_resnet101_2' 'torchvision' \
                'wide_resnet50_2' 'torchvision'
        case 'timm'
            printf '%s\t%s\n' \
                'timm:' 'a network of timm'
        case 'models'
            printf '%s\t%s\n' \
                'imagenet' 'EfficientNet-Lite0 with ImageNet weights' \
                'torchvision:' 'a network of torchvision' \
                'timm:' 'a network of timm'
        case 'devices'
            printf '%s\t%s\n' \
                'auto' '' \
                'cpu' '' \
                'cuda' '' \
                'cuda:0' '' \
                'mps' ''
        case 'tasks'
            printf '%s\t%s\n' \
                'classify' 'recipes of dlcli train classify/...'
        case 'schemas'
            printf '%s\t%s\n' \
                'predict' 'recipes of dlcli predict' \
                'evaluate' 'recipes of dlcli evaluate' \
                'describe' 'recipes of dlcli describe' \
                'detect' 'recipes of dlcli detect' \
                'cascade' 'recipes of dlcli cascade' \
                'boost' 'recipes of dlcli boost' \
                'boost-cv' 'recipes of dlcli boost-cv' \
                'boost-compare' 'recipes of dlcli boost-compare' \
                'boost-apply' 'recipes of dlcli boost-apply' \
                'boost-importance' 'recipes of dlcli boost-importance' \
                'embed' 'recipes of dlcli embed' \
                'embed-tokenize' 'recipes of dlcli embed-tokenize' \
                'embed-bpe' 'recipes of dlcli embed-bpe' \
                'embed-stem' 'recipes of dlcli embed-stem' \
                'embed-lemmatize' 'recipes of dlcli embed-lemmatize' \
                'embed-stopwords' 'recipes of dlcli embed-stopwords' \
                'embed-tag' 'recipes of dlcli embed-tag' \
                'embed-vectorize' 'recipes of dlcli embed-vectorize' \
                'embed-cooccurrence' 'recipes of dlcli embed-cooccurrence' \
                'embed-pairs' 'recipes of dlcli embed-pairs' \
                'embed-neighbors' 'recipes of dlcli embed-neighbors' \
                'embed-analogy' 'recipes of dlcli embed-analogy' \
                'embed-similarity' 'recipes of dlcli embed-similarity' \
                'embed-evaluate' 'recipes of dlcli embed-evaluate' \
                'embed-encode' 'recipes of dlcli embed-encode' \
                'embed-convert' 'recipes of dlcli embed-convert' \
                'embed-matrix' 'recipes of dlcli embed-matrix' \
                'embed-project' 'recipes of dlcli embed-project' \
                'visualize-kernel' 'recipes of dlcli visualize-kernel' \
                'visualize-filters' 'recipes of dlcli visualize-filters' \
                'visualize-weights' 'recipes of dlcli visualize-weights' \
                'visualize-activations' 'recipes of dlcli visualize-activations' \
                'visualize-patches' 'recipes of dlcli visualize-patches' \
                'visualize-embedding' 'recipes of dlcli visualize-embedding' \
                'visualize-saliency' 'recipes of dlcli visualize-saliency' \
                'visualize-deconvnet' 'recipes of dlcli visualize-deconvnet' \
                'visualize-guided-backprop' 'recipes of dlcli visualize-guided-backprop' \
                'visualize-guided-gradcam' 'recipes of dlcli visualize-guided-gradcam' \
                'visualize-cam' 'recipes of dlcli visualize-cam' \
                'visualize-gradcam' 'recipes of dlcli visualize-gradcam' \
                'visualize-attention' 'recipes of dlcli visualize-attention' \
                'visualize-maximize' 'recipes of dlcli visualize-maximize' \
                'visualize-invert' 'recipes of dlcli visualize-invert' \
                'visualize-dream' 'recipes of dlcli visualize-dream' \
                'visualize-fool' 'recipes of dlcli visualize-fool' \
                'visualize-gradients' 'recipes of dlcli visualize-gradients' \
                'visualize-curves' 'recipes of dlcli visualize-curves' \
                'visualize-score' 'recipes of dlcli visualize-score' \
                'visualize-sanity' 'recipes of dlcli visualize-sanity' \
                'visualize-pointing' 'recipes of dlcli visualize-pointing' \
                'visualize-all' 'recipes of dlcli visualize-all'
    end
end

function __dlcli_kind
    switch $argv[1]
        case 'classify schema' 'train schema' 'predict schema' 'evaluate schema' 'describe schema' 'detect schema' 'cascade schema' 'boost schema' 'boost-cv schema' 'boost-compare schema' 'boost-apply schema' 'boost-importance schema' 'embed schema' 'embed model.power' 'embed-tokenize schema' 'embed-bpe schema' 'embed-stem schema' 'embed-lemmatize schema' 'embed-stopwords schema' 'embed-tag schema' 'embed-vectorize schema' 'embed-cooccurrence schema' 'embed-pairs schema' 'embed-neighbors schema' 'embed-analogy schema' 'embed-similarity schema' 'embed-evaluate schema' 'embed-encode schema' 'embed-convert schema' 'embed-matrix schema' 'embed-project schema' 'visualize-kernel schema' 'visualize-filters schema' 'visualize-weights schema' 'visualize-activations schema' 'visualize-patches schema' 'visualize-embedding schema' 'visualize-saliency schema' 'visualize-deconvnet schema' 'visualize-guided-backprop schema' 'visualize-guided-gradcam schema' 'visualize-cam schema' 'visualize-gradcam schema' 'visualize-attention schema' 'visualize-maximize schema' 'visualize-invert schema' 'visualize-dream schema' 'visualize-fool schema' 'visualize-gradients schema' 'visualize-curves schema' 'visualize-score schema' 'visualize-sanity schema' 'visualize-pointing schema' 'visualize-all schema' 'dlcli embed fit --power'
            echo '=1'
        case 'classify task' 'train task'
            echo '=classify'
        case 'classify data.train' 'train data.train' 'classify data.val' 'train data.val' 'classify data.test' 'train data.test' 'evaluate data' 'dlcli train --data' 'dlcli evaluate --data' 'dlcli export --data' 'dlcli data check 1' 'dlcli data convert 1' 'dlcli data preview 1'
            echo '@data file'
        case 'classify data.image.size_px' 'train data.image.size_px' 'classify model.layer_decay' 'train model.layer_decay' 'classify train.clip_norm' 'train train.clip_norm' 'classify train.clip_value' 'train train.clip_value' 'classify train.ema' 'train train.ema' 'classify train.early_stop' 'train train.early_stop' 'describe size_px' 'describe built_px' 'describe channels' 'describe classes' 'detect smallest' 'detect largest' 'cascade features' 'cascade negatives' 'boost data.target' 'boost data.missing' 'boost early_stop' 'boost model.leaves' 'boost model.members' 'boost-cv data.target' 'boost-cv data.missing' 'boost-cv early_stop' 'boost-cv model.leaves' 'boost-cv model.members' 'boost-compare data.target' 'boost-compare data.missing' 'boost-compare early_stop' 'embed data.most' 'embed model.batch' 'embed model.cap' 'embed-tokenize vocab_in' 'embed-tokenize vocab_out' 'embed-bpe merges' 'embed-tag model' 'embed-tag train' 'embed-tag test' 'embed-vectorize most' 'embed-cooccurrence most' 'embed-cooccurrence cap' 'embed-cooccurrence top' 'embed-evaluate analogies' 'embed-evaluate restrict' 'embed-encode idf' 'embed-convert most' 'embed-matrix words' 'embed-matrix text' 'embed-matrix most' 'embed-project words' 'embed-project near' 'embed-project top' 'embed-project groups' 'embed-project clusters' 'visualize-kernel kernel' 'visualize-kernel matrix' 'visualize-filters layer' 'visualize-filters zoom' 'visualize-weights zoom' 'visualize-activations size_px' 'visualize-activations layer' 'visualize-activations max' 'visualize-patches size_px' 'visualize-patches layer' 'visualize-patches channels' 'visualize-embedding size_px' 'visualize-embedding layer' 'visualize-saliency size_px' 'visualize-saliency top' 'visualize-saliency occlusion.window_px' 'visualize-saliency occlusion.stride_px' 'visualize-saliency opacity' 'visualize-deconvnet size_px' 'visualize-deconvnet top' 'visualize-deconvnet layer' 'visualize-guided-backprop size_px' 'visualize-guided-backprop top' 'visualize-guided-backprop layer' 'visualize-guided-gradcam size_px' 'visualize-guided-gradcam top' 'visualize-guided-gradcam layer' 'visualize-cam size_px' 'visualize-cam top' 'visualize-gradcam size_px' 'visualize-gradcam top' 'visualize-gradcam layer' 'visualize-attention size_px' 'visualize-attention layer' 'visualize-attention head' 'visualize-attention at' 'visualize-maximize size_px' 'visualize-maximize layer' 'visualize-maximize lr' 'visualize-invert size_px' 'visualize-dream size_px' 'visualize-dream channel' 'visualize-dream guide' 'visualize-dream tile_px' 'visualize-fool to' 'visualize-fool amplify' 'visualize-gradients size_px' 'visualize-gradients label' 'visualize-curves x' 'visualize-score size_px' 'visualize-score top' 'visualize-score layer' 'visualize-sanity size_px' 'visualize-sanity top' 'visualize-sanity layer' 'visualize-pointing size_px' 'visualize-pointing boxes' 'visualize-pointing layer' 'visualize-all size_px' 'visualize-all top' 'visualize-all layer' 'dlcli boost fit --target' 'dlcli boost fit --early-stop' 'dlcli boost compare --target' 'dlcli boost compare --early-stop' 'dlcli boost cv --target' 'dlcli boost cv --early-stop' 'dlcli boost inspect --target' 'dlcli boost cascade fit --features' 'dlcli embed vectorize --most' 'dlcli embed cooccurrence --cap' 'dlcli embed cooccurrence --most' 'dlcli embed cooccurrence --top' 'dlcli embed fit --most' 'dlcli embed fit --cap' 'dlcli embed evaluate --restrict' 'dlcli embed convert --most' 'dlcli embed matrix --most' 'dlcli embed project --top' 'dlcli embed project --near' 'dlcli embed project --clusters' 'dlcli embed bpe fit --merges' 'dlcli embed bpe encode --merges' 'dlcli embed bpe trace --merges' 'dlcli detect --smallest' 'dlcli detect --largest' 'dlcli visualize kernel --kernel' 'dlcli visualize kernel --matrix' 'dlcli visualize filters --zoom' 'dlcli visualize filters --layer' 'dlcli visualize weights --zoom' 'dlcli visualize activations --max' 'dlcli visualize activations --layer' 'dlcli visualize activations --size-px' 'dlcli visualize embedding --layer' 'dlcli visualize embedding --size-px' 'dlcli visualize patches --channels' 'dlcli visualize patches --layer' 'dlcli visualize patches --size-px' 'dlcli visualize saliency --top' 'dlcli visualize saliency --size-px' 'dlcli visualize deconvnet --top' 'dlcli visualize deconvnet --layer' 'dlcli visualize deconvnet --size-px' 'dlcli visualize guided-backprop --top' 'dlcli visualize guided-backprop --layer' 'dlcli visualize guided-backprop --size-px' 'dlcli visualize guided-gradcam --top' 'dlcli visualize guided-gradcam --layer' 'dlcli visualize guided-gradcam --size-px' 'dlcli visualize cam --top' 'dlcli visualize cam --size-px' 'dlcli visualize gradcam --top' 'dlcli visualize gradcam --layer' 'dlcli visualize gradcam --size-px' 'dlcli visualize attention --head' 'dlcli visualize attention --at' 'dlcli visualize attention --layer' 'dlcli visualize attention --size-px' 'dlcli visualize maximize --layer' 'dlcli visualize maximize --size-px' 'dlcli visualize fool --to' 'dlcli visualize invert --size-px' 'dlcli visualize dream --channel' 'dlcli visualize dream --tile-px' 'dlcli visualize dream --size-px' 'dlcli visualize gradients --class' 'dlcli visualize gradients --size-px' 'dlcli visualize curves --x' 'dlcli visualize score --top' 'dlcli visualize score --layer' 'dlcli visualize score --size-px' 'dlcli visualize sanity --top' 'dlcli visualize sanity --layer' 'dlcli visualize sanity --size-px' 'dlcli visualize pointing --layer' 'dlcli visualize pointing --size-px' 'dlcli visualize all --top' 'dlcli visualize all --layer' 'dlcli visualize all --size-px' 'dlcli describe --channels' 'dlcli describe --classes'
            echo '=null'
        case 'classify data.image.channels' 'train data.image.channels'
            echo '=auto =1 =3'
        case 'classify data.image.fit' 'train data.image.fit'
            echo '=crop =stretch =pad'
        case 'classify data.image.normalize' 'train data.image.normalize'
            echo '=auto =train =none'
        case 'classify data.augment+' 'train data.augment+'
            echo '@classify:data.augment'
        case 'classify model.name' 'train model.name'
            echo '@own @torchvision @timm'
        case 'classify model.weights' 'train model.weights'
            echo '=none =published file'
        case 'classify model.freeze' 'train model.freeze'
            echo '=none =features =all-but-last'
        case 'classify model.batch_norm' 'train model.batch_norm'
            echo '=auto =train =frozen'
        case 'classify model.args.activation' 'train model.args.activation'
            echo '=relu =tanh =sigmoid =gelu =leaky_relu =elu =silu'
        case 'classify model.args.layers+' 'train model.args.layers+'
            echo '@classify:model.args.layers'
        case 'classify model.args.pool' 'train model.args.pool'
            echo '=average =max'
        case 'classify model.args.variant' 'train model.args.variant'
            echo '=cifar =imagenet'
        case 'classify model.args.batch_norm' 'train model.args.batch_norm' 'classify model.args.auxiliary' 'train model.args.auxiliary' 'classify model.args.preactivation' 'train model.args.preactivation' 'classify optim.nesterov' 'train optim.nesterov' 'classify device.channels_last' 'train device.channels_last' 'classify device.deterministic' 'train device.deterministic' 'classify device.compile' 'train device.compile' 'predict device.channels_last' 'predict device.deterministic' 'predict device.compile' 'evaluate device.channels_last' 'evaluate device.deterministic' 'evaluate device.compile' 'cascade mirror' 'embed data.lower' 'embed model.mean' 'embed model.ramp' 'embed-tokenize lower' 'embed-tokenize wrapped' 'embed-bpe counts' 'embed-bpe escape' 'embed-stopwords invert' 'embed-vectorize lower' 'embed-vectorize sublinear' 'embed-cooccurrence lower' 'embed-pairs lower' 'embed-analogy keep_inputs' 'embed-similarity files' 'embed-similarity lower' 'embed-evaluate case_sensitive' 'embed-encode normalize' 'embed-encode lower' 'embed-convert normalize' 'embed-matrix lower' 'embed-project normalize' 'visualize-kernel flip' 'visualize-kernel steps' 'visualize-attention rollout' 'visualize-fool random_start'
            echo '=true =false'
        case 'classify model.args.groups' 'train model.args.groups'
            echo '=1 =2 =3 =4 =8'
        case 'classify model.args.shortcut' 'train model.args.shortcut'
            echo '=pad =projection'
        case 'classify model.init.name' 'train model.init.name'
            echo '=default =zero =constant =normal =uniform =xavier_normal =xavier_uniform =he_normal =he_uniform =orthogonal'
        case 'classify model.init.bias' 'train model.init.bias'
            echo '=zero =default'
        case 'classify model.init.mode' 'train model.init.mode'
            echo '=fan_in =fan_out'
        case 'classify model.init.activation' 'train model.init.activation'
            echo '=linear =relu =leaky_relu =tanh =sigmoid'
        case 'classify loss.name' 'train loss.name'
            echo '@classify:loss.name'
        case 'classify loss.class_weights' 'train loss.class_weights'
            echo '=none =balanced'
        case 'classify optim.name' 'train optim.name'
            echo '@classify:optim.name'
        case 'classify schedule.name' 'train schedule.name'
            echo '@classify:schedule.name'
        case 'classify train.batch' 'train train.batch' 'dlcli train --batch'
            echo '=all =auto'
        case 'classify device.name' 'train device.name' 'predict device.name' 'evaluate device.name' 'embed device.name' 'visualize-filters device.name' 'visualize-weights device.name' 'visualize-activations device.name' 'visualize-patches device.name' 'visualize-embedding device.name' 'visualize-saliency device.name' 'visualize-deconvnet device.name' 'visualize-guided-backprop device.name' 'visualize-guided-gradcam device.name' 'visualize-cam device.name' 'visualize-gradcam device.name' 'visualize-attention device.name' 'visualize-maximize device.name' 'visualize-invert device.name' 'visualize-dream device.name' 'visualize-fool device.name' 'visualize-gradients device.name' 'visualize-score device.name' 'visualize-sanity device.name' 'visualize-pointing device.name' 'visualize-all device.name' 'dlcli train --device' 'dlcli embed fit --device' 'dlcli visualize filters --device' 'dlcli visualize weights --device' 'dlcli visualize activations --device' 'dlcli visualize embedding --device' 'dlcli visualize patches --device' 'dlcli visualize saliency --device' 'dlcli visualize deconvnet --device' 'dlcli visualize guided-backprop --device' 'dlcli visualize guided-gradcam --device' 'dlcli visualize cam --device' 'dlcli visualize gradcam --device' 'dlcli visualize attention --device' 'dlcli visualize maximize --device' 'dlcli visualize fool --device' 'dlcli visualize invert --device' 'dlcli visualize dream --device' 'dlcli visualize gradients --device' 'dlcli visualize score --device' 'dlcli visualize sanity --device' 'dlcli visualize pointing --device' 'dlcli visualize all --device' 'dlcli predict --device' 'dlcli evaluate --device'
            echo '@devices'
        case 'classify device.precision' 'train device.precision' 'predict device.precision' 'evaluate device.precision' 'dlcli train --precision' 'dlcli predict --precision' 'dlcli evaluate --precision'
            echo '=32 =bf16 =16'
        case 'evaluate part' 'dlcli evaluate --part'
            echo '=auto =all =train =val =test'
        case 'describe stride' 'dlcli describe --stride'
            echo '=v1 =null'
        case 'boost task' 'boost-cv task' 'boost-compare task'
            echo '=boost'
        case 'boost data.train' 'boost data.val' 'boost data.test' 'boost-cv data.train' 'boost-cv data.val' 'boost-cv data.test' 'boost-compare data.train' 'boost-compare data.val' 'boost-compare data.test' 'dlcli boost fit 1' 'dlcli boost fit --val' 'dlcli boost fit --test' 'dlcli boost predict ...' 'dlcli boost evaluate 1' 'dlcli boost compare 1' 'dlcli boost compare --val' 'dlcli boost compare --test' 'dlcli boost cv 1' 'dlcli boost cv --test' 'dlcli boost trace --data' 'dlcli boost inspect 1' 'dlcli boost importance 1' 'dlcli boost explain 1' 'dlcli boost boundary 1'
            echo '@tables file'
        case 'boost data.task' 'boost-cv data.task' 'boost-compare data.task' 'dlcli boost fit --task' 'dlcli boost compare --task' 'dlcli boost cv --task' 'dlcli boost inspect --task'
            echo '=auto =classify =regress'
        case 'boost model.name' 'boost-cv model.name' 'dlcli boost fit --method' 'dlcli boost cv --method'
            echo '@methods'
        case 'boost model.loss' 'boost-cv model.loss' 'dlcli boost trace --loss'
            echo '=auto =squared =absolute =log'
        case 'boost model.weights' 'boost-cv model.weights'
            echo '=uniform =distance'
        case 'boost model.kernel' 'boost-cv model.kernel'
            echo '=rbf =linear =poly =sigmoid'
        case 'boost model.gamma' 'boost-cv model.gamma'
            echo '=scale =auto'
        case 'boost model.voting' 'boost-cv model.voting'
            echo '=soft =hard'
        case 'boost model.final' 'boost-cv model.final'
            echo '=auto =logistic =linear'
        case 'boost device.name' 'boost-cv device.name' 'dlcli boost fit --device'
            echo '=auto =cpu =cuda'
        case 'boost-apply unseen' 'boost-importance unseen' 'dlcli boost predict --unseen' 'dlcli boost evaluate --unseen' 'dlcli boost importance --unseen' 'dlcli boost explain --unseen' 'dlcli boost boundary --unseen'
            echo '=warn =missing =error'
        case 'boost-importance kind' 'dlcli boost importance --kind'
            echo '=gain =permutation'
        case 'embed task'
            echo '=embed'
        case 'embed data.train' 'dlcli embed tokenize ...' 'dlcli embed stem ...' 'dlcli embed lemmatize ...' 'dlcli embed stopwords ...' 'dlcli embed tag ...' 'dlcli embed vectorize ...' 'dlcli embed cooccurrence ...' 'dlcli embed pairs ...' 'dlcli embed fit ...' 'dlcli embed encode ...' 'dlcli embed bpe fit ...' 'dlcli embed bpe fit --end-of-word' 'dlcli embed bpe encode ...' 'dlcli embed bpe decode ...' 'dlcli embed bpe trace ...' 'dlcli embed bpe trace --end-of-word'
            echo '@corpora file'
        case 'embed data.by' 'embed-cooccurrence by' 'embed-pairs by' 'embed-similarity by' 'embed-encode by' 'dlcli embed cooccurrence --by' 'dlcli embed pairs --by' 'dlcli embed fit --by' 'dlcli embed similarity --by' 'dlcli embed encode --by'
            echo '=whitespace =word =char'
        case 'embed model.name'
            echo '@embed:model.name'
        case 'embed model.loss' 'dlcli embed fit --loss'
            echo '=negative =softmax'
        case 'embed model.start'
            echo '=spectral =random'
        case 'embed model.direction' 'embed-cooccurrence direction' 'dlcli embed cooccurrence --direction' 'dlcli embed fit --direction'
            echo '=both =left =right'
        case 'embed model.weighting' 'embed-cooccurrence weighting' 'dlcli embed cooccurrence --weighting' 'dlcli embed fit --weighting'
            echo '=raw =log =ppmi =pearson'
        case 'embed engine' 'dlcli embed fit --engine'
            echo '=auto =gensim =torch'
        case 'embed-tokenize by' 'dlcli embed tokenize --by'
            echo '=word =whitespace =char =sentence =bpe =sentencepiece'
        case 'embed-tokenize sentences' 'dlcli embed tokenize --sentences'
            echo '=auto =rules =punkt'
        case 'embed-stem by' 'embed-lemmatize by' 'embed-stopwords by' 'embed-tag by' 'dlcli embed stem --by' 'dlcli embed lemmatize --by' 'dlcli embed stopwords --by' 'dlcli embed tag --by'
            echo '=word =whitespace'
        case 'embed-stem algorithm' 'dlcli embed stem --algorithm'
            echo '=porter =snowball =lancaster'
        case 'embed-stem language' 'dlcli embed stem --language'
            echo '=arabic =danish =dutch =english =finnish =french =german =hungarian =italian =norwegian =portuguese =romanian =russian =spanish =swedish'
        case 'embed-lemmatize engine' 'dlcli embed lemmatize --engine'
            echo '=auto =lemminflect =wordnet'
        case 'embed-lemmatize pos' 'dlcli embed lemmatize --pos'
            echo '=auto =noun =verb =adj =adv'
        case 'embed-lemmatize tagger' 'embed-tag engine' 'dlcli embed lemmatize --tagger' 'dlcli embed tag --engine'
            echo '=auto =nltk =rules'
        case 'embed-tag format' 'dlcli embed tag --format'
            echo '=slash =tab'
        case 'embed-vectorize kind' 'dlcli embed vectorize --kind'
            echo '=onehot =binary =bow =tfidf'
        case 'embed-vectorize unit' 'dlcli embed vectorize --unit'
            echo '=line =file'
        case 'embed-vectorize by' 'dlcli embed vectorize --by'
            echo '=whitespace =word =char =sklearn'
        case 'embed-vectorize tfidf' 'dlcli embed vectorize --tfidf'
            echo '=course =sklearn'
        case 'embed-vectorize smooth'
            echo '=true =false =null'
        case 'embed-vectorize norm' 'dlcli embed vectorize --norm'
            echo '=auto =none =l1 =l2'
        case 'embed-cooccurrence weights' 'dlcli embed cooccurrence --weights'
            echo '=flat =ramp =inverse'
        case 'embed-pairs method' 'dlcli embed pairs --method'
            echo '=skipgram =cbow'
        case 'embed-analogy method' 'embed-evaluate method' 'dlcli embed analogy --method' 'dlcli embed evaluate --method'
            echo '=3cosadd =3cosmul'
        case 'embed-evaluate unknown' 'dlcli embed evaluate --unknown'
            echo '=skip =wrong'
        case 'embed-encode weighting' 'dlcli embed encode --weighting'
            echo '=mean =tfidf'
        case 'embed-convert to' 'dlcli embed convert --to'
            echo '=word2vec =word2vec-binary =glove =npz =safetensors =null'
        case 'embed-matrix missing' 'dlcli embed matrix --missing'
            echo '=normal =zeros =mean'
        case 'embed-project method' 'visualize-embedding method' 'dlcli embed project --method' 'dlcli visualize embedding --method'
            echo '=pca =tsne'
        case 'visualize-kernel padding'
            echo '=zero =edge =valid =null'
        case 'visualize-kernel example'
            echo '=x =columns =null'
        case 'visualize-kernel display' 'dlcli visualize kernel --display'
            echo '=auto =clip =signed =stretch'
        case 'visualize-filters scale' 'dlcli visualize filters --scale'
            echo '=shared =filter'
        case 'visualize-filters ends'
            echo '=signed =minmax'
        case 'visualize-weights scale' 'dlcli visualize weights --scale'
            echo '=shared =class'
        case 'visualize-activations fit' 'visualize-patches fit' 'visualize-embedding fit' 'visualize-saliency fit' 'visualize-deconvnet fit' 'visualize-guided-backprop fit' 'visualize-guided-gradcam fit' 'visualize-cam fit' 'visualize-gradcam fit' 'visualize-attention fit' 'visualize-maximize fit' 'visualize-invert fit' 'visualize-gradients fit' 'visualize-score fit' 'visualize-sanity fit' 'visualize-pointing fit' 'visualize-all fit'
            echo '=crop =pad =stretch =null'
        case 'visualize-activations order' 'dlcli visualize activations --order'
            echo '=mean =channel'
        case 'visualize-activations scale' 'dlcli visualize activations --scale'
            echo '=map =shared'
        case 'visualize-embedding of' 'dlcli visualize embedding --of'
            echo '=features =filters'
        case 'visualize-embedding draw'
            echo '=dots =thumbnails =null'
        case 'visualize-saliency integrated.baseline' 'visualize-saliency occlusion.baseline'
            echo '=black =mean =blur'
        case 'visualize-deconvnet show' 'visualize-guided-backprop show' 'visualize-guided-gradcam show' 'dlcli visualize deconvnet --show' 'dlcli visualize guided-backprop --show' 'dlcli visualize guided-gradcam --show'
            echo '=color =positive'
        case 'visualize-maximize objective'
            echo '=logit =probability'
        case 'visualize-maximize image' 'dlcli visualize maximize --image'
            echo '=fourier =pixel'
        case 'visualize-maximize optimizer'
            echo '=adam =ascent'
        case 'visualize-gradients mode' 'dlcli visualize gradients --mode'
            echo '=use =training'
        case 'visualize-curves log' 'dlcli visualize curves --log'
            echo '=none =x =y =both'
        case 'visualize-sanity order' 'dlcli visualize sanity --order'
            echo '=cascading =independent'
        case 'visualize-sanity weights'
            echo '=fresh =shuffled'
        case 'visualize-pointing ask' 'dlcli visualize pointing --ask'
            echo '=boxes =answer'
        case 'dlcli boost fit --id' 'dlcli boost fit --drop' 'dlcli boost fit --trees' 'dlcli boost fit --depth' 'dlcli boost fit --lr' 'dlcli boost fit --param' 'dlcli boost fit --seed' 'dlcli boost fit --threads' 'dlcli boost fit --fail-under' 'dlcli boost fit --fail-over' 'dlcli boost predict --threads' 'dlcli boost evaluate --threads' 'dlcli boost evaluate --fail-under' 'dlcli boost evaluate --fail-over' 'dlcli boost compare --id' 'dlcli boost compare --drop' 'dlcli boost compare --methods' 'dlcli boost compare --seed' 'dlcli boost compare --threads' 'dlcli boost compare --fail-under' 'dlcli boost compare --fail-over' 'dlcli boost cv --id' 'dlcli boost cv --drop' 'dlcli boost cv --trees' 'dlcli boost cv --depth' 'dlcli boost cv --lr' 'dlcli boost cv --param' 'dlcli boost cv --folds' 'dlcli boost cv --repeats' 'dlcli boost cv --seed' 'dlcli boost cv --threads' 'dlcli boost cv --fail-under' 'dlcli boost cv --fail-over' 'dlcli boost trace --target' 'dlcli boost trace --rounds' 'dlcli boost trace --lr' 'dlcli boost trace --learner' 'dlcli boost trace --depth' 'dlcli boost trace --min-leaf' 'dlcli boost trace --l2' 'dlcli boost trace --min-gain' 'dlcli boost haar --window' 'dlcli boost inspect --id' 'dlcli boost inspect --drop' 'dlcli boost importance --repeats' 'dlcli boost importance --seed' 'dlcli boost importance --threads' 'dlcli boost explain --threads' 'dlcli boost dump --trees' 'dlcli boost boundary --columns' 'dlcli boost cascade fit ...' 'dlcli boost cascade fit --window' 'dlcli boost cascade fit --stages' 'dlcli boost cascade fit --stage-sizes' 'dlcli boost cascade fit --detection' 'dlcli boost cascade fit --false-positive' 'dlcli boost cascade fit --seed' 'dlcli train --epochs' 'dlcli train --lr' 'dlcli train --seed' 'dlcli train --devices' 'dlcli train --fail-under' 'dlcli train --fail-over' 'dlcli train --watch' 'dlcli train --overfit' 'dlcli embed tokenize --min-count' 'dlcli embed tokenize --unk' 'dlcli embed tag --epochs' 'dlcli embed tag --seed' 'dlcli embed tag --fail-under' 'dlcli embed tag --fail-over' 'dlcli embed vectorize --drop' 'dlcli embed vectorize --ngrams' 'dlcli embed vectorize --min-count' 'dlcli embed vectorize --min-df' 'dlcli embed vectorize --max-df' 'dlcli embed cooccurrence --window' 'dlcli embed cooccurrence --drop' 'dlcli embed cooccurrence --min-count' 'dlcli embed pairs --window' 'dlcli embed pairs --negatives' 'dlcli embed pairs --ns-exponent' 'dlcli embed pairs --seed' 'dlcli embed pairs --drop' 'dlcli embed fit --min-count' 'dlcli embed fit --dim' 'dlcli embed fit --window' 'dlcli embed fit --epochs' 'dlcli embed fit --lr' 'dlcli embed fit --seed' 'dlcli embed fit --negatives' 'dlcli embed fit --ns-exponent' 'dlcli embed fit --sample' 'dlcli embed fit --c-max' 'dlcli embed fit --alpha' 'dlcli embed fit --drop' 'dlcli embed fit --threads' 'dlcli embed fit --fail-under' 'dlcli embed fit --fail-over' 'dlcli embed neighbors ...' 'dlcli embed neighbors --top' 'dlcli embed analogy ...' 'dlcli embed analogy --top' 'dlcli embed odd ...' 'dlcli embed similarity ...' 'dlcli embed evaluate --fail-under' 'dlcli embed evaluate --fail-over' 'dlcli embed matrix --special' 'dlcli embed matrix --min-count' 'dlcli embed matrix --seed' 'dlcli embed matrix --fail-under' 'dlcli embed project --perplexity' 'dlcli embed project --seed' 'dlcli embed bpe fit --min-count' 'dlcli embed bpe trace --min-count' 'dlcli detect --scale' 'dlcli detect --step' 'dlcli detect --min-neighbors' 'dlcli visualize kernel --op' 'dlcli visualize kernel --divisor' 'dlcli visualize kernel --stride' 'dlcli visualize filters --channels' 'dlcli visualize filters --max' 'dlcli visualize filters --seed' 'dlcli visualize weights --class' 'dlcli visualize weights --seed' 'dlcli visualize activations --seed' 'dlcli visualize embedding --max-pictures' 'dlcli visualize embedding --seed' 'dlcli visualize patches --top' 'dlcli visualize patches --per-picture' 'dlcli visualize patches --seed' 'dlcli visualize saliency --class' 'dlcli visualize saliency --seed' 'dlcli visualize deconvnet --class' 'dlcli visualize deconvnet --channel' 'dlcli visualize deconvnet --seed' 'dlcli visualize guided-backprop --class' 'dlcli visualize guided-backprop --channel' 'dlcli visualize guided-backprop --seed' 'dlcli visualize guided-gradcam --class' 'dlcli visualize guided-gradcam --seed' 'dlcli visualize cam --class' 'dlcli visualize cam --opacity' 'dlcli visualize cam --seed' 'dlcli visualize gradcam --class' 'dlcli visualize gradcam --method' 'dlcli visualize gradcam --opacity' 'dlcli visualize gradcam --seed' 'dlcli visualize attention --opacity' 'dlcli visualize attention --seed' 'dlcli visualize maximize --class' 'dlcli visualize maximize --channel' 'dlcli visualize maximize --steps' 'dlcli visualize maximize --l2' 'dlcli visualize maximize --blur' 'dlcli visualize maximize --clip-pixels' 'dlcli visualize maximize --clip-gradients' 'dlcli visualize maximize --tv' 'dlcli visualize maximize --seed' 'dlcli visualize fool --epsilon' 'dlcli visualize fool --goal' 'dlcli visualize fool --steps' 'dlcli visualize fool --seed' 'dlcli visualize invert --steps' 'dlcli visualize invert --weight-variation' 'dlcli visualize invert --layer' 'dlcli visualize invert --seed' 'dlcli visualize dream --octaves' 'dlcli visualize dream --steps' 'dlcli visualize dream --layer' 'dlcli visualize dream --seed' 'dlcli visualize gradients --batch' 'dlcli visualize gradients --seed' 'dlcli visualize curves ...' 'dlcli visualize curves --metric' 'dlcli visualize curves --smooth' 'dlcli visualize score --metric' 'dlcli visualize score --method' 'dlcli visualize score --class' 'dlcli visualize score --fail-under' 'dlcli visualize score --fail-over' 'dlcli visualize score --seed' 'dlcli visualize sanity --method' 'dlcli visualize sanity --stages' 'dlcli visualize sanity --class' 'dlcli visualize sanity --fail-under' 'dlcli visualize sanity --fail-over' 'dlcli visualize sanity --seed' 'dlcli visualize pointing --method' 'dlcli visualize pointing --fail-under' 'dlcli visualize pointing --fail-over' 'dlcli visualize pointing --seed' 'dlcli visualize all --part' 'dlcli visualize all --class' 'dlcli visualize all --seed' 'dlcli predict --top' 'dlcli predict --batch' 'dlcli evaluate --batch' 'dlcli evaluate --fail-under' 'dlcli evaluate --fail-over' 'dlcli describe --size-px' 'dlcli data preview --count' 'dlcli data preview --epoch' 'dlcli runs ls --sort' 'prefix timm:'
            echo 'any'
        case 'dlcli boost fit --learner' 'dlcli boost cv --learner'
            echo '=tree:'
        case 'dlcli boost fit -r' 'dlcli boost fit --recipe' 'dlcli boost predict -r' 'dlcli boost predict --recipe' 'dlcli boost evaluate -r' 'dlcli boost evaluate --recipe' 'dlcli boost compare -r' 'dlcli boost compare --recipe' 'dlcli boost cv -r' 'dlcli boost cv --recipe' 'dlcli boost importance -r' 'dlcli boost importance --recipe' 'dlcli boost explain -r' 'dlcli boost explain --recipe'
            echo 'recipe:boost/'
        case 'dlcli boost fit --set' 'dlcli boost inspect --set'
            echo 'keys:boost'
        case 'dlcli boost fit -o' 'dlcli boost fit --out' 'dlcli boost evaluate -o' 'dlcli boost evaluate --out' 'dlcli boost compare -o' 'dlcli boost compare --out' 'dlcli boost cascade fit --negatives' 'dlcli boost cascade fit -o' 'dlcli boost cascade fit --out' 'dlcli train -o' 'dlcli train --out' 'dlcli visualize all -o' 'dlcli visualize all --out' 'dlcli evaluate -o' 'dlcli evaluate --out' 'dlcli runs ls --root' 'prefix folder:'
            echo 'dir'
        case 'dlcli boost fit --stamp' 'dlcli boost fit --depfile' 'dlcli boost fit --events' 'dlcli boost predict -o' 'dlcli boost predict --out' 'dlcli boost predict --stamp' 'dlcli boost predict --depfile' 'dlcli boost evaluate --stamp' 'dlcli boost evaluate --depfile' 'dlcli boost importance -o' 'dlcli boost importance --out' 'dlcli boost explain -o' 'dlcli boost explain --out' 'dlcli boost dump -o' 'dlcli boost dump --out' 'dlcli boost boundary -o' 'dlcli boost boundary --out' 'dlcli boost cascade fit --stamp' 'dlcli boost cascade fit --depfile' 'dlcli train --stamp' 'dlcli train --depfile' 'dlcli train --events' 'dlcli embed tokenize -m' 'dlcli embed tokenize --model' 'dlcli embed tokenize --vocab-in' 'dlcli embed tokenize --vocab-out' 'dlcli embed tokenize -o' 'dlcli embed tokenize --out' 'dlcli embed tokenize --stamp' 'dlcli embed tokenize --depfile' 'dlcli embed stem -o' 'dlcli embed stem --out' 'dlcli embed stem --stamp' 'dlcli embed stem --depfile' 'dlcli embed lemmatize -o' 'dlcli embed lemmatize --out' 'dlcli embed lemmatize --stamp' 'dlcli embed lemmatize --depfile' 'dlcli embed stopwords -o' 'dlcli embed stopwords --out' 'dlcli embed stopwords --stamp' 'dlcli embed stopwords --depfile' 'dlcli embed tag -m' 'dlcli embed tag --model' 'dlcli embed tag --train' 'dlcli embed tag --test' 'dlcli embed tag -o' 'dlcli embed tag --out' 'dlcli embed tag --stamp' 'dlcli embed tag --depfile' 'dlcli embed vectorize -m' 'dlcli embed vectorize --model' 'dlcli embed vectorize -o' 'dlcli embed vectorize --out' 'dlcli embed vectorize --stamp' 'dlcli embed vectorize --depfile' 'dlcli embed cooccurrence -o' 'dlcli embed cooccurrence --out' 'dlcli embed cooccurrence --stamp' 'dlcli embed cooccurrence --depfile' 'dlcli embed pairs -o' 'dlcli embed pairs --out' 'dlcli embed pairs --stamp' 'dlcli embed pairs --depfile' 'dlcli embed fit -o' 'dlcli embed fit --out' 'dlcli embed fit --stamp' 'dlcli embed fit --depfile' 'dlcli embed fit --events' 'dlcli embed similarity --pairs' 'dlcli embed evaluate --analogies' 'dlcli embed evaluate --pairs' 'dlcli embed evaluate -o' 'dlcli embed evaluate --out' 'dlcli embed evaluate --stamp' 'dlcli embed evaluate --depfile' 'dlcli embed encode --idf' 'dlcli embed encode -o' 'dlcli embed encode --out' 'dlcli embed encode --stamp' 'dlcli embed encode --depfile' 'dlcli embed convert 2' 'dlcli embed convert --stamp' 'dlcli embed convert --depfile' 'dlcli embed matrix --words' 'dlcli embed matrix --text' 'dlcli embed matrix -o' 'dlcli embed matrix --out' 'dlcli embed matrix --stamp' 'dlcli embed matrix --depfile' 'dlcli embed project --words' 'dlcli embed project --groups' 'dlcli embed project -o' 'dlcli embed project --out' 'dlcli embed project --stamp' 'dlcli embed project --depfile' 'dlcli embed bpe fit -o' 'dlcli embed bpe fit --out' 'dlcli embed bpe fit --stamp' 'dlcli embed bpe fit --depfile' 'dlcli embed bpe encode -m' 'dlcli embed bpe encode --model' 'dlcli embed bpe encode -o' 'dlcli embed bpe encode --out' 'dlcli embed bpe encode --stamp' 'dlcli embed bpe encode --depfile' 'dlcli embed bpe decode -o' 'dlcli embed bpe decode --out' 'dlcli embed bpe decode --stamp' 'dlcli embed bpe decode --depfile' 'dlcli adapt ...' 'dlcli detect ...' 'dlcli detect -o' 'dlcli detect --out' 'dlcli detect --stamp' 'dlcli detect --depfile' 'dlcli segment ...' 'dlcli translate ...' 'dlcli stylize ...' 'dlcli visualize kernel ...' 'dlcli visualize kernel -o' 'dlcli visualize kernel --out' 'dlcli visualize kernel --raw' 'dlcli visualize kernel --stamp' 'dlcli visualize kernel --depfile' 'dlcli visualize filters -o' 'dlcli visualize filters --out' 'dlcli visualize filters --raw' 'dlcli visualize filters --stamp' 'dlcli visualize filters --depfile' 'dlcli visualize weights -o' 'dlcli visualize weights --out' 'dlcli visualize weights --raw' 'dlcli visualize weights --stamp' 'dlcli visualize weights --depfile' 'dlcli visualize activations ...' 'dlcli visualize activations -o' 'dlcli visualize activations --out' 'dlcli visualize activations --raw' 'dlcli visualize activations --stamp' 'dlcli visualize activations --depfile' 'dlcli visualize embedding ...' 'dlcli visualize embedding --table' 'dlcli visualize embedding -o' 'dlcli visualize embedding --out' 'dlcli visualize embedding --raw' 'dlcli visualize embedding --stamp' 'dlcli visualize embedding --depfile' 'dlcli visualize patches ...' 'dlcli visualize patches -o' 'dlcli visualize patches --out' 'dlcli visualize patches --raw' 'dlcli visualize patches --stamp' 'dlcli visualize patches --depfile' 'dlcli visualize saliency ...' 'dlcli visualize saliency -o' 'dlcli visualize saliency --out' 'dlcli visualize saliency --raw' 'dlcli visualize saliency --stamp' 'dlcli visualize saliency --depfile' 'dlcli visualize deconvnet ...' 'dlcli visualize deconvnet -o' 'dlcli visualize deconvnet --out' 'dlcli visualize deconvnet --raw' 'dlcli visualize deconvnet --stamp' 'dlcli visualize deconvnet --depfile' 'dlcli visualize guided-backprop ...' 'dlcli visualize guided-backprop -o' 'dlcli visualize guided-backprop --out' 'dlcli visualize guided-backprop --raw' 'dlcli visualize guided-backprop --stamp' 'dlcli visualize guided-backprop --depfile' 'dlcli visualize guided-gradcam ...' 'dlcli visualize guided-gradcam -o' 'dlcli visualize guided-gradcam --out' 'dlcli visualize guided-gradcam --raw' 'dlcli visualize guided-gradcam --stamp' 'dlcli visualize guided-gradcam --depfile' 'dlcli visualize cam ...' 'dlcli visualize cam -o' 'dlcli visualize cam --out' 'dlcli visualize cam --raw' 'dlcli visualize cam --stamp' 'dlcli visualize cam --depfile' 'dlcli visualize gradcam ...' 'dlcli visualize gradcam -o' 'dlcli visualize gradcam --out' 'dlcli visualize gradcam --raw' 'dlcli visualize gradcam --stamp' 'dlcli visualize gradcam --depfile' 'dlcli visualize attention ...' 'dlcli visualize attention -o' 'dlcli visualize attention --out' 'dlcli visualize attention --raw' 'dlcli visualize attention --stamp' 'dlcli visualize attention --depfile' 'dlcli visualize maximize ...' 'dlcli visualize maximize -o' 'dlcli visualize maximize --out' 'dlcli visualize maximize --raw' 'dlcli visualize maximize --picture' 'dlcli visualize maximize --stamp' 'dlcli visualize maximize --depfile' 'dlcli visualize fool ...' 'dlcli visualize fool -o' 'dlcli visualize fool --out' 'dlcli visualize fool --raw' 'dlcli visualize fool --picture' 'dlcli visualize fool --stamp' 'dlcli visualize fool --depfile' 'dlcli visualize invert ...' 'dlcli visualize invert -o' 'dlcli visualize invert --out' 'dlcli visualize invert --raw' 'dlcli visualize invert --stamp' 'dlcli visualize invert --depfile' 'dlcli visualize dream ...' 'dlcli visualize dream --guide' 'dlcli visualize dream -o' 'dlcli visualize dream --out' 'dlcli visualize dream --raw' 'dlcli visualize dream --stamp' 'dlcli visualize dream --depfile' 'dlcli visualize gradients ...' 'dlcli visualize gradients -o' 'dlcli visualize gradients --out' 'dlcli visualize gradients --raw' 'dlcli visualize gradients --stamp' 'dlcli visualize gradients --depfile' 'dlcli visualize curves -o' 'dlcli visualize curves --out' 'dlcli visualize curves --stamp' 'dlcli visualize curves --depfile' 'dlcli visualize score ...' 'dlcli visualize score --map' 'dlcli visualize score -o' 'dlcli visualize score --out' 'dlcli visualize score --stamp' 'dlcli visualize score --depfile' 'dlcli visualize sanity ...' 'dlcli visualize sanity -o' 'dlcli visualize sanity --out' 'dlcli visualize sanity --stamp' 'dlcli visualize sanity --depfile' 'dlcli visualize pointing ...' 'dlcli visualize pointing --boxes' 'dlcli visualize pointing -o' 'dlcli visualize pointing --out' 'dlcli visualize pointing --stamp' 'dlcli visualize pointing --depfile' 'dlcli visualize all ...' 'dlcli visualize all --stamp' 'dlcli visualize all --depfile' 'dlcli predict ...' 'dlcli predict -o' 'dlcli predict --out' 'dlcli predict --stamp' 'dlcli predict --depfile' 'dlcli evaluate --stamp' 'dlcli evaluate --depfile' 'dlcli export -o' 'dlcli export --out' 'dlcli export --stamp' 'dlcli export --depfile' 'dlcli describe -o' 'dlcli describe --out' 'dlcli recipes cp 2' 'dlcli data preview -o' 'dlcli data preview --out' 'prefix csv:' 'prefix tsv:' 'prefix libsvm:' 'prefix parquet:'
            echo 'file'
        case 'dlcli boost predict -m' 'dlcli boost predict --model' 'dlcli boost evaluate -m' 'dlcli boost evaluate --model' 'dlcli boost importance -m' 'dlcli boost importance --model' 'dlcli boost explain -m' 'dlcli boost explain --model' 'dlcli boost dump -m' 'dlcli boost dump --model' 'dlcli boost boundary -m' 'dlcli boost boundary --model' 'dlcli visualize filters -m' 'dlcli visualize filters --model' 'dlcli visualize weights -m' 'dlcli visualize weights --model' 'dlcli visualize activations -m' 'dlcli visualize activations --model' 'dlcli visualize embedding -m' 'dlcli visualize embedding --model' 'dlcli visualize patches -m' 'dlcli visualize patches --model' 'dlcli visualize saliency -m' 'dlcli visualize saliency --model' 'dlcli visualize deconvnet -m' 'dlcli visualize deconvnet --model' 'dlcli visualize guided-backprop -m' 'dlcli visualize guided-backprop --model' 'dlcli visualize guided-gradcam -m' 'dlcli visualize guided-gradcam --model' 'dlcli visualize cam -m' 'dlcli visualize cam --model' 'dlcli visualize gradcam -m' 'dlcli visualize gradcam --model' 'dlcli visualize attention -m' 'dlcli visualize attention --model' 'dlcli visualize maximize -m' 'dlcli visualize maximize --model' 'dlcli visualize fool -m' 'dlcli visualize fool --model' 'dlcli visualize invert -m' 'dlcli visualize invert --model' 'dlcli visualize dream -m' 'dlcli visualize dream --model' 'dlcli visualize gradients -m' 'dlcli visualize gradients --model' 'dlcli visualize score -m' 'dlcli visualize score --model' 'dlcli visualize sanity -m' 'dlcli visualize sanity --model' 'dlcli visualize pointing -m' 'dlcli visualize pointing --model' 'dlcli visualize all -m' 'dlcli visualize all --model' 'dlcli predict 1' 'dlcli evaluate 1' 'dlcli export 1'
            echo '@models run file'
        case 'dlcli boost predict --set' 'dlcli boost evaluate --set' 'dlcli boost explain --set'
            echo 'keys:boost-apply'
        case 'dlcli boost compare --set'
            echo 'keys:boost-compare'
        case 'dlcli boost cv --set'
            echo 'keys:boost-cv'
        case 'dlcli boost trace 1'
            echo '=adaboost =gradient =xgboost =logistic'
        case 'dlcli boost trace --example'
            echo '=ten =line =students'
        case 'dlcli boost importance --set'
            echo 'keys:boost-importance'
        case 'dlcli boost dump --format'
            echo '=text =json =dot'
        case 'dlcli boost cascade fit -r' 'dlcli boost cascade fit --recipe'
            echo 'recipe:cascade/'
        case 'dlcli boost cascade fit --set'
            echo 'keys:cascade'
        case 'dlcli boost cascade report 1' 'dlcli embed neighbors 1' 'dlcli embed analogy 1' 'dlcli embed odd 1' 'dlcli embed similarity 1' 'dlcli embed evaluate 1' 'dlcli embed encode 1' 'dlcli embed convert 1' 'dlcli embed matrix 1' 'dlcli embed project 1' 'dlcli detect -m' 'dlcli detect --model'
            echo 'run file'
        case 'dlcli train 1' 'dlcli recipes show 1' 'dlcli recipes cp 1' 'dlcli recipes check ...' 'dlcli data preview -r' 'dlcli data preview --recipe'
            echo 'recipe'
        case 'dlcli train ...' 'dlcli data preview --set'
            echo 'keys:train'
        case 'dlcli train --resume' 'dlcli runs show 1' 'dlcli runs diff 1' 'dlcli runs diff 2'
            echo 'run'
        case 'dlcli embed tokenize -r' 'dlcli embed tokenize --recipe' 'dlcli embed stem -r' 'dlcli embed stem --recipe' 'dlcli embed lemmatize -r' 'dlcli embed lemmatize --recipe' 'dlcli embed stopwords -r' 'dlcli embed stopwords --recipe' 'dlcli embed tag -r' 'dlcli embed tag --recipe' 'dlcli embed vectorize -r' 'dlcli embed vectorize --recipe' 'dlcli embed cooccurrence -r' 'dlcli embed cooccurrence --recipe' 'dlcli embed pairs -r' 'dlcli embed pairs --recipe' 'dlcli embed fit -r' 'dlcli embed fit --recipe' 'dlcli embed neighbors -r' 'dlcli embed neighbors --recipe' 'dlcli embed analogy -r' 'dlcli embed analogy --recipe' 'dlcli embed similarity -r' 'dlcli embed similarity --recipe' 'dlcli embed evaluate -r' 'dlcli embed evaluate --recipe' 'dlcli embed encode -r' 'dlcli embed encode --recipe' 'dlcli embed convert -r' 'dlcli embed convert --recipe' 'dlcli embed matrix -r' 'dlcli embed matrix --recipe' 'dlcli embed project -r' 'dlcli embed project --recipe' 'dlcli embed bpe fit -r' 'dlcli embed bpe fit --recipe' 'dlcli embed bpe encode -r' 'dlcli embed bpe encode --recipe' 'dlcli embed bpe decode -r' 'dlcli embed bpe decode --recipe' 'dlcli embed bpe trace -r' 'dlcli embed bpe trace --recipe'
            echo 'recipe:embed/'
        case 'dlcli embed tokenize --set'
            echo 'keys:embed-tokenize'
        case 'dlcli embed stem --set'
            echo 'keys:embed-stem'
        case 'dlcli embed lemmatize --set'
            echo 'keys:embed-lemmatize'
        case 'dlcli embed stopwords --source'
            echo '=sklearn =gensim =nltk file'
        case 'dlcli embed stopwords --set'
            echo 'keys:embed-stopwords'
        case 'dlcli embed tag --set'
            echo 'keys:embed-tag'
        case 'dlcli embed vectorize --set'
            echo 'keys:embed-vectorize'
        case 'dlcli embed cooccurrence --set'
            echo 'keys:embed-cooccurrence'
        case 'dlcli embed pairs --set'
            echo 'keys:embed-pairs'
        case 'dlcli embed fit --method'
            echo '=skipgram =cbow =glove =svd'
        case 'dlcli embed fit --set'
            echo 'keys:embed'
        case 'dlcli embed neighbors --set'
            echo 'keys:embed-neighbors'
        case 'dlcli embed analogy --set'
            echo 'keys:embed-analogy'
        case 'dlcli embed similarity --set'
            echo 'keys:embed-similarity'
        case 'dlcli embed evaluate --set'
            echo 'keys:embed-evaluate'
        case 'dlcli embed encode --set'
            echo 'keys:embed-encode'
        case 'dlcli embed convert --set'
            echo 'keys:embed-convert'
        case 'dlcli embed matrix --set'
            echo 'keys:embed-matrix'
        case 'dlcli embed project --set'
            echo 'keys:embed-project'
        case 'dlcli embed bpe fit --set' 'dlcli embed bpe encode --set' 'dlcli embed bpe decode --set' 'dlcli embed bpe trace --set'
            echo 'keys:embed-bpe'
        case 'dlcli detect -r' 'dlcli detect --recipe'
            echo 'recipe:detect/'
        case 'dlcli detect --set'
            echo 'keys:detect'
        case 'dlcli visualize kernel --padding'
            echo '=zero =edge =valid'
        case 'dlcli visualize kernel --example'
            echo '=x =columns'
        case 'dlcli visualize kernel -r' 'dlcli visualize kernel --recipe'
            echo 'recipe:visualize/kernel'
        case 'dlcli visualize kernel --set'
            echo 'keys:visualize-kernel'
        case 'dlcli visualize filters -r' 'dlcli visualize filters --recipe'
            echo 'recipe:visualize/filters'
        case 'dlcli visualize filters --set'
            echo 'keys:visualize-filters'
        case 'dlcli visualize weights -r' 'dlcli visualize weights --recipe'
            echo 'recipe:visualize/weights'
        case 'dlcli visualize weights --set'
            echo 'keys:visualize-weights'
        case 'dlcli visualize activations --fit' 'dlcli visualize embedding --fit' 'dlcli visualize patches --fit' 'dlcli visualize saliency --fit' 'dlcli visualize deconvnet --fit' 'dlcli visualize guided-backprop --fit' 'dlcli visualize guided-gradcam --fit' 'dlcli visualize cam --fit' 'dlcli visualize gradcam --fit' 'dlcli visualize attention --fit' 'dlcli visualize maximize --fit' 'dlcli visualize invert --fit' 'dlcli visualize gradients --fit' 'dlcli visualize score --fit' 'dlcli visualize sanity --fit' 'dlcli visualize pointing --fit' 'dlcli visualize all --fit'
            echo '=crop =pad =stretch'
        case 'dlcli visualize activations -r' 'dlcli visualize activations --recipe'
            echo 'recipe:visualize/activations'
        case 'dlcli visualize activations --set'
            echo 'keys:visualize-activations'
        case 'dlcli visualize embedding --draw'
            echo '=dots =thumbnails'
        case 'dlcli visualize embedding -r' 'dlcli visualize embedding --recipe'
            echo 'recipe:visualize/embedding'
        case 'dlcli visualize embedding --set'
            echo 'keys:visualize-embedding'
        case 'dlcli visualize patches -r' 'dlcli visualize patches --recipe'
            echo 'recipe:visualize/patches'
        case 'dlcli visualize patches --set'
            echo 'keys:visualize-patches'
        case 'dlcli visualize saliency --method'
            echo '=gradient =smoothgrad =integrated =occlusion'
        case 'dlcli visualize saliency -r' 'dlcli visualize saliency --recipe'
            echo 'recipe:visualize/saliency'
        case 'dlcli visualize saliency --set'
            echo 'keys:visualize-saliency'
        case 'dlcli visualize deconvnet -r' 'dlcli visualize deconvnet --recipe'
            echo 'recipe:visualize/deconvnet'
        case 'dlcli visualize deconvnet --set'
            echo 'keys:visualize-deconvnet'
        case 'dlcli visualize guided-backprop -r' 'dlcli visualize guided-backprop --recipe'
            echo 'recipe:visualize/guided-backprop'
        case 'dlcli visualize guided-backprop --set'
            echo 'keys:visualize-guided-backprop'
        case 'dlcli visualize guided-gradcam -r' 'dlcli visualize guided-gradcam --recipe'
            echo 'recipe:visualize/guided-gradcam'
        case 'dlcli visualize guided-gradcam --set'
            echo 'keys:visualize-guided-gradcam'
        case 'dlcli visualize cam -r' 'dlcli visualize cam --recipe'
            echo 'recipe:visualize/cam'
        case 'dlcli visualize cam --set'
            echo 'keys:visualize-cam'
        case 'dlcli visualize gradcam -r' 'dlcli visualize gradcam --recipe'
            echo 'recipe:visualize/gradcam'
        case 'dlcli visualize gradcam --set'
            echo 'keys:visualize-gradcam'
        case 'dlcli visualize attention -r' 'dlcli visualize attention --recipe'
            echo 'recipe:visualize/attention'
        case 'dlcli visualize attention --set'
            echo 'keys:visualize-attention'
        case 'dlcli visualize maximize -r' 'dlcli visualize maximize --recipe'
            echo 'recipe:visualize/maximize'
        case 'dlcli visualize maximize --set'
            echo 'keys:visualize-maximize'
        case 'dlcli visualize fool -r' 'dlcli visualize fool --recipe'
            echo 'recipe:visualize/fool'
        case 'dlcli visualize fool --set'
            echo 'keys:visualize-fool'
        case 'dlcli visualize invert -r' 'dlcli visualize invert --recipe'
            echo 'recipe:visualize/invert'
        case 'dlcli visualize invert --set'
            echo 'keys:visualize-invert'
        case 'dlcli visualize dream -r' 'dlcli visualize dream --recipe'
            echo 'recipe:visualize/dream'
        case 'dlcli visualize dream --set'
            echo 'keys:visualize-dream'
        case 'dlcli visualize gradients -r' 'dlcli visualize gradients --recipe'
            echo 'recipe:visualize/gradients'
        case 'dlcli visualize gradients --set'
            echo 'keys:visualize-gradients'
        case 'dlcli visualize curves -r' 'dlcli visualize curves --recipe'
            echo 'recipe:visualize/curves'
        case 'dlcli visualize curves --set'
            echo 'keys:visualize-curves'
        case 'dlcli visualize score -r' 'dlcli visualize score --recipe'
            echo 'recipe:visualize/score'
        case 'dlcli visualize score --set'
            echo 'keys:visualize-score'
        case 'dlcli visualize sanity -r' 'dlcli visualize sanity --recipe'
            echo 'recipe:visualize/sanity'
        case 'dlcli visualize sanity --set'
            echo 'keys:visualize-sanity'
        case 'dlcli visualize pointing -r' 'dlcli visualize pointing --recipe'
            echo 'recipe:visualize/pointing'
        case 'dlcli visualize pointing --set'
            echo 'keys:visualize-pointing'
        case 'dlcli visualize all -r' 'dlcli visualize all --recipe'
            echo 'recipe:visualize/all'
        case 'dlcli visualize all --set'
            echo 'keys:visualize-all'
        case 'dlcli predict -r' 'dlcli predict --recipe'
            echo 'recipe:predict/'
        case 'dlcli predict --set'
            echo 'keys:predict'
        case 'dlcli evaluate -r' 'dlcli evaluate --recipe'
            echo 'recipe:evaluate/'
        case 'dlcli evaluate --set'
            echo 'keys:evaluate'
        case 'dlcli export --format'
            echo '=onnx =pt2'
        case 'dlcli describe 1'
            echo '@own @torchvision @models recipe:classify/ run file'
        case 'dlcli describe --set'
            echo 'keys:describe'
        case 'dlcli describe --list'
            echo '=own =torchvision =timm =all'
        case 'dlcli recipes keys 1' 'dlcli recipes schema 1'
            echo '@tasks @schemas'
        case 'dlcli data convert 2'
            echo '=folder: =csv:'
        case 'dlcli runs ls 1'
            echo '@tasks'
        case 'dlcli completion install 1'
            echo '=bash =zsh =fish'
        case 'prefix torchvision:'
            echo '@torchvision @sets'
    end
end
# <<< written by dlcli completion generate

# Print the task of a recipe or run, or train: what any task knows.
function __dlcli_schema --argument-names recipe
    set -l tasks (__dlcli_list tasks | string replace -r '\t.*' '')
    for task in $tasks
        if string match -q -- "$task/*" $recipe
            echo $task
            return
        end
    end
    set -l file (string replace -r '^~/' "$HOME/" -- $recipe)
    test -d "$file"; and set file $file/recipe.yaml
    if test -f "$file"; and test -r "$file"
        set -l count 0
        while read -l line; and test $count -lt 200
            set count (math $count + 1)
            for task in $tasks
                if test "$line" = "task: $task"; or string match -q -- "task: $task *" $line
                    or string match -q -- "extends: $task/*" $line
                    echo $task
                    return
                end
            end
        end <$file
    end
    echo train
end

# Print each line that is read with what stands before.
function __dlcli_after --argument-names before
    while read -l line
        printf '%s\n' "$before$line"
    end
end

# Print what dlcli itself knows: recipes or runs, the beginning to ask for.
function __dlcli_ask --argument-names what begun
    set -l program (commandline -opc | string match -r '^(?:.*/)?dlcli$')[1]
    test -n "$program"; or set program dlcli
    set program (string replace -r '^~/' "$HOME/" -- $program)
    # fish itself would say aloud when the program's Python is gone.
    type -q $program; and /bin/sh -c 'exec "$0" "$@"' $program __complete $what "$begun" 2>/dev/null
end

# Print files beside the runs given, but no folder that leads to one of them.
function __dlcli_files --argument-names typed
    set -l runs $argv[2..-1]
    for line in (__fish_complete_path "$typed")
        set -l file (string replace -r '/?(\t.*)?$' '' -- $line)
        set -l leads
        for run in $runs
            string match -q -- "$file/*" "$run/"; and set leads 1
        end
        test -n "$leads"; or printf '%s\n' $line
    end
end

# Print what a kind allows: what stands before, what was typed, the kind, the recipe or run named.
function __dlcli_offer --argument-names before typed kind recipe
    if string match -q -- '*:*' $typed; and string match -qr -- '[@=]' $kind
        set -l parts (string split -m 1 : -- $typed)
        set -l inner (__dlcli_kind "prefix $parts[1]:")
        if test -n "$inner"
            __dlcli_offer "$before$parts[1]:" "$parts[2]" $inner $recipe
            return
        end
    end
    set -l runs
    for atom in (string split ' ' -- $kind)
        switch $atom
            case '@*'
                __dlcli_list (string sub -s 2 -- $atom) | __dlcli_after $before
            case '=*'
                string sub -s 2 -- $atom | __dlcli_after $before
            case 'keys:*'
                set -l schema (string sub -s 6 -- $atom)
                test $schema = train; and set schema (__dlcli_schema "$recipe")
                if string match -q -- '*=*' $typed
                    set -l parts (string split -m 1 = -- $typed)
                    __dlcli_offer "$before$parts[1]=" "$parts[2]" (__dlcli_kind "$schema $parts[1]") $recipe
                else if string match -q -- '~*' $typed
                    __dlcli_list "keys:$schema" | string replace -r '\+?=' '' | __dlcli_after "$before~"
                else
                    __dlcli_list "keys:$schema" | __dlcli_after $before
                end
            case run
                set -l lines (__dlcli_ask runs $typed)
                set runs (string replace -r '\t.*' '' -- $lines)
                if set -q lines[1]
                    printf '%s\n' $lines | __dlcli_after $before
                else if test "$kind" = run
                    __fish_complete_directories "$typed" '' | __dlcli_after $before
                end
            case 'recipe*'
                __dlcli_ask recipes (string replace -r '^recipe:?' '' -- $atom) | __dlcli_after $before
                __fish_complete_path "$typed" | string match -r '.*(?:/|\.ya?ml)(?:\t.*)?$' | __dlcli_after $before
            case file
                __dlcli_files "$typed" $runs | __dlcli_after $before
            case dir
                __fish_complete_directories "$typed" '' | __dlcli_after $before
        end
    end
end

function __dlcli_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct | string replace -r '^["\']' '')
    set -q typed[1]; or set typed ''
    while string match -qr -- '^[A-Za-z_]\w*=' $words[1]
        set -e words[1]
    end
    set -e words[1]
    # The command's path, an option that waits for its value, the recipe or run named, the position reached.
    set -l path ''
    set -l option ''
    set -l recipe ''
    set -l position 0
    for word in $words
        set -l place "dlcli$path $word"
        set -l value $word
        if test -n "$option"
            set place "dlcli$path $option"
            set option ''
        else if string match -q -- '--*=*' $word
            set -l parts (string split -m 1 = -- $word)
            set place "dlcli$path $parts[1]"
            set value $parts[2]
        else if string match -qr -- '^-.' $word
            test -n "$(__dlcli_kind $place)"; and set option $word
        else if test -n "$(__dlcli_list "commands$path")"
            set path "$path $word"
            continue
        else
            set position (math $position + 1)
            set place "dlcli$path $position"
        end
        switch "$(__dlcli_kind $place)"
            case run
                string match -q -- '*-*' (string replace "dlcli$path " '' -- $place); and set position 1
                set recipe $value
            case 'recipe*'
                set recipe $value
        end
    end
    if test -n "$option"
        __dlcli_offer '' "$typed" (__dlcli_kind "dlcli$path $option") "$recipe"
    else if string match -q -- '--*=*' $typed
        set -l parts (string split -m 1 = -- $typed)
        __dlcli_offer "$parts[1]=" "$parts[2]" (__dlcli_kind "dlcli$path $parts[1]") "$recipe"
    else if string match -q -- '-*' $typed
        __dlcli_list "options$path"
    else if test -n "$(__dlcli_list "commands$path")"
        __dlcli_list "commands$path"
    else
        set -l kind (__dlcli_kind "dlcli$path $(math $position + 1)")
        test -n "$kind"; or set kind (__dlcli_kind "dlcli$path ...")
        __dlcli_offer '' "$typed" "$kind" "$recipe"
    end
end

complete -c dlcli -f -k -a '(__dlcli_complete)'
