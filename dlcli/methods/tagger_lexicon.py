"""What the rule-based tagger knows by heart: the closed classes of English, and common words whose class misleads."""

from __future__ import annotations

from functools import cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The words of the closed classes, with the tags each may have: the usual one first, rarer ones after it.
CLOSED = """
a DT; an DT; the DT; this DT; these DT; those DT; every DT; each DT; some DT; any DT; another DT; no DT UH; nor CC;
that IN WDT DT; all DT PDT RB; both DT CC; either DT CC; neither DT CC; half NN PDT DT; such JJ PDT; quite RB PDT; and
CC; or CC; but CC IN; & CC; plus CC; yet RB CC; versus IN; minus IN; i PRP; you PRP; he PRP; she PRP; it PRP; we PRP;
they PRP; me PRP; him PRP; us PRP; them PRP; her PRP$ PRP; myself PRP; yourself PRP; himself PRP; herself PRP; itself
PRP; ourselves PRP; yourselves PRP; themselves PRP; mine PRP; yours PRP; hers PRP; ours PRP; theirs PRP; my PRP$; your
PRP$; his PRP$; its PRP$; our PRP$; their PRP$; who WP; whom WP; what WP WDT; which WDT; whose WP$; whatever WDT WP;
whoever WP; whichever WDT; when WRB; where WRB; why WRB; how WRB; whenever WRB; wherever WRB; there EX RB; to TO;
about IN RB; above IN RB; across IN; after IN; against IN; along IN RB RP; although IN; amid IN; among IN; around IN
RB RP; as IN RB; at IN; because IN; before IN RB; behind IN RB; below IN RB; beneath IN; beside IN; besides IN RB;
between IN; beyond IN; by IN RB; despite IN; down RP IN RB; during IN; except IN; for IN; from IN; if IN; in IN RP RB;
inside IN RB; into IN; like IN VB VBP JJ; near IN JJ; next JJ IN RB; of IN; off RP IN; on IN RP; onto IN; opposite JJ
IN NN; out RP IN RB; outside IN JJ NN RB; over IN RP RB; past IN JJ NN; per IN; since IN; so RB IN; than IN; though IN
RB; through IN RP; throughout IN; toward IN; towards IN; under IN; unless IN; unlike IN; until IN; till IN; up RP RB
IN; upon IN; via IN; whereas IN; whether IN; while IN NN; with IN; within IN; without IN; once RB IN; albeit IN; be
VB; am VBP; 'm VBP; are VBP; 're VBP; is VBZ; 's POS VBZ; ' POS; was VBD; were VBD; been VBN; being VBG; have VBP VB;
've VBP; has VBZ; had VBD VBN; having VBG; do VBP VB; does VBZ; did VBD; done VBN; doing VBG; can MD; ca MD; could MD;
may MD; might MD; must MD; shall MD; should MD; will MD NN; wo MD; would MD; 'll MD; 'd MD VBD; ought MD; cannot MD;
not RB; n't RB; gon VBG; na TO; let VB VBD VBN; more JJR RBR; most JJS RBS; less JJR RBR; least JJS RBS; better JJR
RBR; best JJS RBS RB; worse JJR RBR; worst JJS RBS; much JJ RB; many JJ; few JJ; several JJ; little JJ RB; enough JJ
RB; other JJ; others NNS; own JJ VBP VB; same JJ; first JJ RB; second JJ NN RB; third JJ NN; last JJ VB VBP RB; former
JJ; latter JJ; certain JJ; various JJ; due JJ IN; one CD NN; two CD; three CD; four CD; five CD; six CD; seven CD;
eight CD; nine CD; ten CD; eleven CD; twelve CD; thirteen CD; fourteen CD; fifteen CD; sixteen CD; seventeen CD;
eighteen CD; nineteen CD; twenty CD; thirty CD; forty CD; fifty CD; sixty CD; seventy CD; eighty CD; ninety CD;
hundred CD; thousand CD; million CD; billion CD; trillion CD; zero CD; dozen NN; dozens NNS; hundreds NNS; thousands
NNS; millions NNS; billions NNS; today NN; tomorrow NN; yesterday NN; tonight NN; someone NN; somebody NN; something
NN; anyone NN; anybody NN; anything NN; everyone NN; everybody NN; everything NN; nobody NN; nothing NN; none NN;
people NNS; police NNS; cattle NNS; men NNS; women NNS; children NNS; oh UH; yes UH; yeah UH; please UH VB; hello UH;
hi UH; wow UH; ah UH; ok UH; okay UH; also RB; always RB; never RB; ever RB; even RB JJ; just RB JJ; only RB JJ; still
RB JJ; already RB; often RB; again RB; perhaps RB; maybe RB; soon RB; now RB; then RB; here RB; too RB; very RB;
rather RB; almost RB; away RB; back RB NN JJ; later RB JJR; earlier RBR JJR; ago RB; well RB UH NN; far RB JJ;
sometimes RB; usually RB; else RB; instead RB; however RB; therefore RB; thus RB; indeed RB; moreover RB; meanwhile
RB; together RB; apart RB; forward RB; abroad RB; twice RB; thrice RB; early JJ RB; late JJ RB; hard JJ RB; fast JJ
RB; long JJ RB; high JJ RB; low JJ RB; right JJ NN RB; left VBD VBN JJ NN RB; straight JJ RB; home NN RB; north NN RB
JJ; south NN RB JJ; east NN JJ RB; west NN JJ RB; ahead RB; somewhere RB; anywhere RB; everywhere RB; nowhere RB;
seldom RB; aside RB; anyway RB; monday NNP; tuesday NNP; wednesday NNP; thursday NNP; friday NNP; saturday NNP; sunday
NNP; january NNP; february NNP; april NNP; june NNP; july NNP; august NNP; september NNP; october NNP; november NNP;
december NNP; mondays NNPS; tuesdays NNPS; wednesdays NNPS; thursdays NNPS; fridays NNPS; saturdays NNPS; sundays
NNPS; mr. NNP; mrs. NNP; ms. NNP; dr. NNP; prof. NNP; st. NNP; mr NNP; mrs NNP; ms NNP; dr NNP; a.m. NN; p.m. NN; etc.
FW; percent NN; % NN; cent NN
"""

# Common words, listed under the class in which they mostly stand though another is possible.
COMMON = {
    "NN": """
        time year way day man thing woman life child world school state family student group country problem
        hand part place case week company system program question work government number night point water room
        mother area money story fact month lot study book eye job word business issue side kind head house
        service friend father power hour game line end member law car city community name president team minute
        idea body face level office door health person art war history party result change morning reason
        research moment air teacher force figure field market price plan cost sound light ship note park fire
        sense form interest rain snow wind ice sand plant record report review test value visit watch answer
        cause chance charge color control cook copy cover crowd cup dance date deal design dog dream drink drop
        dust effect exercise fish floor flow food foot fruit garden glass guard guide heat hope horse island
        judge kitchen lake land lead letter list loan lock machine mark mass master match matter meal measure
        mind mine mountain mouth nail need nose object oil order paint pair paper peace pen phone picture piece
        pile pilot pipe pocket poem pool post pound practice present press process progress project race rail
        range rate reply request rest ring risk river road rock roof root rope row rule sail salt scale scene
        sea search season seat seed shape share shelf shop shore show sign silver site skin sky smile smoke soil
        song space spring staff stage star start station step stone storm street strike string structure style
        sugar summer sun supply support surface surprise table target task tax term ticket tool top touch tour
        town track trade train travel treasure tree trip trouble truck trust type use view voice wall wave
        weather weight wheel window wine winter wood yard
    """,
    "VB": """
        say get make go know take see come think want give find tell ask seem feel try leave keep begin hear
        become move live believe bring happen write sit stand lose pay meet include continue learn understand
        follow create speak read allow add spend grow walk win remember consider appear buy wait serve die send
        expect build stay fall reach remain suggest raise sell require decide pull run help play open close eat
        sleep drive carry choose teach throw catch fly sing swim wear forget forgive explain describe discover
        belong compare contain depend destroy develop enjoy enter exist fail fill hide hold invite join laugh
        listen look mean prefer prepare produce prove provide receive recognize refuse save shut smell solve
        steal stick taste thank turn wash wonder worry set put cut hit hurt bet cast split spread cost call pass
        boil
    """,
    "JJ": """
        good new great old big different small large young important public bad able free real full special easy
        clear recent strong possible whole white black red blue green yellow brown short wrong common poor
        natural similar hot cold warm cool dead happy serious ready simple physical general central nice huge
        popular traditional cultural final main major human local social political national international
        military medical modern ancient private close open deep dark light dry wet clean dirty empty quiet loud
        rich cheap safe dangerous sick healthy busy lazy angry sad proud brave kind gentle rough smooth soft
        sharp thick thin wide narrow heavy bright fresh sweet sour bitter raw tiny fine flat round square single
        double secret silent sudden total true false usual useful weak wild wise wooden worth northern southern
        eastern western foreign interesting tired bored excited frozen unknown complex average perfect key top
        daily weekly elderly friendly lovely lonely likely deadly silly ugly holy early only present mean
    """,
    "RB": """
        then well over down
    """,
}

# Adjectives of nations, which are names too.
NATIONS = """
    afghan african american arab argentine asian australian austrian belgian brazilian british bulgarian
    canadian chilean chinese croatian cuban czech danish dutch egyptian english estonian european finnish french
    german greek hungarian icelandic indian indonesian iranian iraqi irish israeli italian japanese kenyan
    korean latin latvian lithuanian mexican moroccan nigerian norwegian pakistani palestinian persian peruvian
    polish portuguese roman romanian russian saudi scottish serbian slovak slovenian spanish swedish swiss
    syrian thai turkish ukrainian vietnamese welsh
"""

# First names that the tables take for nouns or that are common anyway.
NAMES = """
    adam alan alice amanda amy andrea andrew anna anne anthony barbara ben betty brian carl carol caroline
    charles charlotte chris christine daniel david deborah dennis diana donald dorothy edward elena elizabeth
    emily emma eric eva frank george harry helen henry ivan jacob james jane jean jennifer jessica jim joan joe
    john jose joseph karen kate kevin laura lisa louis lucy luis margaret maria marie martin mary matthew
    michael nancy nick nicole olivia oscar pamela patricia patrick paul peter philip rachel ralph rebecca
    richard robert roger ruth sam samuel sandra sara sarah scott sharon simon sofia sophia stephen steven susan
    thomas tim tom tony victor walter william
"""
PLURAL_NAMES = _words("states nations olympics alps andes netherlands philippines americans europeans")
SAME_PLURAL = _words(
    "aircraft deer fish headquarters means moose offspring salmon series sheep spacecraft species trout"
)
ARTICLES = _words("the a an this that these those my your his her its our their")
MODALS = _words("can ca could may might must shall should will wo would 'll 'd has have had")
PARTICLES = _words("around down in off on out over through up")  # that may belong to the verb before
AFTER_PARTICLES = frozenset(("", "with", "to", "for", "and", "at", "from", "that", "again", "early", "later", "after"))

BE = _words("be am 'm are 're is 's was were been being")
HAVE = _words("have 've has had having")
DO = _words("do does did")
SUBJECTS = {**dict.fromkeys(("i", "you", "we", "they"), "many"), **dict.fromkeys(("he", "she", "it"), "one")}
ASKING = (
    (BE, "be"), (HAVE, "perfect"), (DO, "base"), (_words("let make makes made help helps helped"), "bare"),
)  # fmt: skip
# Words after which a clause with a verb of its own begins.
OPENERS = _words(
    "that if because while before after as than since although though unless until till whether whereas once so"
)
PUNCTUATION = {
    **dict.fromkeys((".", "!", "?", "..."), "."), **dict.fromkeys((":", ";", "--", "-", "–", "—", "…"), ":"),
    ",": ",", "(": "(", ")": ")", "[": "(", "]": ")", "{": "(", "}": ")", "``": "``", "“": "``", "‘": "``",
    "''": "''", "”": "''", "$": "$", "£": "$", "€": "$", "¥": "$", "#": "#",
}  # fmt: skip

# Endings of words that no list knows, the longest first, and what they say.
SUFFIXES = (
    ("ization", "NN"), ("ically", "RB"), ("ologist", "NN"), ("fulness", "NN"), ("iness", "NN"), ("ness", "NN"),
    ("ment", "NN"), ("ments", "NNS"), ("tion", "NN"), ("sion", "NN"), ("tions", "NNS"), ("sions", "NNS"),
    ("ship", "NN"),
    ("hood", "NN"), ("ance", "NN"), ("ence", "NN"), ("ity", "NN"), ("ities", "NNS"), ("ism", "NN"), ("ist", "NN"),
    ("ists", "NNS"), ("able", "JJ"), ("ible", "JJ"), ("less", "JJ"), ("ful", "JJ"), ("ous", "JJ"), ("ish", "JJ"),
    ("ive", "JJ"), ("ical", "JJ"), ("ial", "JJ"), ("ic", "JJ"), ("al", "JJ"), ("ary", "JJ"), ("est", "JJS"),
    ("ly", "RB"), ("wise", "RB"), ("wards", "RB"), ("ize", "VB"), ("ify", "VB"), ("ing", "VBG"), ("ed", "VBD VBN"),
    ("ss", "NN"), ("us", "NN"), ("s", "NNS VBZ"),
)  # fmt: skip

# How well a tag (right) follows another (left); ^ is the start, $ the end; what is not listed counts 0.
FOLLOWS = """
^ DT 1 PRP 1 NNP .5 NNS .5 JJ .3 IN .5 WRB .5 EX .8 VB -.3 VBD -3 VBZ -2 VBP -2 VBN -1.5 RP -4 POS -5 VBG .3
DT NN 2 NNS 2 JJ 1.8 JJS 1.8 JJR .8 CD 1 VBN .3 VBG -.3 NNP .5 NNPS .5 RB -.5 VB -4 VBP -4 VBZ -2.5 VBD -2.5 PRP -3
DT IN -.3 DT -2 MD -2.5 RP -3 PRP$ -3 RBR -1 RBS .5 TO -1.5 CC -2 , -1 . -1
PRP$ NN 2 NNS 2 JJ 1.8 JJS 1.8 CD 1 VBN .3 VBG -.3 NNP .3 RB -.5 VB -4 VBP -4 VBZ -3 VBD -3 PRP -3 IN -3 DT -3 MD -3
PRP$ . -3 , -3 RP -3 TO -3 CC -3 RBS .5 $ -3
POS NN 2 NNS 2 JJ 1.8 JJS 1.8 CD 1 VBN .3 VBG -.3 NNP .5 RB -.5 VB -4 VBP -4 VBZ -3 VBD -3 PRP -3 DT -3 IN -1
JJ NN 1.7 NNS 1.7 JJ .3 CC .3 NNP -.3 VB -3 VBP -3 VBZ -1.7 VBD -1.7 VBN -.7 VBG -.7 PRP -1.2 DT -1 TO .5 IN .3 . .3
JJ , .3
JJR NN 1 NNS 1 IN .7 VB -2 VBP -2 VBZ -1.5 VBD -1.5 JJ .2 DT -.7 . .2
JJS NN 1.7 NNS 1.7 JJ .3 IN .4 VB -2 VBP -2 VBZ -1.5 VBD -1.5 VBN .2 CD .5 . .1
CD NN 1 NNS 1.3 NNP .2 JJ .5 CD .7 VB -2 VBP -1 VBZ -1 DT -1 , .2 . .2
NN NN .5 NNS .3 NNP -.5 IN .7 . .5 , .5 CC .5 POS 1.5 VBZ 1.2 VBD 1 MD 1 VBP -1.7 VB -2.5 VBN -.2 VBG .1 TO .5 RB .3
NN WDT .5 JJ -.7 DT -.3 PRP -.3 WP .6 RP -2 EX -.5 PRP$ -.5 WRB .3 JJR -.6 JJS -1
NNS NN -.7 NNS -1 NNP -.7 IN .7 . .5 , .5 CC .5 POS .5 VBP 1.2 VBD 1 MD 1 VBZ -1.2 VB -1.5 VBN -.1 VBG 0 TO .5 RB .3
NNS WDT .5 JJ -.5 DT -.3 PRP -.3 WP .6 RP -2 PRP$ -.5 WRB .3 JJS -1
NNP NNP 1.5 NNPS .7 NN .2 NNS .2 IN .5 . .5 , .7 CC .5 POS 1.5 VBZ 1.2 VBD 1.2 MD 1 VBP -1.2 VB -2 JJ -1 RP -2 CD .6
NNP DT -.5
NNPS NNP .2 IN .5 . .5 , .7 CC .5 VBP 1 VBD 1 MD 1 VBZ -.3 VB -2
one VBZ 1.7 VBD 1.5 MD 1.3 VBP -2.5 VB -1.5 RB .4 NN -2.5 NNS -2.5 JJ -1 VBN -.7 VBG -.3 IN .1 . .3 , .2 TO .2 RP .2
one DT -.7
many VBP 1.7 VBD 1.5 MD 1.3 VBZ -3 VB -1 RB .4 NN -2.5 NNS -2.5 JJ -.5 VBN -.7 VBG -.3 IN .1 . .3 , .2 TO .2 RP .2
many DT -.7
object VBZ -1.5 VBD -1 VBP -2 NN -1.5 NNS -1.5 IN .5 TO .7 VB .3 DT .7 . .6 , .4 RP .5 RB .4 PRP$ .4 VBG .3 JJ .1
object CC .4
EX VBZ 2 VBP 2 VBD 2 MD 1.5 NN -2 VB -1
WDT VBZ 1.2 VBD 1.2 VBP 1.2 MD 1 PRP .7 DT .5 PRP$ .5 NN 0 NNS .3 NNP .4 VB -3 VBN -2 VBG -2 IN -1 RB .2 JJ -.3
WP VBZ 1.2 VBD 1.2 VBP 1 MD 1 PRP .7 DT .7 PRP$ .5 NN -.3 NNS .1 NNP .4 VB -3 VBN -2 VBG -2 IN -1 RB .2 JJ -.5
WP$ NN 1.5 NNS 1.5 JJ 1 VBZ -3 VBP -3 VB -3
WRB PRP .8 DT .7 NNS .5 NN .2 NNP .5 JJ .7 RB .7 TO .7 VBZ .8 VBP .8 VBD .8 MD .8 VB -2.5 VBN -1.5 IN -1 PRP$ .5
WRB EX .6
IN DT 1 PRP$ .8 PRP .5 NN .7 NNS .8 NNP .9 NNPS .9 JJ .5 CD .8 VBG .7 VB -3 VBP -3 VBZ -2 VBD -2 MD -3 VBN -.5
IN IN -.5 RP -3 WDT .6 WP .5 WRB .3 . -1.5 , -1 CC -1.5 RB -.3 JJR -.2 JJS .3 EX .2 TO -1 POS -3
TO VB 2 DT .7 NN -.2 NNS .1 NNP .5 PRP$ .5 PRP .4 JJ -.1 CD .3 VBP -4 VBZ -4 VBD -4 VBG -.7 VBN -1.5 IN -1 RB -.1
TO . -1
MD VB 2 RB .7 PRP .3 VBP -4 VBZ -4 VBD -4 VBN -2 VBG -3 NN -2 NNS -2 JJ -2 IN -1 DT -.5
VB DT 1 PRP .8 PRP$ .9 NN .3 NNS .6 NNP .4 IN .6 RP 1 RB .5 JJ .4 TO .5 VBN .3 VBG .3 VB -1 VBZ -3 VBP -3 VBD -3
VB MD -3 WP .4 WRB .4 . .3 CD .3 JJR .4 RBR .4
VBP DT 1 PRP .6 PRP$ .9 NN .2 NNS .5 NNP .4 IN .7 RP .8 RB .6 JJ .5 TO .8 VBN .5 VBG .5 VB -1.5 VBZ -3 VBP -3 VBD -3
VBP MD -3 WP .4 WRB .4 . .2 CD .3 JJR .4 RBR .3
VBZ DT 1 PRP .6 PRP$ .9 NN .2 NNS .5 NNP .4 IN .7 RP .8 RB .6 JJ .5 TO .9 VBN .5 VBG .5 VB -2 VBZ -3 VBP -3 VBD -3
VBZ MD -2 WP .4 WRB .4 . .2 CD .3 JJR .4 RBR .3
VBD DT 1 PRP .7 PRP$ .9 NN .2 NNS .5 NNP .4 IN .7 RP 1 RB .6 JJ .4 TO .8 VBN .3 VBG .5 VB -2 VBZ -3 VBP -3 VBD -3
VBD MD -1.5 WP .4 WRB .4 . .4 CD .3 JJR .4 RBR .3
VBN IN .9 RP .7 TO .7 RB .5 . .5 , .4 DT .5 NN .4 NNS .4 VBN .2 VBG .2 VB -2 VBZ -2 VBP -2.5 VBD -2 CC .3 PRP$ .3
VBN PRP .2
VBG DT 1 PRP$ .9 NN .4 NNS .6 IN .7 RP .8 RB .4 JJ .5 PRP .6 TO .6 VB -2 VBZ .3 VBP -1.5 VBD -.3 VBN .2 . .5 , .3
VBG CC .3
RB JJ .8 RB .3 VBN .6 VBG .4 VBD .6 VBZ .4 VBP .3 VB .4 IN .3 . .5 , .4 NN -1.3 NNS -.8 DT .2 CD .3 JJR .3 RBR .2
RB NNP -.3
RP DT .9 PRP$ .7 IN .5 . .6 , .4 NN -.2 NNS .2 CD .4 VB -1.5 VBZ -1.5 VBD -1 VBP -1.5 PRP -.3 RB .3 TO .4 JJ .1
RP CC .3 RP -1
RBR IN .7 JJ .9 . .5 VB -1 NN -1.5 NNS -1.5 RB .5
RBS JJ 1.5 RB 1 NN -1.5 NNS -1.5 IN -.5
CC DT .5 PRP .5 NN .3 NNS .4 NNP .5 JJ .4 VB .3 VBD .4 VBZ .4 VBP .3 RB .3 VBN .2 VBG .3 . -2 CD .3 PRP$ .5 MD .1
, DT .3 CC .8 PRP .4 NNP .4 VBG .4 VB -.3 VBD 0 VBZ 0 VBP -.3 IN .3 WDT .8 WP .5 RB .4 MD .2 CD .2
PDT DT 2 PRP$ 1.5 NN -3 NNS -3 IN -2 VBZ -2 VBP -2 . -3
"""


@cache
def nations() -> frozenset[str]:
    """Return the adjectives of nations in lower case."""
    return _words(NATIONS)


@cache
def names() -> frozenset[str]:
    """Return first names in lower case."""
    return _words(NAMES)
