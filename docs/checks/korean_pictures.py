"""The pictures of recordings in Korean: NAME.ko.svg is made of NAME.svg. The names of threads and clients stay as
the recording has them: the player and the program's own code use the same."""

import html
import json
import re

from checks.tree import Tree, number_of_text

ENGLISH, KOREAN = "docs/timelines/pictures.json", "docs/timelines/pictures.ko.json"
_FOLDER = "docs/timelines/pictures"

# Of its text and of what it tells of its marks, in this order.
_WORDS = [(re.compile(pattern), words) for pattern, words in (
    (r"^THREADS$", "스레드"), (r"^IN FLIGHT$", "진행 중"), (r"^CALLS$", "호출"),
    (r"^milliseconds; time is narrowed between the grey bands$", "밀리초. 회색 띠 사이에서는 시간을 줄여 그렸다"),
    (r"Threads, and their time:", "스레드와 그 시간:"), (r"\bOperations:", "작업:"),
    (r"blocked in a call", "호출 안에서 블로킹됨"), (r"waits alertably", "Alertable 대기"),
    (r"asks in vain", "헛되이 물어봄"), (r"completion routine", "완료 루틴"),
    (r"pool callback", "풀의 콜백"), (r"\broutine of (\w+)", r"\1의 완료 루틴"), (r"\bruns\b", "실행"),
    (r"\bin flight ([\d.,]+ ms)", r"\1 동안 진행 중"), (r"collected by ([^→]+) →", r"\1에서 회수 →"),
    (r"ended in its own call", "시작한 호출 안에서 끝남"), (r"^from ([\d.,]+ ms) on$", r"\1부터"),
    (r"→ ok\b", "→ 성공"), (r"→ pending\b", "→ 보류 중"), (r"→ failed\b", "→ 실패"),
    (r"→ timeout\b", "→ 타임아웃"), (r"\berror (\d+)", r"오류 \1"), (r"\b([\d,]+) bytes?\b", r"\1바이트"),
    (r"\boperation (?=0x)", "작업 "), (r"\bcollects (?=0x)", "회수 "), (r",? and (\d+) more\b", r" 외 \1개"),
    (r"^and (\d+) more$", r"외 \1개"), (r"\b(\d+) calls\b", r"호출 \1번"),
    (r"\breceive\b(?!\()", "수신"), (r"\bsend\b(?!\()", "송신"), (r"\bread\b(?!\()", "읽기"),
    (r"\bwrite\b(?!\()", "쓰기"))]
_TOLD = re.compile(r"(?P<open><(?P<tag>title|desc|text)\b[^>]*>)(?P<words>[^<]*)(?=</(?P=tag)>)")
_FONTS = ("Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR", "NanumGothic")
_WIDTH = 508 / 17  # of a line of the caption, in its letters' size


def pictures(tree: Tree) -> dict[str, str]:
    """The text of each Korean picture, by its path. Whatever stands in the way of one is a fault of the tree."""
    if KOREAN not in tree.files:
        return {}
    made = {}
    korean = json.loads(tree.read(KOREAN))
    for name, english in json.loads(tree.read(ENGLISH)).items():
        if f"{_FOLDER}/{name}.svg" not in tree.files or name not in korean:
            tree.fault(ENGLISH, 1, f"{name} has no picture, or is not in {KOREAN}")
            continue
        if korean[name].get("from") != _number_of(english):
            tree.fault(KOREAN, 1, f"{name} is stale: its words in {ENGLISH} have changed. Look at it, and then: "
                                  f"python3 docs/check_korean.py --looked {KOREAN}#{name}")
        try:
            made[f"{_FOLDER}/{name}.ko.svg"] = in_korean(tree.read(f"{_FOLDER}/{name}.svg"), english, korean[name])
        except ValueError as error:
            tree.fault(KOREAN, 1, f"{name}: {error}")
    return made


def looked_at(tree: Tree, looked: list[str]) -> str | None:
    """The Korean words, each with the number of the English ones, if it is new or has been looked at."""
    if KOREAN not in tree.files:
        return None
    english, korean = (json.loads(tree.read(path)) for path in (ENGLISH, KOREAN))
    for name in english.keys() & korean.keys():
        if "from" not in korean[name] or {KOREAN, f"{KOREAN}#{name}"} & set(looked):
            korean[name]["from"] = _number_of(english[name])
    return json.dumps(korean, indent=2, ensure_ascii=False) + "\n"


def _number_of(english: dict[str, str]) -> str:
    return number_of_text(f"{english['title']}\n{english['caption']}")


def in_korean(svg: str, english: dict[str, str], korean: dict[str, str]) -> str:
    """The picture in Korean; both have its `title` and its `caption`.

    ValueError: the caption does not fit, or the picture has another one than `english`.
    """
    lines = _lines(korean["caption"])
    left = html.escape(english["caption"], quote=False)  # what is still to be met of it

    def translated(match: re.Match) -> str:
        nonlocal left
        words = match["words"]
        if words == html.escape(english["title"], quote=False):
            return match["open"] + korean["title"]
        if match["tag"] == "text" and words and left.startswith(words) and 'class="faint"' in match["open"]:
            left = left[len(words):].lstrip()
            return match["open"] + (lines.pop(0) if lines else "")
        words = words.replace(html.escape(english["caption"], quote=False), korean["caption"])
        return match["open"] + "\n".join(map(_translated, words.split("\n")))

    svg = _TOLD.sub(translated, svg)
    if left:
        raise ValueError(f"its picture does not say: {left}")
    if lines:
        raise ValueError(f"no room for {' '.join(lines)}")
    fonts = "".join(f"&quot;{font}&quot;, " for font in _FONTS)
    return svg.replace('<svg font-family="', f'<svg lang="ko" font-family="{fonts}', 1)


def _translated(line: str) -> str:
    for pattern, words in _WORDS:
        line = pattern.sub(words, line)
    return line


def _lines(caption: str) -> list[str]:
    lines = [""]
    for word in caption.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        # About their widths: letters of East Asia take a whole em.
        if sum(1 if ord(letter) > 0x10FF else 0.56 for letter in longer) > _WIDTH:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
