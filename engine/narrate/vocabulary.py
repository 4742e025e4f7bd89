"""The words that say a direction, a quantity or a metric, and what each of them means."""

import re
from typing import Literal

Axis = Literal["verdict", "reality", "move", "sense", "act", "than"]

UNITS = (
    r"(?:more[ \u00a0])?(?:similar[ \u00a0])?"
    r"(?:conversions?|clicks?|impressions?|campaigns?|days?|weeks?|months?)(?:[ \u00a0]more)?"
)
_FROM_TWO = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
NUMBER_WORDS: dict[str, int] = {word: number for number, word in enumerate(_FROM_TWO.split(), start=2)}
NUMBER_WORDS |= {"zero": 0, "seventeen": 17, "eighteen": 18, "nineteen": 19}
NUMBER_WORDS |= {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip

VAGUE = re.compile(
    r"\b(?:doubl\w*|tripl\w*|quadrupl\w*|halv\w*|half|twice|thrice|thirds?|quarters?|dozens?|hundreds?|"
    r"thousands?|millions?|billions?|majority|tenfold|\w+fold|couple|several|"
    r"best|highest|lowest|strongest|weakest|record|ever|always|guarantee\w*|certainly|definitely|proven|"
    r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-\w+)\b",
    re.I,
)
NEGATION = re.compile(
    r"(?:\b(?:not|never|no|neither|nor|hardly|without|cannot|barely|anything but)\b|n['’]t\b)"
    r"(?:[ \u00a0]+[^\s,:.()]+){0,4}[ \u00a0]+$",
    re.I,
)

METRIC = re.compile(
    r"(?P<part_cpm>\bimpressions (?:were |became |got |came )?(?:dearer|cheaper)\b"
    r"|\b(?:dearer|cheaper) impressions\b)"
    r"|(?P<part_ctr>\bclicks (?:came |were |got )?(?:harder|easier)\b|\b(?:harder|easier) clicks\b)"
    r"|(?P<cpa>\bCPA\b|\bcost per (?:acquisition|conversion|action)\b)"
    r"|(?P<cpc>\bCPC\b|\bcost per click\b)"
    r"|(?P<cpm>\bCPM\b|\bcost per (?:thousand|mille)\b)"
    r"|(?P<ctr>\bCTR\b|\bclick-?through rate\b)"
    r"|(?P<cvr>\bCVR\b|\bconversion rate\b)"
    r"|(?P<roas>\bROAS\b|\breturn on ad spend\b)"
    r"|(?P<spend>\b(?:daily )?(?:spend|spending|budget)\b)"
    r"|(?P<part_cvr>(?<!one )(?<!single )(?<![\d.][ \u00a0])\bconversion\b)",
    re.I,
)

_SAID: dict[str, str] = {
    "reality_noise": (
        r"no real (?:change|difference|movement)|nothing real|noise|chance|random\w*|coincidence"
        r"|insignificant"
    ),
    "reality_early": (
        r"too early|too soon|early days|cannot (?:yet )?(?:tell|say)|can['’]t (?:yet )?(?:tell|say)"
        r"|not enough (?:data|evidence|conversions)"
    ),
    "reality_real": r"real|really|genuine\w*|significant\w*",
    "verdict_beat": (
        r"beat(?:s|en|ing)?|outperform\w*|ahead of (?:the |its )?forecast|better than (?:the |its )?forecast"
        r"|surpass\w*|win|wins|won|succe(?:ss|eded)\w*"
    ),
    "verdict_missed": (
        r"miss(?:ed|es|ing)?|underperform\w*|f(?:e|a)ll short|short of|behind (?:the |its )?forecast"
        r"|worse than (?:the |its )?forecast|loss(?:es)?|fail\w*"
    ),
    "verdict_unforecast": r"no forecast|without a forecast",
    "sense_good": r"better|improv\w*|stronger|healthier|favou?rabl\w*|progress\w*",
    "sense_bad": r"worse\w*|deteriorat\w*|weaker|unfavou?rabl\w*|poor\w*|suffer\w*",
    "than_": r"(?:more|fewer|less) \w+ than \w+",
    "move_down": (
        r"f(?:e|a)ll\w*|drop\w*|declin\w*|decreas\w*|lower\w*|down|reduc\w*|cut|s(?:a|u)nk|shr(?:a|i|u)nk\w*|slid"
        r"|slip\w*|plung\w*|plummet\w*|tumbl\w*|slump\w*|collaps\w*|crash\w*|tank\w*|less expensive|cheap\w*"
        r"|smaller|fewer|harder|below"
    ),
    "move_up": (
        r"r(?:o|i)se\w*|rising|increas\w*|rais\w*|gr(?:e|o)w\w*|climb\w*|higher|up(?! to\b)|jump\w*|soar\w*"
        r"|surg\w*|spik\w*|balloon\w*|swell\w*|skyrocket\w*|boost\w*|gain\w*|more expensive|costlier|dear\w*"
        r"|larger|bigger|greater|easier"
    ),
    "act_wait": r"wait|hold off",
    "act_keep": r"keep\w*|leave|unchanged|stay as",
    "act_other": (
        r"paus\w*|stop\w*|scal(?:e|es|ed|ing)|turn(?:ed)? off|switch(?:ed)? off|shut|launch\w*|reallocat\w*"
        r"|shift\w*|expand\w*|restart\w*|delet\w*|bid\w*"
    ),
}
DIRECTION = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in _SAID.items()), re.I)
