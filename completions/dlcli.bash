# Tab completion of dlcli for bash 4 or newer; needs no other package and changes no setting of the shell.
# Only names of recipes and runs ask dlcli; everything else is in the tables below, and starts no process.

# >>> written by dlcli completion generate
__dlcli_list() {
  list=
  case $1 in
    'commands')
      list='boost train embed adapt detect segment translate stylize visualize predict evaluate export describe recipes
        data runs device completion' ;;
    'options')
      list='--version -h --help --json -q' ;;
    'classify:data.augment')
      list='affine flip crop resized_crop color gray blur erasing randaugment autoaugment trivial augmix mixup cutmix' ;;
    'classify:model.args.layers')
      list='conv norm activation pool global_pool dropout flatten linear' ;;
    'classify:loss.name')
      list='cross_entropy binary_cross_entropy mse mae huber perceptron' ;;
    'classify:optim.name')
      list='adamw adam sgd adagrad adadelta rmsprop' ;;
    'classify:schedule.name')
      list='cosine constant step multistep exponential time linear poly restarts one_cycle cyclic plateau' ;;
    'keys:classify'|'keys:train')
      list='schema= task= seed= data.train= data.val= data.test= data.image.size_px= data.image.channels= data.image.fit=
        data.image.normalize= data.augment+= data.workers= model.name= model.weights= model.freeze= model.trunk_lr=
        model.layer_decay= model.batch_norm= model.args.hidden= model.args.activation= model.args.dropout=
        model.args.layers+= model.args.pool= model.args.width= model.args.head_width= model.args.variant=
        model.args.batch_norm= model.args.auxiliary= model.args.groups= model.args.depth= model.args.shortcut=
        model.args.preactivation= model.args.stochastic_depth= model.args.se_reduction= model.args.cardinality=
        model.args.base_width= model.args.growth= model.args.compression= model.args.columns= model.args.filters=
        model.args.local_drop= model.args.global_share= model.args.patch_px= model.args.heads= model.args.mlp_ratio=
        model.init.name= model.init.bias= model.init.value= model.init.mean= model.init.std= model.init.low=
        model.init.high= model.init.gain= model.init.mode= model.init.activation= loss.name= loss.label_smoothing=
        loss.class_weights= loss.delta= optim.name= optim.lr= optim.betas= optim.weight_decay= optim.l1= optim.eps=
        optim.momentum= optim.nesterov= optim.rho= optim.alpha= schedule.name= schedule.warmup_steps=
        schedule.warmup_start= schedule.end= schedule.every_epochs= schedule.gamma= schedule.at_epochs= schedule.k=
        schedule.power= schedule.first_epochs= schedule.times= schedule.up= schedule.start= schedule.low=
        schedule.half_epochs= schedule.patience= schedule.min_delta= schedule.lowest= train.epochs= train.batch=
        train.accumulate= train.clip_norm= train.clip_value= train.ema= train.early_stop= train.early_stop.patience=
        train.early_stop.min_delta= train.monitor= train.checkpoint_minutes= device.name= device.count=
        device.precision= device.channels_last= device.deterministic= device.compile=' ;;
    'keys:predict')
      list='schema= top= batch= workers= device.name= device.count= device.precision= device.channels_last=
        device.deterministic= device.compile=' ;;
    'keys:evaluate')
      list='schema= data= part= bins= batch= workers= device.name= device.count= device.precision= device.channels_last=
        device.deterministic= device.compile=' ;;
    'keys:describe')
      list='schema= model= args= size_px= built_px= channels= classes= stride=' ;;
    'keys:detect')
      list='schema= scale= step= smallest= largest= min_neighbors=' ;;
    'keys:cascade')
      list='schema= seed= window= stages= sizes= most_features= detection= false_positive= features= types= negatives=
        fewest_negatives= passes= contrast= mirror= val= test=' ;;
    'boost:model.name'|'boost-cv:model.name')
      list='xgboost linear logistic perceptron bayes knn svm tree vote bagging forest stacking adaboost gradient hist
        lightgbm' ;;
    'keys:boost')
      list='schema= task= seed= data.train= data.target= data.task= data.ids= data.drop= data.val= data.test=
        data.missing= data.levels= early_stop= threads= model.name= model.params= model.trees= model.lr= model.depth=
        model.min_leaf= model.l2= model.l1= model.min_gain= model.rows= model.columns= model.loss= model.c=
        model.epochs= model.smoothing= model.neighbors= model.weights= model.kernel= model.gamma= model.leaves=
        model.members= model.voting= model.final= model.folds= model.learner= device.name=' ;;
    'keys:boost-cv')
      list='schema= task= seed= data.train= data.target= data.task= data.ids= data.drop= data.val= data.test=
        data.missing= data.levels= early_stop= threads= model.name= model.params= model.trees= model.lr= model.depth=
        model.min_leaf= model.l2= model.l1= model.min_gain= model.rows= model.columns= model.loss= model.c=
        model.epochs= model.smoothing= model.neighbors= model.weights= model.kernel= model.gamma= model.leaves=
        model.members= model.voting= model.final= model.folds= model.learner= device.name= folds= repeats=' ;;
    'keys:boost-compare')
      list='schema= task= seed= data.train= data.target= data.task= data.ids= data.drop= data.val= data.test=
        data.missing= data.levels= early_stop= threads= methods=' ;;
    'keys:boost-apply')
      list='schema= unseen= threads=' ;;
    'keys:boost-importance')
      list='schema= unseen= threads= kind= repeats= seed=' ;;
    'embed:model.name')
      list='skipgram cbow glove svd' ;;
    'keys:embed')
      list='schema= task= seed= data.train= data.by= data.lower= data.min_count= data.most= model.name= model.dim=
        model.window= model.loss= model.negatives= model.ns_exponent= model.sample= model.epochs= model.lr=
        model.lr_end= model.batch= model.mean= model.c_max= model.alpha= model.start= model.ramp= model.direction=
        model.cap= model.drop= model.weighting= model.smooth= model.shift= model.power= engine= threads= device.name=' ;;
    'keys:embed-tokenize')
      list='schema= by= lower= min_count= unk= vocab_in= vocab_out= sentences= wrapped=' ;;
    'keys:embed-bpe')
      list='schema= merges= min_count= end_of_word= counts= escape=' ;;
    'keys:embed-stem')
      list='schema= by= algorithm= language=' ;;
    'keys:embed-lemmatize')
      list='schema= by= engine= pos= tagger=' ;;
    'keys:embed-stopwords')
      list='schema= by= source= invert=' ;;
    'keys:embed-tag')
      list='schema= by= engine= model= format= train= test= epochs= seed=' ;;
    'keys:embed-vectorize')
      list='schema= kind= unit= by= lower= drop= ngrams= min_count= min_df= max_df= most= tfidf= smooth= sublinear= norm=' ;;
    'keys:embed-cooccurrence')
      list='schema= by= lower= min_count= most= drop= window= weights= direction= cap= weighting= smooth= shift= top=' ;;
    'keys:embed-pairs')
      list='schema= method= by= lower= drop= window= negatives= ns_exponent= seed=' ;;
    'keys:embed-neighbors')
      list='schema= top=' ;;
    'keys:embed-analogy')
      list='schema= top= method= keep_inputs=' ;;
    'keys:embed-similarity')
      list='schema= files= by= lower=' ;;
    'keys:embed-evaluate')
      list='schema= analogies= pairs= method= restrict= case_sensitive= unknown=' ;;
    'keys:embed-encode')
      list='schema= weighting= idf= normalize= by= lower=' ;;
    'keys:embed-convert')
      list='schema= to= most= normalize=' ;;
    'keys:embed-matrix')
      list='schema= seed= words= text= min_count= most= special= missing= lower=' ;;
    'keys:embed-project')
      list='schema= method= words= near= top= groups= clusters= normalize= perplexity= seed=' ;;
    'keys:visualize-kernel')
      list='schema= ops= kernel= divisor= stride= flip= padding= matrix= example= display= steps=' ;;
    'keys:visualize-filters')
      list='schema= model= seed= device.name= layer= channels= scale= ends= max= zoom=' ;;
    'keys:visualize-weights')
      list='schema= model= seed= device.name= classes= scale= max= zoom=' ;;
    'keys:visualize-activations')
      list='schema= model= seed= device.name= size_px= fit= layer= order= scale= max=' ;;
    'keys:visualize-patches')
      list='schema= model= seed= device.name= size_px= fit= layer= channels= top= per_picture= batch= workers=' ;;
    'keys:visualize-embedding')
      list='schema= model= seed= device.name= size_px= fit= of= layer= method= perplexity= draw= max_pictures= batch=' ;;
    'keys:visualize-saliency')
      list='schema= model= seed= device.name= size_px= fit= classes= top= methods= smoothgrad.samples= smoothgrad.noise=
        integrated.steps= integrated.baseline= occlusion.window_px= occlusion.stride_px= occlusion.baseline= batch=
        clip_percent= opacity=' ;;
    'keys:visualize-deconvnet'|'keys:visualize-guided-backprop')
      list='schema= model= seed= device.name= size_px= fit= classes= top= layer= channels= show= clip_percent=' ;;
    'keys:visualize-guided-gradcam')
      list='schema= model= seed= device.name= size_px= fit= classes= top= layer= show= clip_percent=' ;;
    'keys:visualize-cam')
      list='schema= model= seed= device.name= size_px= fit= classes= top= opacity=' ;;
    'keys:visualize-gradcam')
      list='schema= model= seed= device.name= size_px= fit= classes= top= layer= methods= opacity=' ;;
    'keys:visualize-attention')
      list='schema= model= seed= device.name= size_px= fit= layer= head= at= rollout= opacity=' ;;
    'keys:visualize-maximize')
      list='schema= model= seed= device.name= size_px= fit= classes= layer= channels= objective= image= optimizer= lr=
        steps= views= spread= priors.l2= priors.blur_px= priors.blur_every= priors.clip_pixels= priors.clip_gradients=
        priors.tv= moves.jitter= moves.scale= moves.turn_deg=' ;;
    'keys:visualize-invert')
      list='schema= model= seed= device.name= size_px= fit= layers= steps= alpha= weight_alpha= beta= weight_variation=' ;;
    'keys:visualize-dream')
      list='schema= model= seed= device.name= size_px= layers= channel= guide= octaves= octave_scale= steps= step_size=
        smoothing= jitter_px= tile_px=' ;;
    'keys:visualize-fool')
      list='schema= model= seed= device.name= to= goal= epsilon= steps= step_size= momentum= random_start= amplify=' ;;
    'keys:visualize-gradients')
      list='schema= model= seed= device.name= size_px= fit= label= batch= mode=' ;;
    'keys:visualize-curves')
      list='schema= metrics= x= smooth= log=' ;;
    'keys:visualize-score')
      list='schema= model= seed= device.name= size_px= fit= classes= top= layer= methods= maps= metrics= steps= blur_px=
        percentiles= noise=' ;;
    'keys:visualize-sanity')
      list='schema= model= seed= device.name= size_px= fit= classes= top= layer= methods= order= stages= weights= draws=
        bound=' ;;
    'keys:visualize-pointing')
      list='schema= model= seed= device.name= size_px= fit= boxes= ask= methods= layer= tolerance_px=' ;;
    'keys:visualize-all')
      list='schema= model= seed= device.name= size_px= fit= classes= top= layer= parts=' ;;
    'options boost'|'options boost cascade'|'options embed'|'options embed bpe'|'options adapt'|'options segment'|'options translate'|'options stylize'|'options visualize'|'options recipes'|'options data'|'options runs'|'options completion')
      list='-h --help' ;;
    'commands boost')
      list='fit predict evaluate compare cv trace haar inspect methods importance explain dump boundary cascade' ;;
    'options boost fit')
      list='--target --task --id --drop --val --test --method --trees --depth --lr --learner --param --early-stop --seed
        --threads --device -r --recipe --set -o --out --force --fail-under --fail-over --print-config --dry-run
        --stamp --depfile --json --events -q --quiet --debug -h --help' ;;
    'options boost predict')
      list='-m --model --unseen --threads -r --recipe --set -o --out --stamp --depfile --json --jsonl -q --quiet --debug
        -h --help' ;;
    'options boost evaluate')
      list='-m --model --unseen --threads -r --recipe --set --fail-under --fail-over -o --out --stamp --depfile --json -q
        --quiet --debug -h --help' ;;
    'options boost compare')
      list='--target --task --id --drop --val --test --methods --early-stop --seed --threads -r --recipe --set -o --out
        --force --fail-under --fail-over --json -q --quiet --debug -h --help' ;;
    'options boost cv')
      list='--target --task --id --drop --test --method --trees --depth --lr --learner --param --early-stop --folds
        --repeats --seed --threads -r --recipe --set --fail-under --fail-over --json -q --quiet --debug -h --help' ;;
    'options boost trace')
      list='--example --data --target --rounds --lr --learner --depth --loss --min-leaf --l2 --min-gain --json -q --quiet
        --debug -h --help' ;;
    'options boost haar')
      list='--window --count --json --jsonl -q --quiet --debug -h --help' ;;
    'options boost inspect')
      list='--target --task --id --drop --set --json -q --quiet --debug -h --help' ;;
    'options boost methods'|'options recipes ls'|'options recipes show'|'options recipes check'|'options recipes keys'|'options recipes schema'|'options data ls'|'options runs show'|'options runs diff'|'options device'|'options completion install'|'options completion bash'|'options completion zsh'|'options completion fish')
      list='--json -q --quiet --debug -h --help' ;;
    'options boost importance')
      list='-m --model --kind --repeats --seed --unseen --threads -r --recipe --set -o --out --json -q --quiet --debug -h
        --help' ;;
    'options boost explain')
      list='-m --model --unseen --threads -r --recipe --set -o --out --json --jsonl -q --quiet --debug -h --help' ;;
    'options boost dump')
      list='-m --model --format --trees -o --out --json -q --quiet --debug -h --help' ;;
    'options boost boundary')
      list='-m --model --columns -o --out --unseen --json -q --quiet --debug -h --help' ;;
    'commands boost cascade')
      list='fit report' ;;
    'options boost cascade fit')
      list='--negatives -o --out --force --window --stages --stage-sizes --detection --false-positive --features --seed -r
        --recipe --set --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options boost cascade report'|'options embed odd')
      list='--json --jsonl -q --quiet --debug -h --help' ;;
    'options train')
      list='--data --epochs --batch --lr --seed --device --devices --precision -o --out --resume --force --fail-under
        --fail-over --print-config --show-origin --dry-run --watch --find-lr --check-gradients --overfit --download
        --stamp --depfile --json --events -q --quiet --debug -h --help' ;;
    'commands embed')
      list='tokenize stem lemmatize stopwords tag vectorize cooccurrence pairs fit neighbors analogy odd similarity
        evaluate encode convert matrix project bpe' ;;
    'options embed tokenize')
      list='--by -m --model --lower --no-lower --min-count --unk --vocab-in --vocab-out --sentences --wrapped --no-wrapped
        -r --recipe --set -o --out --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options embed stem')
      list='--algorithm --language --by -r --recipe --set -o --out --stamp --depfile --json --jsonl -q --quiet --debug -h
        --help' ;;
    'options embed lemmatize')
      list='--engine --pos --tagger --by -r --recipe --set -o --out --stamp --depfile --json --jsonl -q --quiet --debug -h
        --help' ;;
    'options embed stopwords')
      list='--source --invert --no-invert --list --by -r --recipe --set -o --out --stamp --depfile --json --jsonl -q
        --quiet --debug -h --help' ;;
    'options embed tag')
      list='--engine -m --model --format --by --train --test --epochs --seed --fail-under --fail-over -r --recipe --set -o
        --out --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options embed vectorize')
      list='--kind --unit --by --lower --no-lower --drop --ngrams --min-count --min-df --max-df --most --tfidf --smooth
        --no-smooth --sublinear --no-sublinear --norm -m --model -r --recipe --set -o --out --stamp --depfile --json
        --jsonl -q --quiet --debug -h --help' ;;
    'options embed cooccurrence')
      list='--window --weights --ramp --direction --cap --weighting --by --lower --no-lower --drop --min-count --most
        --top -r --recipe --set -o --out --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options embed pairs')
      list='--method --window --negatives --ns-exponent --seed --by --lower --no-lower --drop -r --recipe --set -o --out
        --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options embed fit')
      list='--by --lower --no-lower --min-count --most --method --dim --window --epochs --lr --seed --loss --negatives
        --ns-exponent --sample --engine --device --c-max --alpha --weighting --power --ramp --no-ramp --direction
        --cap --drop --threads -r --recipe --set -o --out --force --fail-under --fail-over --print-config --dry-run
        --stamp --depfile --json --events -q --quiet --debug -h --help' ;;
    'options embed neighbors')
      list='--top -r --recipe --set --json --jsonl -q --quiet --debug -h --help' ;;
    'options embed analogy')
      list='--top --method --keep-inputs --drop-inputs -r --recipe --set --json --jsonl -q --quiet --debug -h --help' ;;
    'options embed similarity')
      list='--pairs --files --words --by --lower --no-lower -r --recipe --set --json --jsonl -q --quiet --debug -h --help' ;;
    'options embed evaluate')
      list='--analogies --pairs --method --restrict --case-sensitive --ignore-case --unknown -r --recipe --set
        --fail-under --fail-over -o --out --stamp --depfile --json -q --quiet --debug -h --help' ;;
    'options embed encode')
      list='--weighting --idf --normalize --no-normalize --by --lower --no-lower -r --recipe --set -o --out --stamp
        --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options embed convert')
      list='--to --most --normalize --no-normalize -r --recipe --set --stamp --depfile --json -q --quiet --debug -h --help' ;;
    'options embed matrix')
      list='--words --text --special --missing --lower --no-lower --min-count --most --seed -o --out --fail-under -r
        --recipe --set --stamp --depfile --json -q --quiet --debug -h --help' ;;
    'options embed project')
      list='--method --top --words --near --groups --clusters --normalize --no-normalize --perplexity --seed -r --recipe
        --set -o --out --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'commands embed bpe')
      list='fit encode decode trace' ;;
    'options embed bpe fit')
      list='--merges --min-count --end-of-word --counts --no-counts -r --recipe --set -o --out --stamp --depfile --json -q
        --quiet --debug -h --help' ;;
    'options embed bpe encode')
      list='-m --model --merges --escape --no-escape -r --recipe --set -o --out --stamp --depfile --json --jsonl -q
        --quiet --debug -h --help' ;;
    'options embed bpe decode')
      list='--escape --no-escape -r --recipe --set -o --out --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options embed bpe trace')
      list='--merges --min-count --end-of-word --counts --no-counts -r --recipe --set --json -q --quiet --debug -h --help' ;;
    'options detect')
      list='-m --model --scale --step --smallest --largest --min-neighbors --stages -r --recipe --set -o --out --stamp
        --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'commands visualize')
      list='kernel filters weights activations embedding patches saliency deconvnet guided-backprop guided-gradcam cam
        gradcam attention maximize fool invert dream gradients curves score sanity pointing all' ;;
    'options visualize kernel')
      list='--op --display --steps --padding --kernel --divisor --stride --flip --matrix --example -r --recipe --set -o
        --out --raw --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize filters')
      list='--scale --channels --max --zoom -m --model --layer --list-layers --seed --device --download -r --recipe --set
        -o --out --raw --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize weights')
      list='--class --scale --zoom -m --model --seed --device --download -r --recipe --set -o --out --raw --stamp
        --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize activations')
      list='--order --scale --max -m --model --layer --list-layers --size-px --fit --seed --device --download -r --recipe
        --set -o --out --raw --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize embedding')
      list='--of --method --draw --max-pictures --table -m --model --layer --list-layers --size-px --fit --seed --device
        --download -r --recipe --set -o --out --raw --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize patches')
      list='--channels --top --per-picture -m --model --layer --list-layers --size-px --fit --seed --device --download -r
        --recipe --set -o --out --raw --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize saliency')
      list='--class --top --method -m --model --size-px --fit --seed --device --download -r --recipe --set -o --out --raw
        --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize deconvnet'|'options visualize guided-backprop')
      list='--class --top --show -m --model --layer --channel --list-layers --size-px --fit --seed --device --download -r
        --recipe --set -o --out --raw --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize guided-gradcam')
      list='--class --top --show -m --model --layer --list-layers --size-px --fit --seed --device --download -r --recipe
        --set -o --out --raw --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize cam')
      list='--class --top --opacity -m --model --size-px --fit --seed --device --download -r --recipe --set -o --out --raw
        --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize gradcam')
      list='--class --top --method --opacity -m --model --layer --list-layers --size-px --fit --seed --device --download
        -r --recipe --set -o --out --raw --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize attention')
      list='--head --at --rollout --opacity -m --model --layer --list-layers --size-px --fit --seed --device --download -r
        --recipe --set -o --out --raw --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize maximize')
      list='--class --channel --image --steps --l2 --blur --clip-pixels --clip-gradients --tv -m --model --layer
        --list-layers --size-px --fit --seed --device --download -r --recipe --set -o --out --raw --picture --stamp
        --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize fool')
      list='--to --epsilon --goal --steps -m --model --seed --device --download -r --recipe --set -o --out --raw --picture
        --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize invert')
      list='--steps --weight-variation -m --model --layer --list-layers --size-px --fit --seed --device --download -r
        --recipe --set -o --out --raw --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize dream')
      list='--channel --guide --octaves --steps --tile-px -m --model --layer --list-layers --size-px --seed --device
        --download -r --recipe --set -o --out --raw --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize gradients')
      list='--class --batch --mode -m --model --size-px --fit --seed --device --download -r --recipe --set -o --out --raw
        --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize curves')
      list='--metric --x --smooth --log -r --recipe --set -o --out --stamp --depfile --json --jsonl -q --quiet --debug -h
        --help' ;;
    'options visualize score')
      list='--metric --method --map --class --top --fail-under --fail-over -m --model --layer --size-px --fit --seed
        --device --download -r --recipe --set -o --out --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize sanity')
      list='--method --stages --order --class --top --fail-under --fail-over -m --model --layer --size-px --fit --seed
        --device --download -r --recipe --set -o --out --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize pointing')
      list='--boxes --ask --method --fail-under --fail-over -m --model --layer --size-px --fit --seed --device --download
        -r --recipe --set -o --out --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options visualize all')
      list='--part --class --top -m --model --layer --size-px --fit --seed --device --download -r --recipe --set -o --out
        --stamp --depfile --json --jsonl -q --quiet --debug -h --help' ;;
    'options predict')
      list='--top --batch --device --precision --download -r --recipe --set -o --out --stamp --depfile --json --jsonl -q
        --quiet --debug -h --help' ;;
    'options evaluate')
      list='--data --part --batch --device --precision --download -r --recipe --set --fail-under --fail-over -o --out
        --stamp --depfile --json -q --quiet --debug -h --help' ;;
    'options export')
      list='-o --out --format --data --dynamic-size --download --stamp --depfile --json -q --quiet --debug -h --help' ;;
    'options describe')
      list='--size-px --channels --classes --stride --set --convolutional -o --out --list --json -q --quiet --debug -h
        --help' ;;
    'commands recipes')
      list='ls show cp check keys schema' ;;
    'options recipes cp')
      list='--force --json -q --quiet --debug -h --help' ;;
    'commands data')
      list='ls check convert preview' ;;
    'options data check')
      list='--download --json --jsonl -q --quiet --debug -h --help' ;;
    'options data convert')
      list='--download --json -q --quiet --debug -h --help' ;;
    'options data preview')
      list='-o --out -r --recipe --set --count --epoch --download --json -q --quiet --debug -h --help' ;;
    'commands runs')
      list='ls show diff' ;;
    'options runs ls')
      list='--sort --root --json --jsonl -q --quiet --debug -h --help' ;;
    'commands completion')
      list='install bash zsh fish' ;;
    'data')
      list='digits folder: csv: torchvision:' ;;
    'sets')
      list='CIFAR10 CIFAR100 MNIST FashionMNIST KMNIST EMNIST USPS SVHN STL10 Food101 Flowers102 DTD OxfordIIITPet GTSRB
        Imagenette EuroSAT' ;;
    'tables')
      list='breast-cancer diabetes digits iris wine csv: tsv: libsvm: parquet:' ;;
    'methods')
      list='linear logistic perceptron bayes knn svm tree vote bagging forest stacking adaboost gradient hist xgboost
        lightgbm' ;;
    'corpora')
      list='lee' ;;
    'own')
      list='perceptron linear mlp lenet5 vgg_a_lrn vgg_c nin inception_v1 inception_v2 shufflenet_v1 resnet20 resnet32
        resnet44 resnet56 resnet110 preresnet20 preresnet110 stochastic_resnet110 se_resnet20 wide_resnet resnext29
        densenet_bc fractalnet vit cnn imagenet' ;;
    'torchvision')
      list='alexnet convnext_base convnext_large convnext_small convnext_tiny densenet121 densenet161 densenet169
        densenet201 efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3 efficientnet_b4 efficientnet_b5
        efficientnet_b6 efficientnet_b7 efficientnet_v2_l efficientnet_v2_m efficientnet_v2_s googlenet inception_v3
        maxvit_t mnasnet0_5 mnasnet0_75 mnasnet1_0 mnasnet1_3 mobilenet_v2 mobilenet_v3_large mobilenet_v3_small
        regnet_x_16gf regnet_x_1_6gf regnet_x_32gf regnet_x_3_2gf regnet_x_400mf regnet_x_800mf regnet_x_8gf
        regnet_y_128gf regnet_y_16gf regnet_y_1_6gf regnet_y_32gf regnet_y_3_2gf regnet_y_400mf regnet_y_800mf
        regnet_y_8gf resnet101 resnet152 resnet18 resnet34 resnet50 resnext101_32x8d resnext101_64x4d resnext50_32x4d
        shufflenet_v2_x0_5 shufflenet_v2_x1_0 shufflenet_v2_x1_5 shufflenet_v2_x2_0 squeezenet1_0 squeezenet1_1 swin_b
        swin_s swin_t swin_v2_b swin_v2_s swin_v2_t vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn
        vit_b_16 vit_b_32 vit_h_14 vit_l_16 vit_l_32 wide_resnet101_2 wide_resnet50_2' ;;
    'timm')
      list='timm:' ;;
    'models')
      list='imagenet torchvision: timm:' ;;
    'devices')
      list='auto cpu cuda cuda:0 mps' ;;
    'tasks')
      list='classify' ;;
    'schemas')
      list='predict evaluate describe detect cascade boost boost-cv boost-compare boost-apply boost-importance embed
        embed-tokenize embed-bpe embed-stem embed-lemmatize embed-stopwords embed-tag embed-vectorize
        embed-cooccurrence embed-pairs embed-neighbors embed-analogy embed-similarity embed-evaluate embed-encode
        embed-convert embed-matrix embed-project visualize-kernel visualize-filters visualize-weights
        visualize-activations visualize-patches visualize-embedding visualize-saliency visualize-deconvnet
        visualize-guided-backprop visualize-guided-gradcam visualize-cam visualize-gradcam visualize-attention
        visualize-maximize visualize-invert visualize-dream visualize-fool visualize-gradients visualize-curves
        visualize-score visualize-sanity visualize-pointing visualize-all' ;;
  esac
}

__dlcli_kind() {
  kind=
  case $1 in
    'classify schema'|'train schema'|'predict schema'|'evaluate schema'|'describe schema'|'detect schema'|'cascade schema'|'boost schema'|'boost-cv schema'|'boost-compare schema'|'boost-apply schema'|'boost-importance schema'|'embed schema'|'embed model.power'|'embed-tokenize schema'|'embed-bpe schema'|'embed-stem schema'|'embed-lemmatize schema'|'embed-stopwords schema'|'embed-tag schema'|'embed-vectorize schema'|'embed-cooccurrence schema'|'embed-pairs schema'|'embed-neighbors schema'|'embed-analogy schema'|'embed-similarity schema'|'embed-evaluate schema'|'embed-encode schema'|'embed-convert schema'|'embed-matrix schema'|'embed-project schema'|'visualize-kernel schema'|'visualize-filters schema'|'visualize-weights schema'|'visualize-activations schema'|'visualize-patches schema'|'visualize-embedding schema'|'visualize-saliency schema'|'visualize-deconvnet schema'|'visualize-guided-backprop schema'|'visualize-guided-gradcam schema'|'visualize-cam schema'|'visualize-gradcam schema'|'visualize-attention schema'|'visualize-maximize schema'|'visualize-invert schema'|'visualize-dream schema'|'visualize-fool schema'|'visualize-gradients schema'|'visualize-curves schema'|'visualize-score schema'|'visualize-sanity schema'|'visualize-pointing schema'|'visualize-all schema'|'dlcli embed fit --power')
      kind='=1' ;;
    'classify task'|'train task')
      kind='=classify' ;;
    'classify data.train'|'train data.train'|'classify data.val'|'train data.val'|'classify data.test'|'train data.test'|'evaluate data'|'dlcli train --data'|'dlcli evaluate --data'|'dlcli export --data'|'dlcli data check 1'|'dlcli data convert 1'|'dlcli data preview 1')
      kind='@data file' ;;
    'classify data.image.size_px'|'train data.image.size_px'|'classify model.layer_decay'|'train model.layer_decay'|'classify train.clip_norm'|'train train.clip_norm'|'classify train.clip_value'|'train train.clip_value'|'classify train.ema'|'train train.ema'|'classify train.early_stop'|'train train.early_stop'|'describe size_px'|'describe built_px'|'describe channels'|'describe classes'|'detect smallest'|'detect largest'|'cascade features'|'cascade negatives'|'boost data.target'|'boost data.missing'|'boost early_stop'|'boost model.leaves'|'boost model.members'|'boost-cv data.target'|'boost-cv data.missing'|'boost-cv early_stop'|'boost-cv model.leaves'|'boost-cv model.members'|'boost-compare data.target'|'boost-compare data.missing'|'boost-compare early_stop'|'embed data.most'|'embed model.batch'|'embed model.cap'|'embed-tokenize vocab_in'|'embed-tokenize vocab_out'|'embed-bpe merges'|'embed-tag model'|'embed-tag train'|'embed-tag test'|'embed-vectorize most'|'embed-cooccurrence most'|'embed-cooccurrence cap'|'embed-cooccurrence top'|'embed-evaluate analogies'|'embed-evaluate restrict'|'embed-encode idf'|'embed-convert most'|'embed-matrix words'|'embed-matrix text'|'embed-matrix most'|'embed-project words'|'embed-project near'|'embed-project top'|'embed-project groups'|'embed-project clusters'|'visualize-kernel kernel'|'visualize-kernel matrix'|'visualize-filters layer'|'visualize-filters zoom'|'visualize-weights zoom'|'visualize-activations size_px'|'visualize-activations layer'|'visualize-activations max'|'visualize-patches size_px'|'visualize-patches layer'|'visualize-patches channels'|'visualize-embedding size_px'|'visualize-embedding layer'|'visualize-saliency size_px'|'visualize-saliency top'|'visualize-saliency occlusion.window_px'|'visualize-saliency occlusion.stride_px'|'visualize-saliency opacity'|'visualize-deconvnet size_px'|'visualize-deconvnet top'|'visualize-deconvnet layer'|'visualize-guided-backprop size_px'|'visualize-guided-backprop top'|'visualize-guided-backprop layer'|'visualize-guided-gradcam size_px'|'visualize-guided-gradcam top'|'visualize-guided-gradcam layer'|'visualize-cam size_px'|'visualize-cam top'|'visualize-gradcam size_px'|'visualize-gradcam top'|'visualize-gradcam layer'|'visualize-attention size_px'|'visualize-attention layer'|'visualize-attention head'|'visualize-attention at'|'visualize-maximize size_px'|'visualize-maximize layer'|'visualize-maximize lr'|'visualize-invert size_px'|'visualize-dream size_px'|'visualize-dream channel'|'visualize-dream guide'|'visualize-dream tile_px'|'visualize-fool to'|'visualize-fool amplify'|'visualize-gradients size_px'|'visualize-gradients label'|'visualize-curves x'|'visualize-score size_px'|'visualize-score top'|'visualize-score layer'|'visualize-sanity size_px'|'visualize-sanity top'|'visualize-sanity layer'|'visualize-pointing size_px'|'visualize-pointing boxes'|'visualize-pointing layer'|'visualize-all size_px'|'visualize-all top'|'visualize-all layer'|'dlcli boost fit --target'|'dlcli boost fit --early-stop'|'dlcli boost compare --target'|'dlcli boost compare --early-stop'|'dlcli boost cv --target'|'dlcli boost cv --early-stop'|'dlcli boost inspect --target'|'dlcli boost cascade fit --features'|'dlcli embed vectorize --most'|'dlcli embed cooccurrence --cap'|'dlcli embed cooccurrence --most'|'dlcli embed cooccurrence --top'|'dlcli embed fit --most'|'dlcli embed fit --cap'|'dlcli embed evaluate --restrict'|'dlcli embed convert --most'|'dlcli embed matrix --most'|'dlcli embed project --top'|'dlcli embed project --near'|'dlcli embed project --clusters'|'dlcli embed bpe fit --merges'|'dlcli embed bpe encode --merges'|'dlcli embed bpe trace --merges'|'dlcli detect --smallest'|'dlcli detect --largest'|'dlcli visualize kernel --kernel'|'dlcli visualize kernel --matrix'|'dlcli visualize filters --zoom'|'dlcli visualize filters --layer'|'dlcli visualize weights --zoom'|'dlcli visualize activations --max'|'dlcli visualize activations --layer'|'dlcli visualize activations --size-px'|'dlcli visualize embedding --layer'|'dlcli visualize embedding --size-px'|'dlcli visualize patches --channels'|'dlcli visualize patches --layer'|'dlcli visualize patches --size-px'|'dlcli visualize saliency --top'|'dlcli visualize saliency --size-px'|'dlcli visualize deconvnet --top'|'dlcli visualize deconvnet --layer'|'dlcli visualize deconvnet --size-px'|'dlcli visualize guided-backprop --top'|'dlcli visualize guided-backprop --layer'|'dlcli visualize guided-backprop --size-px'|'dlcli visualize guided-gradcam --top'|'dlcli visualize guided-gradcam --layer'|'dlcli visualize guided-gradcam --size-px'|'dlcli visualize cam --top'|'dlcli visualize cam --size-px'|'dlcli visualize gradcam --top'|'dlcli visualize gradcam --layer'|'dlcli visualize gradcam --size-px'|'dlcli visualize attention --head'|'dlcli visualize attention --at'|'dlcli visualize attention --layer'|'dlcli visualize attention --size-px'|'dlcli visualize maximize --layer'|'dlcli visualize maximize --size-px'|'dlcli visualize fool --to'|'dlcli visualize invert --size-px'|'dlcli visualize dream --channel'|'dlcli visualize dream --tile-px'|'dlcli visualize dream --size-px'|'dlcli visualize gradients --class'|'dlcli visualize gradients --size-px'|'dlcli visualize curves --x'|'dlcli visualize score --top'|'dlcli visualize score --layer'|'dlcli visualize score --size-px'|'dlcli visualize sanity --top'|'dlcli visualize sanity --layer'|'dlcli visualize sanity --size-px'|'dlcli visualize pointing --layer'|'dlcli visualize pointing --size-px'|'dlcli visualize all --top'|'dlcli visualize all --layer'|'dlcli visualize all --size-px'|'dlcli describe --channels'|'dlcli describe --classes')
      kind='=null' ;;
    'classify data.image.channels'|'train data.image.channels')
      kind='=auto =1 =3' ;;
    'classify data.image.fit'|'train data.image.fit')
      kind='=crop =stretch =pad' ;;
    'classify data.image.normalize'|'train data.image.normalize')
      kind='=auto =train =none' ;;
    'classify data.augment+'|'train data.augment+')
      kind='@classify:data.augment' ;;
    'classify model.name'|'train model.name')
      kind='@own @torchvision @timm' ;;
    'classify model.weights'|'train model.weights')
      kind='=none =published file' ;;
    'classify model.freeze'|'train model.freeze')
      kind='=none =features =all-but-last' ;;
    'classify model.batch_norm'|'train model.batch_norm')
      kind='=auto =train =frozen' ;;
    'classify model.args.activation'|'train model.args.activation')
      kind='=relu =tanh =sigmoid =gelu =leaky_relu =elu =silu' ;;
    'classify model.args.layers+'|'train model.args.layers+')
      kind='@classify:model.args.layers' ;;
    'classify model.args.pool'|'train model.args.pool')
      kind='=average =max' ;;
    'classify model.args.variant'|'train model.args.variant')
      kind='=cifar =imagenet' ;;
    'classify model.args.batch_norm'|'train model.args.batch_norm'|'classify model.args.auxiliary'|'train model.args.auxiliary'|'classify model.args.preactivation'|'train model.args.preactivation'|'classify optim.nesterov'|'train optim.nesterov'|'classify device.channels_last'|'train device.channels_last'|'classify device.deterministic'|'train device.deterministic'|'classify device.compile'|'train device.compile'|'predict device.channels_last'|'predict device.deterministic'|'predict device.compile'|'evaluate device.channels_last'|'evaluate device.deterministic'|'evaluate device.compile'|'cascade mirror'|'embed data.lower'|'embed model.mean'|'embed model.ramp'|'embed-tokenize lower'|'embed-tokenize wrapped'|'embed-bpe counts'|'embed-bpe escape'|'embed-stopwords invert'|'embed-vectorize lower'|'embed-vectorize sublinear'|'embed-cooccurrence lower'|'embed-pairs lower'|'embed-analogy keep_inputs'|'embed-similarity files'|'embed-similarity lower'|'embed-evaluate case_sensitive'|'embed-encode normalize'|'embed-encode lower'|'embed-convert normalize'|'embed-matrix lower'|'embed-project normalize'|'visualize-kernel flip'|'visualize-kernel steps'|'visualize-attention rollout'|'visualize-fool random_start')
      kind='=true =false' ;;
    'classify model.args.groups'|'train model.args.groups')
      kind='=1 =2 =3 =4 =8' ;;
    'classify model.args.shortcut'|'train model.args.shortcut')
      kind='=pad =projection' ;;
    'classify model.init.name'|'train model.init.name')
      kind='=default =zero =constant =normal =uniform =xavier_normal =xavier_uniform =he_normal =he_uniform =orthogonal' ;;
    'classify model.init.bias'|'train model.init.bias')
      kind='=zero =default' ;;
    'classify model.init.mode'|'train model.init.mode')
      kind='=fan_in =fan_out' ;;
    'classify model.init.activation'|'train model.init.activation')
      kind='=linear =relu =leaky_relu =tanh =sigmoid' ;;
    'classify loss.name'|'train loss.name')
      kind='@classify:loss.name' ;;
    'classify loss.class_weights'|'train loss.class_weights')
      kind='=none =balanced' ;;
    'classify optim.name'|'train optim.name')
      kind='@classify:optim.name' ;;
    'classify schedule.name'|'train schedule.name')
      kind='@classify:schedule.name' ;;
    'classify train.batch'|'train train.batch'|'dlcli train --batch')
      kind='=all =auto' ;;
    'classify device.name'|'train device.name'|'predict device.name'|'evaluate device.name'|'embed device.name'|'visualize-filters device.name'|'visualize-weights device.name'|'visualize-activations device.name'|'visualize-patches device.name'|'visualize-embedding device.name'|'visualize-saliency device.name'|'visualize-deconvnet device.name'|'visualize-guided-backprop device.name'|'visualize-guided-gradcam device.name'|'visualize-cam device.name'|'visualize-gradcam device.name'|'visualize-attention device.name'|'visualize-maximize device.name'|'visualize-invert device.name'|'visualize-dream device.name'|'visualize-fool device.name'|'visualize-gradients device.name'|'visualize-score device.name'|'visualize-sanity device.name'|'visualize-pointing device.name'|'visualize-all device.name'|'dlcli train --device'|'dlcli embed fit --device'|'dlcli visualize filters --device'|'dlcli visualize weights --device'|'dlcli visualize activations --device'|'dlcli visualize embedding --device'|'dlcli visualize patches --device'|'dlcli visualize saliency --device'|'dlcli visualize deconvnet --device'|'dlcli visualize guided-backprop --device'|'dlcli visualize guided-gradcam --device'|'dlcli visualize cam --device'|'dlcli visualize gradcam --device'|'dlcli visualize attention --device'|'dlcli visualize maximize --device'|'dlcli visualize fool --device'|'dlcli visualize invert --device'|'dlcli visualize dream --device'|'dlcli visualize gradients --device'|'dlcli visualize score --device'|'dlcli visualize sanity --device'|'dlcli visualize pointing --device'|'dlcli visualize all --device'|'dlcli predict --device'|'dlcli evaluate --device')
      kind='@devices' ;;
    'classify device.precision'|'train device.precision'|'predict device.precision'|'evaluate device.precision'|'dlcli train --precision'|'dlcli predict --precision'|'dlcli evaluate --precision')
      kind='=32 =bf16 =16' ;;
    'evaluate part'|'dlcli evaluate --part')
      kind='=auto =all =train =val =test' ;;
    'describe stride'|'dlcli describe --stride')
      kind='=v1 =null' ;;
    'boost task'|'boost-cv task'|'boost-compare task')
      kind='=boost' ;;
    'boost data.train'|'boost data.val'|'boost data.test'|'boost-cv data.train'|'boost-cv data.val'|'boost-cv data.test'|'boost-compare data.train'|'boost-compare data.val'|'boost-compare data.test'|'dlcli boost fit 1'|'dlcli boost fit --val'|'dlcli boost fit --test'|'dlcli boost predict ...'|'dlcli boost evaluate 1'|'dlcli boost compare 1'|'dlcli boost compare --val'|'dlcli boost compare --test'|'dlcli boost cv 1'|'dlcli boost cv --test'|'dlcli boost trace --data'|'dlcli boost inspect 1'|'dlcli boost importance 1'|'dlcli boost explain 1'|'dlcli boost boundary 1')
      kind='@tables file' ;;
    'boost data.task'|'boost-cv data.task'|'boost-compare data.task'|'dlcli boost fit --task'|'dlcli boost compare --task'|'dlcli boost cv --task'|'dlcli boost inspect --task')
      kind='=auto =classify =regress' ;;
    'boost model.name'|'boost-cv model.name'|'dlcli boost fit --method'|'dlcli boost cv --method')
      kind='@methods' ;;
    'boost model.loss'|'boost-cv model.loss'|'dlcli boost trace --loss')
      kind='=auto =squared =absolute =log' ;;
    'boost model.weights'|'boost-cv model.weights')
      kind='=uniform =distance' ;;
    'boost model.kernel'|'boost-cv model.kernel')
      kind='=rbf =linear =poly =sigmoid' ;;
    'boost model.gamma'|'boost-cv model.gamma')
      kind='=scale =auto' ;;
    'boost model.voting'|'boost-cv model.voting')
      kind='=soft =hard' ;;
    'boost model.final'|'boost-cv model.final')
      kind='=auto =logistic =linear' ;;
    'boost device.name'|'boost-cv device.name'|'dlcli boost fit --device')
      kind='=auto =cpu =cuda' ;;
    'boost-apply unseen'|'boost-importance unseen'|'dlcli boost predict --unseen'|'dlcli boost evaluate --unseen'|'dlcli boost importance --unseen'|'dlcli boost explain --unseen'|'dlcli boost boundary --unseen')
      kind='=warn =missing =error' ;;
    'boost-importance kind'|'dlcli boost importance --kind')
      kind='=gain =permutation' ;;
    'embed task')
      kind='=embed' ;;
    'embed data.train'|'dlcli embed tokenize ...'|'dlcli embed stem ...'|'dlcli embed lemmatize ...'|'dlcli embed stopwords ...'|'dlcli embed tag ...'|'dlcli embed vectorize ...'|'dlcli embed cooccurrence ...'|'dlcli embed pairs ...'|'dlcli embed fit ...'|'dlcli embed encode ...'|'dlcli embed bpe fit ...'|'dlcli embed bpe fit --end-of-word'|'dlcli embed bpe encode ...'|'dlcli embed bpe decode ...'|'dlcli embed bpe trace ...'|'dlcli embed bpe trace --end-of-word')
      kind='@corpora file' ;;
    'embed data.by'|'embed-cooccurrence by'|'embed-pairs by'|'embed-similarity by'|'embed-encode by'|'dlcli embed cooccurrence --by'|'dlcli embed pairs --by'|'dlcli embed fit --by'|'dlcli embed similarity --by'|'dlcli embed encode --by')
      kind='=whitespace =word =char' ;;
    'embed model.name')
      kind='@embed:model.name' ;;
    'embed model.loss'|'dlcli embed fit --loss')
      kind='=negative =softmax' ;;
    'embed model.start')
      kind='=spectral =random' ;;
    'embed model.direction'|'embed-cooccurrence direction'|'dlcli embed cooccurrence --direction'|'dlcli embed fit --direction')
      kind='=both =left =right' ;;
    'embed model.weighting'|'embed-cooccurrence weighting'|'dlcli embed cooccurrence --weighting'|'dlcli embed fit --weighting')
      kind='=raw =log =ppmi =pearson' ;;
    'embed engine'|'dlcli embed fit --engine')
      kind='=auto =gensim =torch' ;;
    'embed-tokenize by'|'dlcli embed tokenize --by')
      kind='=word =whitespace =char =sentence =bpe =sentencepiece' ;;
    'embed-tokenize sentences'|'dlcli embed tokenize --sentences')
      kind='=auto =rules =punkt' ;;
    'embed-stem by'|'embed-lemmatize by'|'embed-stopwords by'|'embed-tag by'|'dlcli embed stem --by'|'dlcli embed lemmatize --by'|'dlcli embed stopwords --by'|'dlcli embed tag --by')
      kind='=word =whitespace' ;;
    'embed-stem algorithm'|'dlcli embed stem --algorithm')
      kind='=porter =snowball =lancaster' ;;
    'embed-stem language'|'dlcli embed stem --language')
      kind='=arabic =danish =dutch =english =finnish =french =german =hungarian =italian =norwegian =portuguese =romanian =russian =spanish =swedish' ;;
    'embed-lemmatize engine'|'dlcli embed lemmatize --engine')
      kind='=auto =lemminflect =wordnet' ;;
    'embed-lemmatize pos'|'dlcli embed lemmatize --pos')
      kind='=auto =noun =verb =adj =adv' ;;
    'embed-lemmatize tagger'|'embed-tag engine'|'dlcli embed lemmatize --tagger'|'dlcli embed tag --engine')
      kind='=auto =nltk =rules' ;;
    'embed-tag format'|'dlcli embed tag --format')
      kind='=slash =tab' ;;
    'embed-vectorize kind'|'dlcli embed vectorize --kind')
      kind='=onehot =binary =bow =tfidf' ;;
    'embed-vectorize unit'|'dlcli embed vectorize --unit')
      kind='=line =file' ;;
    'embed-vectorize by'|'dlcli embed vectorize --by')
      kind='=whitespace =word =char =sklearn' ;;
    'embed-vectorize tfidf'|'dlcli embed vectorize --tfidf')
      kind='=course =sklearn' ;;
    'embed-vectorize smooth')
      kind='=true =false =null' ;;
    'embed-vectorize norm'|'dlcli embed vectorize --norm')
      kind='=auto =none =l1 =l2' ;;
    'embed-cooccurrence weights'|'dlcli embed cooccurrence --weights')
      kind='=flat =ramp =inverse' ;;
    'embed-pairs method'|'dlcli embed pairs --method')
      kind='=skipgram =cbow' ;;
    'embed-analogy method'|'embed-evaluate method'|'dlcli embed analogy --method'|'dlcli embed evaluate --method')
      kind='=3cosadd =3cosmul' ;;
    'embed-evaluate unknown'|'dlcli embed evaluate --unknown')
      kind='=skip =wrong' ;;
    'embed-encode weighting'|'dlcli embed encode --weighting')
      kind='=mean =tfidf' ;;
    'embed-convert to'|'dlcli embed convert --to')
      kind='=word2vec =word2vec-binary =glove =npz =safetensors =null' ;;
    'embed-matrix missing'|'dlcli embed matrix --missing')
      kind='=normal =zeros =mean' ;;
    'embed-project method'|'visualize-embedding method'|'dlcli embed project --method'|'dlcli visualize embedding --method')
      kind='=pca =tsne' ;;
    'visualize-kernel padding')
      kind='=zero =edge =valid =null' ;;
    'visualize-kernel example')
      kind='=x =columns =null' ;;
    'visualize-kernel display'|'dlcli visualize kernel --display')
      kind='=auto =clip =signed =stretch' ;;
    'visualize-filters scale'|'dlcli visualize filters --scale')
      kind='=shared =filter' ;;
    'visualize-filters ends')
      kind='=signed =minmax' ;;
    'visualize-weights scale'|'dlcli visualize weights --scale')
      kind='=shared =class' ;;
    'visualize-activations fit'|'visualize-patches fit'|'visualize-embedding fit'|'visualize-saliency fit'|'visualize-deconvnet fit'|'visualize-guided-backprop fit'|'visualize-guided-gradcam fit'|'visualize-cam fit'|'visualize-gradcam fit'|'visualize-attention fit'|'visualize-maximize fit'|'visualize-invert fit'|'visualize-gradients fit'|'visualize-score fit'|'visualize-sanity fit'|'visualize-pointing fit'|'visualize-all fit')
      kind='=crop =pad =stretch =null' ;;
    'visualize-activations order'|'dlcli visualize activations --order')
      kind='=mean =channel' ;;
    'visualize-activations scale'|'dlcli visualize activations --scale')
      kind='=map =shared' ;;
    'visualize-embedding of'|'dlcli visualize embedding --of')
      kind='=features =filters' ;;
    'visualize-embedding draw')
      kind='=dots =thumbnails =null' ;;
    'visualize-saliency integrated.baseline'|'visualize-saliency occlusion.baseline')
      kind='=black =mean =blur' ;;
    'visualize-deconvnet show'|'visualize-guided-backprop show'|'visualize-guided-gradcam show'|'dlcli visualize deconvnet --show'|'dlcli visualize guided-backprop --show'|'dlcli visualize guided-gradcam --show')
      kind='=color =positive' ;;
    'visualize-maximize objective')
      kind='=logit =probability' ;;
    'visualize-maximize image'|'dlcli visualize maximize --image')
      kind='=fourier =pixel' ;;
    'visualize-maximize optimizer')
      kind='=adam =ascent' ;;
    'visualize-gradients mode'|'dlcli visualize gradients --mode')
      kind='=use =training' ;;
    'visualize-curves log'|'dlcli visualize curves --log')
      kind='=none =x =y =both' ;;
    'visualize-sanity order'|'dlcli visualize sanity --order')
      kind='=cascading =independent' ;;
    'visualize-sanity weights')
      kind='=fresh =shuffled' ;;
    'visualize-pointing ask'|'dlcli visualize pointing --ask')
      kind='=boxes =answer' ;;
    'dlcli boost fit --id'|'dlcli boost fit --drop'|'dlcli boost fit --trees'|'dlcli boost fit --depth'|'dlcli boost fit --lr'|'dlcli boost fit --param'|'dlcli boost fit --seed'|'dlcli boost fit --threads'|'dlcli boost fit --fail-under'|'dlcli boost fit --fail-over'|'dlcli boost predict --threads'|'dlcli boost evaluate --threads'|'dlcli boost evaluate --fail-under'|'dlcli boost evaluate --fail-over'|'dlcli boost compare --id'|'dlcli boost compare --drop'|'dlcli boost compare --methods'|'dlcli boost compare --seed'|'dlcli boost compare --threads'|'dlcli boost compare --fail-under'|'dlcli boost compare --fail-over'|'dlcli boost cv --id'|'dlcli boost cv --drop'|'dlcli boost cv --trees'|'dlcli boost cv --depth'|'dlcli boost cv --lr'|'dlcli boost cv --param'|'dlcli boost cv --folds'|'dlcli boost cv --repeats'|'dlcli boost cv --seed'|'dlcli boost cv --threads'|'dlcli boost cv --fail-under'|'dlcli boost cv --fail-over'|'dlcli boost trace --target'|'dlcli boost trace --rounds'|'dlcli boost trace --lr'|'dlcli boost trace --learner'|'dlcli boost trace --depth'|'dlcli boost trace --min-leaf'|'dlcli boost trace --l2'|'dlcli boost trace --min-gain'|'dlcli boost haar --window'|'dlcli boost inspect --id'|'dlcli boost inspect --drop'|'dlcli boost importance --repeats'|'dlcli boost importance --seed'|'dlcli boost importance --threads'|'dlcli boost explain --threads'|'dlcli boost dump --trees'|'dlcli boost boundary --columns'|'dlcli boost cascade fit ...'|'dlcli boost cascade fit --window'|'dlcli boost cascade fit --stages'|'dlcli boost cascade fit --stage-sizes'|'dlcli boost cascade fit --detection'|'dlcli boost cascade fit --false-positive'|'dlcli boost cascade fit --seed'|'dlcli train --epochs'|'dlcli train --lr'|'dlcli train --seed'|'dlcli train --devices'|'dlcli train --fail-under'|'dlcli train --fail-over'|'dlcli train --watch'|'dlcli train --overfit'|'dlcli embed tokenize --min-count'|'dlcli embed tokenize --unk'|'dlcli embed tag --epochs'|'dlcli embed tag --seed'|'dlcli embed tag --fail-under'|'dlcli embed tag --fail-over'|'dlcli embed vectorize --drop'|'dlcli embed vectorize --ngrams'|'dlcli embed vectorize --min-count'|'dlcli embed vectorize --min-df'|'dlcli embed vectorize --max-df'|'dlcli embed cooccurrence --window'|'dlcli embed cooccurrence --drop'|'dlcli embed cooccurrence --min-count'|'dlcli embed pairs --window'|'dlcli embed pairs --negatives'|'dlcli embed pairs --ns-exponent'|'dlcli embed pairs --seed'|'dlcli embed pairs --drop'|'dlcli embed fit --min-count'|'dlcli embed fit --dim'|'dlcli embed fit --window'|'dlcli embed fit --epochs'|'dlcli embed fit --lr'|'dlcli embed fit --seed'|'dlcli embed fit --negatives'|'dlcli embed fit --ns-exponent'|'dlcli embed fit --sample'|'dlcli embed fit --c-max'|'dlcli embed fit --alpha'|'dlcli embed fit --drop'|'dlcli embed fit --threads'|'dlcli embed fit --fail-under'|'dlcli embed fit --fail-over'|'dlcli embed neighbors ...'|'dlcli embed neighbors --top'|'dlcli embed analogy ...'|'dlcli embed analogy --top'|'dlcli embed odd ...'|'dlcli embed similarity ...'|'dlcli embed evaluate --fail-under'|'dlcli embed evaluate --fail-over'|'dlcli embed matrix --special'|'dlcli embed matrix --min-count'|'dlcli embed matrix --seed'|'dlcli embed matrix --fail-under'|'dlcli embed project --perplexity'|'dlcli embed project --seed'|'dlcli embed bpe fit --min-count'|'dlcli embed bpe trace --min-count'|'dlcli detect --scale'|'dlcli detect --step'|'dlcli detect --min-neighbors'|'dlcli visualize kernel --op'|'dlcli visualize kernel --divisor'|'dlcli visualize kernel --stride'|'dlcli visualize filters --channels'|'dlcli visualize filters --max'|'dlcli visualize filters --seed'|'dlcli visualize weights --class'|'dlcli visualize weights --seed'|'dlcli visualize activations --seed'|'dlcli visualize embedding --max-pictures'|'dlcli visualize embedding --seed'|'dlcli visualize patches --top'|'dlcli visualize patches --per-picture'|'dlcli visualize patches --seed'|'dlcli visualize saliency --class'|'dlcli visualize saliency --seed'|'dlcli visualize deconvnet --class'|'dlcli visualize deconvnet --channel'|'dlcli visualize deconvnet --seed'|'dlcli visualize guided-backprop --class'|'dlcli visualize guided-backprop --channel'|'dlcli visualize guided-backprop --seed'|'dlcli visualize guided-gradcam --class'|'dlcli visualize guided-gradcam --seed'|'dlcli visualize cam --class'|'dlcli visualize cam --opacity'|'dlcli visualize cam --seed'|'dlcli visualize gradcam --class'|'dlcli visualize gradcam --method'|'dlcli visualize gradcam --opacity'|'dlcli visualize gradcam --seed'|'dlcli visualize attention --opacity'|'dlcli visualize attention --seed'|'dlcli visualize maximize --class'|'dlcli visualize maximize --channel'|'dlcli visualize maximize --steps'|'dlcli visualize maximize --l2'|'dlcli visualize maximize --blur'|'dlcli visualize maximize --clip-pixels'|'dlcli visualize maximize --clip-gradients'|'dlcli visualize maximize --tv'|'dlcli visualize maximize --seed'|'dlcli visualize fool --epsilon'|'dlcli visualize fool --goal'|'dlcli visualize fool --steps'|'dlcli visualize fool --seed'|'dlcli visualize invert --steps'|'dlcli visualize invert --weight-variation'|'dlcli visualize invert --layer'|'dlcli visualize invert --seed'|'dlcli visualize dream --octaves'|'dlcli visualize dream --steps'|'dlcli visualize dream --layer'|'dlcli visualize dream --seed'|'dlcli visualize gradients --batch'|'dlcli visualize gradients --seed'|'dlcli visualize curves ...'|'dlcli visualize curves --metric'|'dlcli visualize curves --smooth'|'dlcli visualize score --metric'|'dlcli visualize score --method'|'dlcli visualize score --class'|'dlcli visualize score --fail-under'|'dlcli visualize score --fail-over'|'dlcli visualize score --seed'|'dlcli visualize sanity --method'|'dlcli visualize sanity --stages'|'dlcli visualize sanity --class'|'dlcli visualize sanity --fail-under'|'dlcli visualize sanity --fail-over'|'dlcli visualize sanity --seed'|'dlcli visualize pointing --method'|'dlcli visualize pointing --fail-under'|'dlcli visualize pointing --fail-over'|'dlcli visualize pointing --seed'|'dlcli visualize all --part'|'dlcli visualize all --class'|'dlcli visualize all --seed'|'dlcli predict --top'|'dlcli predict --batch'|'dlcli evaluate --batch'|'dlcli evaluate --fail-under'|'dlcli evaluate --fail-over'|'dlcli describe --size-px'|'dlcli data preview --count'|'dlcli data preview --epoch'|'dlcli runs ls --sort'|'prefix timm:')
      kind='any' ;;
    'dlcli boost fit --learner'|'dlcli boost cv --learner')
      kind='=tree:' ;;
    'dlcli boost fit -r'|'dlcli boost fit --recipe'|'dlcli boost predict -r'|'dlcli boost predict --recipe'|'dlcli boost evaluate -r'|'dlcli boost evaluate --recipe'|'dlcli boost compare -r'|'dlcli boost compare --recipe'|'dlcli boost cv -r'|'dlcli boost cv --recipe'|'dlcli boost importance -r'|'dlcli boost importance --recipe'|'dlcli boost explain -r'|'dlcli boost explain --recipe')
      kind='recipe:boost/' ;;
    'dlcli boost fit --set'|'dlcli boost inspect --set')
      kind='keys:boost' ;;
    'dlcli boost fit -o'|'dlcli boost fit --out'|'dlcli boost evaluate -o'|'dlcli boost evaluate --out'|'dlcli boost compare -o'|'dlcli boost compare --out'|'dlcli boost cascade fit --negatives'|'dlcli boost cascade fit -o'|'dlcli boost cascade fit --out'|'dlcli train -o'|'dlcli train --out'|'dlcli visualize all -o'|'dlcli visualize all --out'|'dlcli evaluate -o'|'dlcli evaluate --out'|'dlcli runs ls --root'|'prefix folder:')
      kind='dir' ;;
    'dlcli boost fit --stamp'|'dlcli boost fit --depfile'|'dlcli boost fit --events'|'dlcli boost predict -o'|'dlcli boost predict --out'|'dlcli boost predict --stamp'|'dlcli boost predict --depfile'|'dlcli boost evaluate --stamp'|'dlcli boost evaluate --depfile'|'dlcli boost importance -o'|'dlcli boost importance --out'|'dlcli boost explain -o'|'dlcli boost explain --out'|'dlcli boost dump -o'|'dlcli boost dump --out'|'dlcli boost boundary -o'|'dlcli boost boundary --out'|'dlcli boost cascade fit --stamp'|'dlcli boost cascade fit --depfile'|'dlcli train --stamp'|'dlcli train --depfile'|'dlcli train --events'|'dlcli embed tokenize -m'|'dlcli embed tokenize --model'|'dlcli embed tokenize --vocab-in'|'dlcli embed tokenize --vocab-out'|'dlcli embed tokenize -o'|'dlcli embed tokenize --out'|'dlcli embed tokenize --stamp'|'dlcli embed tokenize --depfile'|'dlcli embed stem -o'|'dlcli embed stem --out'|'dlcli embed stem --stamp'|'dlcli embed stem --depfile'|'dlcli embed lemmatize -o'|'dlcli embed lemmatize --out'|'dlcli embed lemmatize --stamp'|'dlcli embed lemmatize --depfile'|'dlcli embed stopwords -o'|'dlcli embed stopwords --out'|'dlcli embed stopwords --stamp'|'dlcli embed stopwords --depfile'|'dlcli embed tag -m'|'dlcli embed tag --model'|'dlcli embed tag --train'|'dlcli embed tag --test'|'dlcli embed tag -o'|'dlcli embed tag --out'|'dlcli embed tag --stamp'|'dlcli embed tag --depfile'|'dlcli embed vectorize -m'|'dlcli embed vectorize --model'|'dlcli embed vectorize -o'|'dlcli embed vectorize --out'|'dlcli embed vectorize --stamp'|'dlcli embed vectorize --depfile'|'dlcli embed cooccurrence -o'|'dlcli embed cooccurrence --out'|'dlcli embed cooccurrence --stamp'|'dlcli embed cooccurrence --depfile'|'dlcli embed pairs -o'|'dlcli embed pairs --out'|'dlcli embed pairs --stamp'|'dlcli embed pairs --depfile'|'dlcli embed fit -o'|'dlcli embed fit --out'|'dlcli embed fit --stamp'|'dlcli embed fit --depfile'|'dlcli embed fit --events'|'dlcli embed similarity --pairs'|'dlcli embed evaluate --analogies'|'dlcli embed evaluate --pairs'|'dlcli embed evaluate -o'|'dlcli embed evaluate --out'|'dlcli embed evaluate --stamp'|'dlcli embed evaluate --depfile'|'dlcli embed encode --idf'|'dlcli embed encode -o'|'dlcli embed encode --out'|'dlcli embed encode --stamp'|'dlcli embed encode --depfile'|'dlcli embed convert 2'|'dlcli embed convert --stamp'|'dlcli embed convert --depfile'|'dlcli embed matrix --words'|'dlcli embed matrix --text'|'dlcli embed matrix -o'|'dlcli embed matrix --out'|'dlcli embed matrix --stamp'|'dlcli embed matrix --depfile'|'dlcli embed project --words'|'dlcli embed project --groups'|'dlcli embed project -o'|'dlcli embed project --out'|'dlcli embed project --stamp'|'dlcli embed project --depfile'|'dlcli embed bpe fit -o'|'dlcli embed bpe fit --out'|'dlcli embed bpe fit --stamp'|'dlcli embed bpe fit --depfile'|'dlcli embed bpe encode -m'|'dlcli embed bpe encode --model'|'dlcli embed bpe encode -o'|'dlcli embed bpe encode --out'|'dlcli embed bpe encode --stamp'|'dlcli embed bpe encode --depfile'|'dlcli embed bpe decode -o'|'dlcli embed bpe decode --out'|'dlcli embed bpe decode --stamp'|'dlcli embed bpe decode --depfile'|'dlcli adapt ...'|'dlcli detect ...'|'dlcli detect -o'|'dlcli detect --out'|'dlcli detect --stamp'|'dlcli detect --depfile'|'dlcli segment ...'|'dlcli translate ...'|'dlcli stylize ...'|'dlcli visualize kernel ...'|'dlcli visualize kernel -o'|'dlcli visualize kernel --out'|'dlcli visualize kernel --raw'|'dlcli visualize kernel --stamp'|'dlcli visualize kernel --depfile'|'dlcli visualize filters -o'|'dlcli visualize filters --out'|'dlcli visualize filters --raw'|'dlcli visualize filters --stamp'|'dlcli visualize filters --depfile'|'dlcli visualize weights -o'|'dlcli visualize weights --out'|'dlcli visualize weights --raw'|'dlcli visualize weights --stamp'|'dlcli visualize weights --depfile'|'dlcli visualize activations ...'|'dlcli visualize activations -o'|'dlcli visualize activations --out'|'dlcli visualize activations --raw'|'dlcli visualize activations --stamp'|'dlcli visualize activations --depfile'|'dlcli visualize embedding ...'|'dlcli visualize embedding --table'|'dlcli visualize embedding -o'|'dlcli visualize embedding --out'|'dlcli visualize embedding --raw'|'dlcli visualize embedding --stamp'|'dlcli visualize embedding --depfile'|'dlcli visualize patches ...'|'dlcli visualize patches -o'|'dlcli visualize patches --out'|'dlcli visualize patches --raw'|'dlcli visualize patches --stamp'|'dlcli visualize patches --depfile'|'dlcli visualize saliency ...'|'dlcli visualize saliency -o'|'dlcli visualize saliency --out'|'dlcli visualize saliency --raw'|'dlcli visualize saliency --stamp'|'dlcli visualize saliency --depfile'|'dlcli visualize deconvnet ...'|'dlcli visualize deconvnet -o'|'dlcli visualize deconvnet --out'|'dlcli visualize deconvnet --raw'|'dlcli visualize deconvnet --stamp'|'dlcli visualize deconvnet --depfile'|'dlcli visualize guided-backprop ...'|'dlcli visualize guided-backprop -o'|'dlcli visualize guided-backprop --out'|'dlcli visualize guided-backprop --raw'|'dlcli visualize guided-backprop --stamp'|'dlcli visualize guided-backprop --depfile'|'dlcli visualize guided-gradcam ...'|'dlcli visualize guided-gradcam -o'|'dlcli visualize guided-gradcam --out'|'dlcli visualize guided-gradcam --raw'|'dlcli visualize guided-gradcam --stamp'|'dlcli visualize guided-gradcam --depfile'|'dlcli visualize cam ...'|'dlcli visualize cam -o'|'dlcli visualize cam --out'|'dlcli visualize cam --raw'|'dlcli visualize cam --stamp'|'dlcli visualize cam --depfile'|'dlcli visualize gradcam ...'|'dlcli visualize gradcam -o'|'dlcli visualize gradcam --out'|'dlcli visualize gradcam --raw'|'dlcli visualize gradcam --stamp'|'dlcli visualize gradcam --depfile'|'dlcli visualize attention ...'|'dlcli visualize attention -o'|'dlcli visualize attention --out'|'dlcli visualize attention --raw'|'dlcli visualize attention --stamp'|'dlcli visualize attention --depfile'|'dlcli visualize maximize ...'|'dlcli visualize maximize -o'|'dlcli visualize maximize --out'|'dlcli visualize maximize --raw'|'dlcli visualize maximize --picture'|'dlcli visualize maximize --stamp'|'dlcli visualize maximize --depfile'|'dlcli visualize fool ...'|'dlcli visualize fool -o'|'dlcli visualize fool --out'|'dlcli visualize fool --raw'|'dlcli visualize fool --picture'|'dlcli visualize fool --stamp'|'dlcli visualize fool --depfile'|'dlcli visualize invert ...'|'dlcli visualize invert -o'|'dlcli visualize invert --out'|'dlcli visualize invert --raw'|'dlcli visualize invert --stamp'|'dlcli visualize invert --depfile'|'dlcli visualize dream ...'|'dlcli visualize dream --guide'|'dlcli visualize dream -o'|'dlcli visualize dream --out'|'dlcli visualize dream --raw'|'dlcli visualize dream --stamp'|'dlcli visualize dream --depfile'|'dlcli visualize gradients ...'|'dlcli visualize gradients -o'|'dlcli visualize gradients --out'|'dlcli visualize gradients --raw'|'dlcli visualize gradients --stamp'|'dlcli visualize gradients --depfile'|'dlcli visualize curves -o'|'dlcli visualize curves --out'|'dlcli visualize curves --stamp'|'dlcli visualize curves --depfile'|'dlcli visualize score ...'|'dlcli visualize score --map'|'dlcli visualize score -o'|'dlcli visualize score --out'|'dlcli visualize score --stamp'|'dlcli visualize score --depfile'|'dlcli visualize sanity ...'|'dlcli visualize sanity -o'|'dlcli visualize sanity --out'|'dlcli visualize sanity --stamp'|'dlcli visualize sanity --depfile'|'dlcli visualize pointing ...'|'dlcli visualize pointing --boxes'|'dlcli visualize pointing -o'|'dlcli visualize pointing --out'|'dlcli visualize pointing --stamp'|'dlcli visualize pointing --depfile'|'dlcli visualize all ...'|'dlcli visualize all --stamp'|'dlcli visualize all --depfile'|'dlcli predict ...'|'dlcli predict -o'|'dlcli predict --out'|'dlcli predict --stamp'|'dlcli predict --depfile'|'dlcli evaluate --stamp'|'dlcli evaluate --depfile'|'dlcli export -o'|'dlcli export --out'|'dlcli export --stamp'|'dlcli export --depfile'|'dlcli describe -o'|'dlcli describe --out'|'dlcli recipes cp 2'|'dlcli data preview -o'|'dlcli data preview --out'|'prefix csv:'|'prefix tsv:'|'prefix libsvm:'|'prefix parquet:')
      kind='file' ;;
    'dlcli boost predict -m'|'dlcli boost predict --model'|'dlcli boost evaluate -m'|'dlcli boost evaluate --model'|'dlcli boost importance -m'|'dlcli boost importance --model'|'dlcli boost explain -m'|'dlcli boost explain --model'|'dlcli boost dump -m'|'dlcli boost dump --model'|'dlcli boost boundary -m'|'dlcli boost boundary --model'|'dlcli visualize filters -m'|'dlcli visualize filters --model'|'dlcli visualize weights -m'|'dlcli visualize weights --model'|'dlcli visualize activations -m'|'dlcli visualize activations --model'|'dlcli visualize embedding -m'|'dlcli visualize embedding --model'|'dlcli visualize patches -m'|'dlcli visualize patches --model'|'dlcli visualize saliency -m'|'dlcli visualize saliency --model'|'dlcli visualize deconvnet -m'|'dlcli visualize deconvnet --model'|'dlcli visualize guided-backprop -m'|'dlcli visualize guided-backprop --model'|'dlcli visualize guided-gradcam -m'|'dlcli visualize guided-gradcam --model'|'dlcli visualize cam -m'|'dlcli visualize cam --model'|'dlcli visualize gradcam -m'|'dlcli visualize gradcam --model'|'dlcli visualize attention -m'|'dlcli visualize attention --model'|'dlcli visualize maximize -m'|'dlcli visualize maximize --model'|'dlcli visualize fool -m'|'dlcli visualize fool --model'|'dlcli visualize invert -m'|'dlcli visualize invert --model'|'dlcli visualize dream -m'|'dlcli visualize dream --model'|'dlcli visualize gradients -m'|'dlcli visualize gradients --model'|'dlcli visualize score -m'|'dlcli visualize score --model'|'dlcli visualize sanity -m'|'dlcli visualize sanity --model'|'dlcli visualize pointing -m'|'dlcli visualize pointing --model'|'dlcli visualize all -m'|'dlcli visualize all --model'|'dlcli predict 1'|'dlcli evaluate 1'|'dlcli export 1')
      kind='@models run file' ;;
    'dlcli boost predict --set'|'dlcli boost evaluate --set'|'dlcli boost explain --set')
      kind='keys:boost-apply' ;;
    'dlcli boost compare --set')
      kind='keys:boost-compare' ;;
    'dlcli boost cv --set')
      kind='keys:boost-cv' ;;
    'dlcli boost trace 1')
      kind='=adaboost =gradient =xgboost =logistic' ;;
    'dlcli boost trace --example')
      kind='=ten =line =students' ;;
    'dlcli boost importance --set')
      kind='keys:boost-importance' ;;
    'dlcli boost dump --format')
      kind='=text =json =dot' ;;
    'dlcli boost cascade fit -r'|'dlcli boost cascade fit --recipe')
      kind='recipe:cascade/' ;;
    'dlcli boost cascade fit --set')
      kind='keys:cascade' ;;
    'dlcli boost cascade report 1'|'dlcli embed neighbors 1'|'dlcli embed analogy 1'|'dlcli embed odd 1'|'dlcli embed similarity 1'|'dlcli embed evaluate 1'|'dlcli embed encode 1'|'dlcli embed convert 1'|'dlcli embed matrix 1'|'dlcli embed project 1'|'dlcli detect -m'|'dlcli detect --model')
      kind='run file' ;;
    'dlcli train 1'|'dlcli recipes show 1'|'dlcli recipes cp 1'|'dlcli recipes check ...'|'dlcli data preview -r'|'dlcli data preview --recipe')
      kind='recipe' ;;
    'dlcli train ...'|'dlcli data preview --set')
      kind='keys:train' ;;
    'dlcli train --resume'|'dlcli runs show 1'|'dlcli runs diff 1'|'dlcli runs diff 2')
      kind='run' ;;
    'dlcli embed tokenize -r'|'dlcli embed tokenize --recipe'|'dlcli embed stem -r'|'dlcli embed stem --recipe'|'dlcli embed lemmatize -r'|'dlcli embed lemmatize --recipe'|'dlcli embed stopwords -r'|'dlcli embed stopwords --recipe'|'dlcli embed tag -r'|'dlcli embed tag --recipe'|'dlcli embed vectorize -r'|'dlcli embed vectorize --recipe'|'dlcli embed cooccurrence -r'|'dlcli embed cooccurrence --recipe'|'dlcli embed pairs -r'|'dlcli embed pairs --recipe'|'dlcli embed fit -r'|'dlcli embed fit --recipe'|'dlcli embed neighbors -r'|'dlcli embed neighbors --recipe'|'dlcli embed analogy -r'|'dlcli embed analogy --recipe'|'dlcli embed similarity -r'|'dlcli embed similarity --recipe'|'dlcli embed evaluate -r'|'dlcli embed evaluate --recipe'|'dlcli embed encode -r'|'dlcli embed encode --recipe'|'dlcli embed convert -r'|'dlcli embed convert --recipe'|'dlcli embed matrix -r'|'dlcli embed matrix --recipe'|'dlcli embed project -r'|'dlcli embed project --recipe'|'dlcli embed bpe fit -r'|'dlcli embed bpe fit --recipe'|'dlcli embed bpe encode -r'|'dlcli embed bpe encode --recipe'|'dlcli embed bpe decode -r'|'dlcli embed bpe decode --recipe'|'dlcli embed bpe trace -r'|'dlcli embed bpe trace --recipe')
      kind='recipe:embed/' ;;
    'dlcli embed tokenize --set')
      kind='keys:embed-tokenize' ;;
    'dlcli embed stem --set')
      kind='keys:embed-stem' ;;
    'dlcli embed lemmatize --set')
      kind='keys:embed-lemmatize' ;;
    'dlcli embed stopwords --source')
      kind='=sklearn =gensim =nltk file' ;;
    'dlcli embed stopwords --set')
      kind='keys:embed-stopwords' ;;
    'dlcli embed tag --set')
      kind='keys:embed-tag' ;;
    'dlcli embed vectorize --set')
      kind='keys:embed-vectorize' ;;
    'dlcli embed cooccurrence --set')
      kind='keys:embed-cooccurrence' ;;
    'dlcli embed pairs --set')
      kind='keys:embed-pairs' ;;
    'dlcli embed fit --method')
      kind='=skipgram =cbow =glove =svd' ;;
    'dlcli embed fit --set')
      kind='keys:embed' ;;
    'dlcli embed neighbors --set')
      kind='keys:embed-neighbors' ;;
    'dlcli embed analogy --set')
      kind='keys:embed-analogy' ;;
    'dlcli embed similarity --set')
      kind='keys:embed-similarity' ;;
    'dlcli embed evaluate --set')
      kind='keys:embed-evaluate' ;;
    'dlcli embed encode --set')
      kind='keys:embed-encode' ;;
    'dlcli embed convert --set')
      kind='keys:embed-convert' ;;
    'dlcli embed matrix --set')
      kind='keys:embed-matrix' ;;
    'dlcli embed project --set')
      kind='keys:embed-project' ;;
    'dlcli embed bpe fit --set'|'dlcli embed bpe encode --set'|'dlcli embed bpe decode --set'|'dlcli embed bpe trace --set')
      kind='keys:embed-bpe' ;;
    'dlcli detect -r'|'dlcli detect --recipe')
      kind='recipe:detect/' ;;
    'dlcli detect --set')
      kind='keys:detect' ;;
    'dlcli visualize kernel --padding')
      kind='=zero =edge =valid' ;;
    'dlcli visualize kernel --example')
      kind='=x =columns' ;;
    'dlcli visualize kernel -r'|'dlcli visualize kernel --recipe')
      kind='recipe:visualize/kernel' ;;
    'dlcli visualize kernel --set')
      kind='keys:visualize-kernel' ;;
    'dlcli visualize filters -r'|'dlcli visualize filters --recipe')
      kind='recipe:visualize/filters' ;;
    'dlcli visualize filters --set')
      kind='keys:visualize-filters' ;;
    'dlcli visualize weights -r'|'dlcli visualize weights --recipe')
      kind='recipe:visualize/weights' ;;
    'dlcli visualize weights --set')
      kind='keys:visualize-weights' ;;
    'dlcli visualize activations --fit'|'dlcli visualize embedding --fit'|'dlcli visualize patches --fit'|'dlcli visualize saliency --fit'|'dlcli visualize deconvnet --fit'|'dlcli visualize guided-backprop --fit'|'dlcli visualize guided-gradcam --fit'|'dlcli visualize cam --fit'|'dlcli visualize gradcam --fit'|'dlcli visualize attention --fit'|'dlcli visualize maximize --fit'|'dlcli visualize invert --fit'|'dlcli visualize gradients --fit'|'dlcli visualize score --fit'|'dlcli visualize sanity --fit'|'dlcli visualize pointing --fit'|'dlcli visualize all --fit')
      kind='=crop =pad =stretch' ;;
    'dlcli visualize activations -r'|'dlcli visualize activations --recipe')
      kind='recipe:visualize/activations' ;;
    'dlcli visualize activations --set')
      kind='keys:visualize-activations' ;;
    'dlcli visualize embedding --draw')
      kind='=dots =thumbnails' ;;
    'dlcli visualize embedding -r'|'dlcli visualize embedding --recipe')
      kind='recipe:visualize/embedding' ;;
    'dlcli visualize embedding --set')
      kind='keys:visualize-embedding' ;;
    'dlcli visualize patches -r'|'dlcli visualize patches --recipe')
      kind='recipe:visualize/patches' ;;
    'dlcli visualize patches --set')
      kind='keys:visualize-patches' ;;
    'dlcli visualize saliency --method')
      kind='=gradient =smoothgrad =integrated =occlusion' ;;
    'dlcli visualize saliency -r'|'dlcli visualize saliency --recipe')
      kind='recipe:visualize/saliency' ;;
    'dlcli visualize saliency --set')
      kind='keys:visualize-saliency' ;;
    'dlcli visualize deconvnet -r'|'dlcli visualize deconvnet --recipe')
      kind='recipe:visualize/deconvnet' ;;
    'dlcli visualize deconvnet --set')
      kind='keys:visualize-deconvnet' ;;
    'dlcli visualize guided-backprop -r'|'dlcli visualize guided-backprop --recipe')
      kind='recipe:visualize/guided-backprop' ;;
    'dlcli visualize guided-backprop --set')
      kind='keys:visualize-guided-backprop' ;;
    'dlcli visualize guided-gradcam -r'|'dlcli visualize guided-gradcam --recipe')
      kind='recipe:visualize/guided-gradcam' ;;
    'dlcli visualize guided-gradcam --set')
      kind='keys:visualize-guided-gradcam' ;;
    'dlcli visualize cam -r'|'dlcli visualize cam --recipe')
      kind='recipe:visualize/cam' ;;
    'dlcli visualize cam --set')
      kind='keys:visualize-cam' ;;
    'dlcli visualize gradcam -r'|'dlcli visualize gradcam --recipe')
      kind='recipe:visualize/gradcam' ;;
    'dlcli visualize gradcam --set')
      kind='keys:visualize-gradcam' ;;
    'dlcli visualize attention -r'|'dlcli visualize attention --recipe')
      kind='recipe:visualize/attention' ;;
    'dlcli visualize attention --set')
      kind='keys:visualize-attention' ;;
    'dlcli visualize maximize -r'|'dlcli visualize maximize --recipe')
      kind='recipe:visualize/maximize' ;;
    'dlcli visualize maximize --set')
      kind='keys:visualize-maximize' ;;
    'dlcli visualize fool -r'|'dlcli visualize fool --recipe')
      kind='recipe:visualize/fool' ;;
    'dlcli visualize fool --set')
      kind='keys:visualize-fool' ;;
    'dlcli visualize invert -r'|'dlcli visualize invert --recipe')
      kind='recipe:visualize/invert' ;;
    'dlcli visualize invert --set')
      kind='keys:visualize-invert' ;;
    'dlcli visualize dream -r'|'dlcli visualize dream --recipe')
      kind='recipe:visualize/dream' ;;
    'dlcli visualize dream --set')
      kind='keys:visualize-dream' ;;
    'dlcli visualize gradients -r'|'dlcli visualize gradients --recipe')
      kind='recipe:visualize/gradients' ;;
    'dlcli visualize gradients --set')
      kind='keys:visualize-gradients' ;;
    'dlcli visualize curves -r'|'dlcli visualize curves --recipe')
      kind='recipe:visualize/curves' ;;
    'dlcli visualize curves --set')
      kind='keys:visualize-curves' ;;
    'dlcli visualize score -r'|'dlcli visualize score --recipe')
      kind='recipe:visualize/score' ;;
    'dlcli visualize score --set')
      kind='keys:visualize-score' ;;
    'dlcli visualize sanity -r'|'dlcli visualize sanity --recipe')
      kind='recipe:visualize/sanity' ;;
    'dlcli visualize sanity --set')
      kind='keys:visualize-sanity' ;;
    'dlcli visualize pointing -r'|'dlcli visualize pointing --recipe')
      kind='recipe:visualize/pointing' ;;
    'dlcli visualize pointing --set')
      kind='keys:visualize-pointing' ;;
    'dlcli visualize all -r'|'dlcli visualize all --recipe')
      kind='recipe:visualize/all' ;;
    'dlcli visualize all --set')
      kind='keys:visualize-all' ;;
    'dlcli predict -r'|'dlcli predict --recipe')
      kind='recipe:predict/' ;;
    'dlcli predict --set')
      kind='keys:predict' ;;
    'dlcli evaluate -r'|'dlcli evaluate --recipe')
      kind='recipe:evaluate/' ;;
    'dlcli evaluate --set')
      kind='keys:evaluate' ;;
    'dlcli export --format')
      kind='=onnx =pt2' ;;
    'dlcli describe 1')
      kind='@own @torchvision @models recipe:classify/ run file' ;;
    'dlcli describe --set')
      kind='keys:describe' ;;
    'dlcli describe --list')
      kind='=own =torchvision =timm =all' ;;
    'dlcli recipes keys 1'|'dlcli recipes schema 1')
      kind='@tasks @schemas' ;;
    'dlcli data convert 2')
      kind='=folder: =csv:' ;;
    'dlcli runs ls 1')
      kind='@tasks' ;;
    'dlcli completion install 1')
      kind='=bash =zsh =fish' ;;
    'prefix torchvision:')
      kind='@torchvision @sets' ;;
  esac
}
# <<< written by dlcli completion generate

# Split a line into `words` as bash would, quotes taken off and nothing expanded; the last one is being typed.
# `quote` is the quote that is still open.
__dlcli_split() {
  local line=$1 word= begun= letter i
  words=() quote=
  for ((i = 0; i < ${#line}; i++)); do
    letter=${line:i:1}
    if [[ $quote ]]; then
      if [[ $letter == "$quote" ]]; then quote=; else word+=$letter; fi
    elif [[ $letter == [\'\"] ]]; then
      quote=$letter begun=1
    elif [[ $letter == \\ ]]; then
      i=$((i + 1)) begun=1
      word+=${line:i:1}
    elif [[ $letter == [[:space:]] ]]; then
      [[ $begun ]] && words+=("$word")
      word= begun=
    else
      word+=$letter begun=1
    fi
  done
  words+=("$word")
}

# Read the words before the one being typed: the command's `path`, an `option` that waits for its value, the `recipe`
# or run named, the `position` reached.
__dlcli_walk() {
  local i word
  path= option= recipe= position=0
  for ((i = 1; i < ${#words[@]} - 1; i++)); do
    word=${words[i]}
    if [[ $option ]]; then
      __dlcli_kind "dlcli$path $option"
      __dlcli_note "$word"
      option=
    elif [[ $word == --*=* ]]; then
      __dlcli_kind "dlcli$path ${word%%=*}"
      [[ $kind == run ]] && position=1 # a run that is resumed stands for the recipe
      __dlcli_note "${word#*=}"
    elif [[ $word == -?* ]]; then
      __dlcli_kind "dlcli$path $word"
      [[ $kind == run ]] && position=1
      [[ $kind ]] && option=$word
    else
      __dlcli_list "commands$path"
      if [[ $list ]]; then
        path+=" $word"
      else
        position=$((position + 1))
        __dlcli_kind "dlcli$path $position"
        __dlcli_note "$word"
      fi
    fi
  done
}

__dlcli_note() {
  [[ $kind == recipe* || $kind == run ]] && recipe=$1
}

# Set `schema` to the task of the recipe named, or to train: what any task knows.
__dlcli_schema() {
  local file=${recipe/#\~\//$HOME/} line task count=0
  schema=train
  __dlcli_list tasks
  for task in $list; do
    [[ $recipe == "$task"/* ]] && schema=$task && return
  done
  [[ -d $file ]] && file+=/recipe.yaml
  [[ -f $file && -r $file ]] || return
  while IFS= read -r line && ((count++ < 200)); do
    for task in $list; do
      [[ $line == "task: $task" || $line == "task: $task "* || $line == "extends: $task/"* ]] && schema=$task && return
    done
  done <"$file"
}

# Add the candidates that begin with what was typed: what stands before, what was typed, candidates.
__dlcli_add() {
  local before=$1 typed=$2 word
  shift 2
  for word; do
    [[ $word == "$typed"* ]] && COMPREPLY+=("$before$word")
  done
}

# Add what dlcli itself knows: what stands before, what was typed, recipes or runs, the beginning to ask for.
__dlcli_ask() {
  local command=dlcli line word
  [[ ${words[0]} == */* ]] && command=${words[0]/#\~\//$HOME/}
  type -P -- "$command" >/dev/null || return
  while IFS= read -r line; do
    line=${line%%$'\t'*}
    [[ $line == "$2"* ]] || continue
    printf -v word %q "$line"
    COMPREPLY+=("$1$word")
  done < <("$command" __complete "$3" "$4" 2>/dev/null)
}

# Add files beside the other candidates, but no folder that leads to a run among them: what stands before, what was
# typed, and a pattern the file's name must match.
__dlcli_files() {
  local file word held=("${COMPREPLY[@]}")
  while IFS= read -r file; do
    [[ $file == ${3:-*} ]] || continue
    printf -v word %q "$file"
    [[ $file == \~* ]] && word=${word#\\}
    local other
    for other in "${held[@]}"; do
      [[ $other/ == "$1$word/"* ]] && continue 2
    done
    [[ -d $file ]] && word+=/
    COMPREPLY+=("$1$word")
  done < <(compgen -f -- "$2")
}

# Add what a kind allows: what stands before, what was typed, the kind. `files` says which files go with it:
# both (beside the others), file or dir (when nothing else fits).
__dlcli_offer() {
  local before=$1 typed=$2 kind=$3 atom key schema
  if [[ $typed == *:* && $kind == *[@=]* ]]; then
    __dlcli_kind "prefix ${typed%%:*}:"
    if [[ $kind ]]; then
      __dlcli_offer "$before${typed%%:*}:" "${typed#*:}" "$kind"
      return
    fi
  fi
  for atom in $3; do
    case $atom in
      @*)
        __dlcli_list "${atom#@}"
        __dlcli_add "$before" "$typed" $list
        ;;
      '='*) __dlcli_add "$before" "$typed" "${atom#=}" ;;
      keys:*)
        schema=${atom#keys:}
        [[ $schema == train ]] && __dlcli_schema
        if [[ $typed == *=* ]]; then
          key=${typed%%=*}
          __dlcli_kind "$schema $key"
          __dlcli_offer "$before$key=" "${typed#*=}" "$kind"
          return
        fi
        __dlcli_list "keys:$schema"
        if [[ $typed == \~* ]]; then
          for key in $list; do
            __dlcli_add "$before~" "${typed#\~}" "${key%%[+=]*}"
          done
        else
          __dlcli_add "$before" "$typed" $list
        fi
        ;;
      run)
        files=${files:-dir}
        __dlcli_ask "$before" "$typed" runs "$typed"
        ;;
      recipe*)
        files=file
        key=${atom#recipe}
        __dlcli_ask "$before" "$typed" recipes "${key#:}"
        __dlcli_files "$before" "$typed" '*.@(yaml|yml)'
        ;;
      file) files=both ;;
      dir) files=dir ;;
    esac
  done
}

_dlcli() {
  local IFS=$' \t\n' words quote path option recipe position list kind files= cur cut= letter
  COMPREPLY=()
  __dlcli_split "${COMP_LINE:0:COMP_POINT}"
  while [[ ${words[0]} == [A-Za-z_]*=* ]]; do
    words=("${words[@]:1}")
  done
  cur=${words[${#words[@]} - 1]}
  __dlcli_walk
  if [[ $option ]]; then
    __dlcli_kind "dlcli$path $option"
    __dlcli_offer '' "$cur" "$kind"
  elif [[ $cur == --*=* ]]; then
    __dlcli_kind "dlcli$path ${cur%%=*}"
    __dlcli_offer "${cur%%=*}=" "${cur#*=}" "$kind"
  elif [[ $cur == -* ]]; then
    __dlcli_list "options$path"
    __dlcli_add '' "$cur" $list
  else
    __dlcli_list "commands$path"
    if [[ $list ]]; then
      __dlcli_add '' "$cur" $list
    else
      __dlcli_kind "dlcli$path $((position + 1))"
      [[ $kind ]] || __dlcli_kind "dlcli$path ..."
      __dlcli_offer '' "$cur" "$kind"
    fi
  fi

  # Readline puts candidates after the last of its breaks, so what stands before that is not said again.
  if [[ ! $quote ]]; then
    cut=$cur
    for letter in = : @; do
      [[ $COMP_WORDBREAKS == *"$letter"* ]] && cut=${cut##*"$letter"}
    done
    cut=${cur%"$cut"}
  fi
  if [[ $files == both && (${#COMPREPLY[@]} -gt 0 || ($cur == *=* && $cut != *=)) ]]; then
    letter=
    [[ $cur == *=* ]] && letter=${cur%%=*}=
    __dlcli_files "$letter" "${cur#"$letter"}"
  fi
  COMPREPLY=("${COMPREPLY[@]#"$cut"}")
  if [[ ${#COMPREPLY[@]} -eq 0 ]]; then
    case $files in # file and both: what bash does when there are no candidates
      '') compopt +o default 2>/dev/null ;;
      dir) compopt +o default -o dirnames 2>/dev/null ;;
    esac
  elif [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=:/] ]]; then
    compopt -o nospace 2>/dev/null
  fi
}

complete -o default -F _dlcli dlcli
