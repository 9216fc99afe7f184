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
                'visualize' 'What a network learnt, why it answers (not built yet)' \
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
                'embed-project' 'recipes of dlcli embed-project'
    end
end

function __dlcli_kind
    switch $argv[1]
        case 'classify schema' 'train schema' 'predict schema' 'evaluate schema' 'describe schema' 'detect schema' 'cascade schema' 'boost schema' 'boost-cv schema' 'boost-compare schema' 'boost-apply schema' 'boost-importance schema' 'embed schema' 'embed model.power' 'embed-tokenize schema' 'embed-bpe schema' 'embed-stem schema' 'embed-lemmatize schema' 'embed-stopwords schema' 'embed-tag schema' 'embed-vectorize schema' 'embed-cooccurrence schema' 'embed-pairs schema' 'embed-neighbors schema' 'embed-analogy schema' 'embed-similarity schema' 'embed-evaluate schema' 'embed-encode schema' 'embed-convert schema' 'embed-matrix schema' 'embed-project schema' 'dlcli embed fit --power'
            echo '=1'
        case 'classify task' 'train task'
            echo '=classify'
        case 'classify data.train' 'train data.train' 'classify data.val' 'train data.val' 'classify data.test' 'train data.test' 'evaluate data' 'dlcli train --data' 'dlcli evaluate --data' 'dlcli export --data' 'dlcli data check 1' 'dlcli data convert 1' 'dlcli data preview 1'
            echo '@data file'
        case 'classify data.image.size_px' 'train data.image.size_px' 'classify model.layer_decay' 'train model.layer_decay' 'classify train.clip_norm' 'train train.clip_norm' 'classify train.clip_value' 'train train.clip_value' 'classify train.ema' 'train train.ema' 'classify train.early_stop' 'train train.early_stop' 'describe size_px' 'describe built_px' 'describe channels' 'describe classes' 'detect smallest' 'detect largest' 'cascade features' 'cascade negatives' 'boost data.target' 'boost data.missing' 'boost early_stop' 'boost model.leaves' 'boost model.members' 'boost-cv data.target' 'boost-cv data.missing' 'boost-cv early_stop' 'boost-cv model.leaves' 'boost-cv model.members' 'boost-compare data.target' 'boost-compare data.missing' 'boost-compare early_stop' 'embed data.most' 'embed model.batch' 'embed model.cap' 'embed-tokenize vocab_in' 'embed-tokenize vocab_out' 'embed-bpe merges' 'embed-tag model' 'embed-tag train' 'embed-tag test' 'embed-vectorize most' 'embed-cooccurrence most' 'embed-cooccurrence cap' 'embed-cooccurrence top' 'embed-evaluate analogies' 'embed-evaluate restrict' 'embed-encode idf' 'embed-convert most' 'embed-matrix words' 'embed-matrix text' 'embed-matrix most' 'embed-project words' 'embed-project near' 'embed-project top' 'embed-project groups' 'embed-project clusters' 'dlcli boost fit --target' 'dlcli boost fit --early-stop' 'dlcli boost compare --target' 'dlcli boost compare --early-stop' 'dlcli boost cv --target' 'dlcli boost cv --early-stop' 'dlcli boost inspect --target' 'dlcli boost cascade fit --features' 'dlcli embed vectorize --most' 'dlcli embed cooccurrence --cap' 'dlcli embed cooccurrence --most' 'dlcli embed cooccurrence --top' 'dlcli embed fit --most' 'dlcli embed fit --cap' 'dlcli embed evaluate --restrict' 'dlcli embed convert --most' 'dlcli embed matrix --most' 'dlcli embed project --top' 'dlcli embed project --near' 'dlcli embed project --clusters' 'dlcli embed bpe fit --merges' 'dlcli embed bpe encode --merges' 'dlcli embed bpe trace --merges' 'dlcli detect --smallest' 'dlcli detect --largest' 'dlcli describe --channels' 'dlcli describe --classes'
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
        case 'classify model.args.batch_norm' 'train model.args.batch_norm' 'classify model.args.auxiliary' 'train model.args.auxiliary' 'classify model.args.preactivation' 'train model.args.preactivation' 'classify optim.nesterov' 'train optim.nesterov' 'classify device.channels_last' 'train device.channels_last' 'classify device.deterministic' 'train device.deterministic' 'classify device.compile' 'train device.compile' 'predict device.channels_last' 'predict device.deterministic' 'predict device.compile' 'evaluate device.channels_last' 'evaluate device.deterministic' 'evaluate device.compile' 'cascade mirror' 'embed data.lower' 'embed model.mean' 'embed model.ramp' 'embed-tokenize lower' 'embed-tokenize wrapped' 'embed-bpe counts' 'embed-bpe escape' 'embed-stopwords invert' 'embed-vectorize lower' 'embed-vectorize sublinear' 'embed-cooccurrence lower' 'embed-pairs lower' 'embed-analogy keep_inputs' 'embed-similarity files' 'embed-similarity lower' 'embed-evaluate case_sensitive' 'embed-encode normalize' 'embed-encode lower' 'embed-convert normalize' 'embed-matrix lower' 'embed-project normalize'
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
        case 'classify device.name' 'train device.name' 'predict device.name' 'evaluate device.name' 'embed device.name' 'dlcli train --device' 'dlcli embed fit --device' 'dlcli predict --device' 'dlcli evaluate --device'
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
        case 'embed-project method' 'dlcli embed project --method'
            echo '=pca =tsne'
        case 'dlcli boost fit --id' 'dlcli boost fit --drop' 'dlcli boost fit --trees' 'dlcli boost fit --depth' 'dlcli boost fit --lr' 'dlcli boost fit --param' 'dlcli boost fit --seed' 'dlcli boost fit --threads' 'dlcli boost fit --fail-under' 'dlcli boost fit --fail-over' 'dlcli boost predict --threads' 'dlcli boost evaluate --threads' 'dlcli boost evaluate --fail-under' 'dlcli boost evaluate --fail-over' 'dlcli boost compare --id' 'dlcli boost compare --drop' 'dlcli boost compare --methods' 'dlcli boost compare --seed' 'dlcli boost compare --threads' 'dlcli boost compare --fail-under' 'dlcli boost compare --fail-over' 'dlcli boost cv --id' 'dlcli boost cv --drop' 'dlcli boost cv --trees' 'dlcli boost cv --depth' 'dlcli boost cv --lr' 'dlcli boost cv --param' 'dlcli boost cv --folds' 'dlcli boost cv --repeats' 'dlcli boost cv --seed' 'dlcli boost cv --threads' 'dlcli boost cv --fail-under' 'dlcli boost cv --fail-over' 'dlcli boost trace --target' 'dlcli boost trace --rounds' 'dlcli boost trace --lr' 'dlcli boost trace --learner' 'dlcli boost trace --depth' 'dlcli boost trace --min-leaf' 'dlcli boost trace --l2' 'dlcli boost trace --min-gain' 'dlcli boost haar --window' 'dlcli boost inspect --id' 'dlcli boost inspect --drop' 'dlcli boost importance --repeats' 'dlcli boost importance --seed' 'dlcli boost importance --threads' 'dlcli boost explain --threads' 'dlcli boost dump --trees' 'dlcli boost boundary --columns' 'dlcli boost cascade fit ...' 'dlcli boost cascade fit --window' 'dlcli boost cascade fit --stages' 'dlcli boost cascade fit --stage-sizes' 'dlcli boost cascade fit --detection' 'dlcli boost cascade fit --false-positive' 'dlcli boost cascade fit --seed' 'dlcli train --epochs' 'dlcli train --lr' 'dlcli train --seed' 'dlcli train --devices' 'dlcli train --fail-under' 'dlcli train --fail-over' 'dlcli train --watch' 'dlcli train --overfit' 'dlcli embed tokenize --min-count' 'dlcli embed tokenize --unk' 'dlcli embed tag --epochs' 'dlcli embed tag --seed' 'dlcli embed tag --fail-under' 'dlcli embed tag --fail-over' 'dlcli embed vectorize --drop' 'dlcli embed vectorize --ngrams' 'dlcli embed vectorize --min-count' 'dlcli embed vectorize --min-df' 'dlcli embed vectorize --max-df' 'dlcli embed cooccurrence --window' 'dlcli embed cooccurrence --drop' 'dlcli embed cooccurrence --min-count' 'dlcli embed pairs --window' 'dlcli embed pairs --negatives' 'dlcli embed pairs --ns-exponent' 'dlcli embed pairs --seed' 'dlcli embed pairs --drop' 'dlcli embed fit --min-count' 'dlcli embed fit --dim' 'dlcli embed fit --window' 'dlcli embed fit --epochs' 'dlcli embed fit --lr' 'dlcli embed fit --seed' 'dlcli embed fit --negatives' 'dlcli embed fit --ns-exponent' 'dlcli embed fit --sample' 'dlcli embed fit --c-max' 'dlcli embed fit --alpha' 'dlcli embed fit --drop' 'dlcli embed fit --threads' 'dlcli embed fit --fail-under' 'dlcli embed fit --fail-over' 'dlcli embed neighbors ...' 'dlcli embed neighbors --top' 'dlcli embed analogy ...' 'dlcli embed analogy --top' 'dlcli embed odd ...' 'dlcli embed similarity ...' 'dlcli embed evaluate --fail-under' 'dlcli embed evaluate --fail-over' 'dlcli embed matrix --special' 'dlcli embed matrix --min-count' 'dlcli embed matrix --seed' 'dlcli embed matrix --fail-under' 'dlcli embed project --perplexity' 'dlcli embed project --seed' 'dlcli embed bpe fit --min-count' 'dlcli embed bpe trace --min-count' 'dlcli detect --scale' 'dlcli detect --step' 'dlcli detect --min-neighbors' 'dlcli predict --top' 'dlcli predict --batch' 'dlcli evaluate --batch' 'dlcli evaluate --fail-under' 'dlcli evaluate --fail-over' 'dlcli describe --size-px' 'dlcli data preview --count' 'dlcli data preview --epoch' 'dlcli runs ls --sort' 'prefix timm:'
            echo 'any'
        case 'dlcli boost fit --learner' 'dlcli boost cv --learner'
            echo '=tree:'
        case 'dlcli boost fit -r' 'dlcli boost fit --recipe' 'dlcli boost predict -r' 'dlcli boost predict --recipe' 'dlcli boost evaluate -r' 'dlcli boost evaluate --recipe' 'dlcli boost compare -r' 'dlcli boost compare --recipe' 'dlcli boost cv -r' 'dlcli boost cv --recipe' 'dlcli boost importance -r' 'dlcli boost importance --recipe' 'dlcli boost explain -r' 'dlcli boost explain --recipe'
            echo 'recipe:boost/'
        case 'dlcli boost fit --set' 'dlcli boost inspect --set'
            echo 'keys:boost'
        case 'dlcli boost fit -o' 'dlcli boost fit --out' 'dlcli boost evaluate -o' 'dlcli boost evaluate --out' 'dlcli boost compare -o' 'dlcli boost compare --out' 'dlcli boost cascade fit --negatives' 'dlcli boost cascade fit -o' 'dlcli boost cascade fit --out' 'dlcli train -o' 'dlcli train --out' 'dlcli evaluate -o' 'dlcli evaluate --out' 'dlcli runs ls --root' 'prefix folder:'
            echo 'dir'
        case 'dlcli boost fit --stamp' 'dlcli boost fit --depfile' 'dlcli boost fit --events' 'dlcli boost predict -o' 'dlcli boost predict --out' 'dlcli boost predict --stamp' 'dlcli boost predict --depfile' 'dlcli boost evaluate --stamp' 'dlcli boost evaluate --depfile' 'dlcli boost importance -o' 'dlcli boost importance --out' 'dlcli boost explain -o' 'dlcli boost explain --out' 'dlcli boost dump -o' 'dlcli boost dump --out' 'dlcli boost boundary -o' 'dlcli boost boundary --out' 'dlcli boost cascade fit --stamp' 'dlcli boost cascade fit --depfile' 'dlcli train --stamp' 'dlcli train --depfile' 'dlcli train --events' 'dlcli embed tokenize -m' 'dlcli embed tokenize --model' 'dlcli embed tokenize --vocab-in' 'dlcli embed tokenize --vocab-out' 'dlcli embed tokenize -o' 'dlcli embed tokenize --out' 'dlcli embed tokenize --stamp' 'dlcli embed tokenize --depfile' 'dlcli embed stem -o' 'dlcli embed stem --out' 'dlcli embed stem --stamp' 'dlcli embed stem --depfile' 'dlcli embed lemmatize -o' 'dlcli embed lemmatize --out' 'dlcli embed lemmatize --stamp' 'dlcli embed lemmatize --depfile' 'dlcli embed stopwords -o' 'dlcli embed stopwords --out' 'dlcli embed stopwords --stamp' 'dlcli embed stopwords --depfile' 'dlcli embed tag -m' 'dlcli embed tag --model' 'dlcli embed tag --train' 'dlcli embed tag --test' 'dlcli embed tag -o' 'dlcli embed tag --out' 'dlcli embed tag --stamp' 'dlcli embed tag --depfile' 'dlcli embed vectorize -m' 'dlcli embed vectorize --model' 'dlcli embed vectorize -o' 'dlcli embed vectorize --out' 'dlcli embed vectorize --stamp' 'dlcli embed vectorize --depfile' 'dlcli embed cooccurrence -o' 'dlcli embed cooccurrence --out' 'dlcli embed cooccurrence --stamp' 'dlcli embed cooccurrence --depfile' 'dlcli embed pairs -o' 'dlcli embed pairs --out' 'dlcli embed pairs --stamp' 'dlcli embed pairs --depfile' 'dlcli embed fit -o' 'dlcli embed fit --out' 'dlcli embed fit --stamp' 'dlcli embed fit --depfile' 'dlcli embed fit --events' 'dlcli embed similarity --pairs' 'dlcli embed evaluate --analogies' 'dlcli embed evaluate --pairs' 'dlcli embed evaluate -o' 'dlcli embed evaluate --out' 'dlcli embed evaluate --stamp' 'dlcli embed evaluate --depfile' 'dlcli embed encode --idf' 'dlcli embed encode -o' 'dlcli embed encode --out' 'dlcli embed encode --stamp' 'dlcli embed encode --depfile' 'dlcli embed convert 2' 'dlcli embed convert --stamp' 'dlcli embed convert --depfile' 'dlcli embed matrix --words' 'dlcli embed matrix --text' 'dlcli embed matrix -o' 'dlcli embed matrix --out' 'dlcli embed matrix --stamp' 'dlcli embed matrix --depfile' 'dlcli embed project --words' 'dlcli embed project --groups' 'dlcli embed project -o' 'dlcli embed project --out' 'dlcli embed project --stamp' 'dlcli embed project --depfile' 'dlcli embed bpe fit -o' 'dlcli embed bpe fit --out' 'dlcli embed bpe fit --stamp' 'dlcli embed bpe fit --depfile' 'dlcli embed bpe encode -m' 'dlcli embed bpe encode --model' 'dlcli embed bpe encode -o' 'dlcli embed bpe encode --out' 'dlcli embed bpe encode --stamp' 'dlcli embed bpe encode --depfile' 'dlcli embed bpe decode -o' 'dlcli embed bpe decode --out' 'dlcli embed bpe decode --stamp' 'dlcli embed bpe decode --depfile' 'dlcli adapt ...' 'dlcli detect ...' 'dlcli detect -o' 'dlcli detect --out' 'dlcli detect --stamp' 'dlcli detect --depfile' 'dlcli segment ...' 'dlcli translate ...' 'dlcli stylize ...' 'dlcli visualize ...' 'dlcli predict ...' 'dlcli predict -o' 'dlcli predict --out' 'dlcli predict --stamp' 'dlcli predict --depfile' 'dlcli evaluate --stamp' 'dlcli evaluate --depfile' 'dlcli export -o' 'dlcli export --out' 'dlcli export --stamp' 'dlcli export --depfile' 'dlcli describe -o' 'dlcli describe --out' 'dlcli recipes cp 2' 'dlcli data preview -o' 'dlcli data preview --out' 'prefix csv:' 'prefix tsv:' 'prefix libsvm:' 'prefix parquet:'
            echo 'file'
        case 'dlcli boost predict -m' 'dlcli boost predict --model' 'dlcli boost evaluate -m' 'dlcli boost evaluate --model' 'dlcli boost importance -m' 'dlcli boost importance --model' 'dlcli boost explain -m' 'dlcli boost explain --model' 'dlcli boost dump -m' 'dlcli boost dump --model' 'dlcli boost boundary -m' 'dlcli boost boundary --model' 'dlcli predict 1' 'dlcli evaluate 1' 'dlcli export 1'
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
