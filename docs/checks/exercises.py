"""Checks the exercises, and keeps their lists in the lessons and in docs/exercises.md.

CONTRIBUTING.md says which files an exercise has. A task or a hint that names something which is not
there, or a failure that sends to a heading which is gone, would leave a learner alone.
"""

import posixpath
import re
from dataclasses import dataclass

from checks.markdown import Document
from checks.tree import KOREAN_ENDING, Tree, hint

LIST = "docs/exercises.md"
BEGIN, END = "<!-- {} -->", "<!-- /{} -->"
LONGEST_REPAIR = 20  # minutes: a longer one is a program to write, which mirrors no one mistake

_FOLDER = re.compile(r"(?P<chapter>0\d_\w+)/exercises/(?P<name>(?P<number>\d\.\d+)_[a-z0-9_]+)/task\.md")
_ANSWER = re.compile(r"/exercises/[^/]+/(?:solution|wrong_\w+)/")
_TITLE = re.compile(r"# (?P<number>[\d.]+) (?P<title>.+)")
_BULLETS = (re.compile(r"- \*\*Lesson\*\*: \[[^\]]+\]\((?P<lesson>[^)#]+)#[^)]+\)"),
            re.compile(r"- \*\*Time\*\*: (?P<minutes>\d+) minutes"),
            re.compile(r"- \*\*Change\*\*: .+"))
_IN_PUBLIC = re.compile(r"^The same in public: (?P<text>.*\]\(https://.*)$", re.MULTILINE)
_RULE = re.compile(r"\bexercise::rule \w+\s*\{(.*?)\};", re.DOTALL)
_ECHO_LESSON = re.compile(r"\bknow_echo_lesson\((.*?)\);", re.DOTALL)
_STRINGS = re.compile(r'(?:"(?:[^"\\]|\\.)*"\s*)+')
_TEST = re.compile(r"\bTEST(?:_F)?\(\s*\w+\s*,\s*(\w+)\s*\)|\bTYPED_TEST_P\(\s*\w+\s*,\s*(\w+)\s*\)")
_CALL = re.compile(r"\btutorial_exercise\(\s*(?P<name>[\w.]+)(?P<arguments>[^()]*)\)")
_PROOF = re.compile(r"\b(start|wrong_\w+)=(\w+)")
_WORD = re.compile(r"[A-Za-z_]\w{2,}")


@dataclass(frozen=True)
class Exercise:
    """One exercise. `lesson` is the README that it belongs to."""
    folder: str
    name: str
    number: str
    title: str
    minutes: int
    lesson: str

    @property
    def task(self) -> str:
        return f"{self.folder}/task.md"


def exercises_of(tree: Tree) -> list[Exercise]:
    """All of them, in their order. Those without a proper head are left out, and are a fault."""
    found = []
    for path in tree.files:
        if match := _FOLDER.fullmatch(path):
            if exercise := _read(tree, posixpath.dirname(path), match):
                found.append(exercise)
    return sorted(found, key=lambda each: [int(part) for part in each.number.split(".")])


def _read(tree: Tree, folder: str, names: re.Match) -> Exercise | None:
    task = f"{folder}/task.md"
    lines = tree.read(task).split("\n")
    title = _TITLE.fullmatch(lines[0])
    bullets = [pattern.fullmatch(line) for pattern, line in zip(_BULLETS, lines[2:5])]
    if not title or title["number"] != names["number"]:
        tree.fault(task, 1, f"the first line is the title: # {names['number']} The title")
        return None
    if lines[1] or len(bullets) != 3 or not all(bullets):
        tree.fault(task, 3, "below the title stand the bullets - **Lesson**: [heading](file#anchor), "
                            "- **Time**: 15 minutes, and - **Change**: …")
        return None
    lesson = posixpath.normpath(f"{folder}/{bullets[0]['lesson']}")
    return Exercise(folder, names["name"], names["number"], title["title"],
                    int(bullets[1]["minutes"]), lesson)


def check_exercises(tree: Tree, documents: dict[str, Document]) -> int:
    """Checks each exercise, and every list of them; returns how many there are."""
    exercises = exercises_of(tree)
    for exercise in exercises:
        files = [path for path in tree.files if path.startswith(f"{exercise.folder}/")]
        _check_files(tree, exercise, files)
        _check_rules(tree, exercise, documents)
        _check_words(tree, exercise, files, documents)
        _check_proofs(tree, exercise, files)
    for path, text in lists(tree, exercises, documents).items():
        if text != documents[path].text:
            tree.fault(path, 1, "its list of exercises is out of date: "
                                "python3 docs/check_lessons.py --update")
    return len(exercises)


def _check_files(tree: Tree, exercise: Exercise, files: list[str]) -> None:
    folder = exercise.folder
    for name in ("hints.md", "why.md", "check.cpp"):
        if f"{folder}/{name}" not in files:
            tree.fault(exercise.task, 1, f"there is no {name} beside it")
            return
    numbers = re.findall(r"^## (\d+)$", tree.read(f"{folder}/hints.md"), re.MULTILINE)
    if numbers not in (["1", "2"], ["1", "2", "3"]):
        tree.fault(f"{folder}/hints.md", 1, "two or three hints stand below the headings ## 1, ## 2, …")
    if exercise.minutes <= LONGEST_REPAIR and not ENGLISH.public_bug(tree, exercise):
        tree.fault(f"{folder}/why.md", 1, "no paragraph says \"The same in public: [owner/project#1]"
                                          "(https://…): …\"")
    variants: dict[str, set[str]] = {}
    for path in files:
        inner = path.removeprefix(f"{folder}/").split("/")
        if len(inner) == 2:
            variants.setdefault(inner[0], set()).add(inner[1])
    start = variants.pop("start", set())
    if not start:
        tree.fault(exercise.task, 1, "there is no start/ beside it, with the files to change")
    for name, there in variants.items():
        if there != start:
            tree.fault(exercise.task, 1, f"{name}/ and start/ have not the same files")
    if not any(tree.read(f"{folder}/start/{name}").startswith("// Prediction:") for name in start):
        tree.fault(exercise.task, 1, "no file in start/ begins with the line // Prediction:")


def _strings(code: str) -> list[str]:
    """The string literals, those that stand side by side as one."""
    return ["".join(re.findall(r'"((?:[^"\\]|\\.)*)"', each)).replace('\\"', '"')
            for each in _STRINGS.findall(code)]


def _check_rules(tree: Tree, exercise: Exercise, documents: dict[str, Document]) -> None:
    path = f"{exercise.folder}/check.cpp"
    if path not in tree.files:
        return
    code = tree.read(path)
    places = [(*_strings(rule)[-2:],) for rule in _RULE.findall(code)]
    for call in _ECHO_LESSON.findall(code):
        lesson, *headings = _strings(call)
        places += [(lesson, heading) for heading in headings]
    if not places:
        tree.fault(path, 1, "no exercise::rule says which rule a failure breaks")
    for lesson, heading in places:
        headings = [each.replace("`", "") for each in documents[lesson].headings.values()] \
            if lesson in documents else []
        if heading not in headings:
            tree.fault(path, 1, f"{lesson} has no heading \"{heading}\"{hint(heading, headings)}")


def _check_words(tree: Tree, exercise: Exercise, files: list[str],
                 documents: dict[str, Document]) -> None:
    """Checks that the code in a task and in its hints names only what there is."""
    chapter = exercise.folder.split("/")[0]
    known = set()
    for path in tree.files:
        if _ANSWER.search(path):
            continue
        if (path in files and not path.endswith((".md", "CMakeLists.txt"))
                or path.startswith(f"{chapter}/") and path.endswith(("README.md", "details.md"))
                or path.startswith((f"{chapter}/", "support/")) and path.endswith((".hpp", ".cpp"))):
            known |= set(_WORD.findall(tree.read(path))) | {path.split("/")[-1].split(".")[0]}
    for name in ("task.md", "hints.md"):
        if document := documents.get(f"{exercise.folder}/{name}"):
            for span in document.spans:
                for word in _WORD.findall(span.text):
                    if word not in known and word not in ("cpp", "hpp", "Prediction", "tutorial"):
                        tree.fault(document.path, span.line, f"`{word}` is in no file that the "
                                                             "learner reads")


def _check_proofs(tree: Tree, exercise: Exercise, files: list[str]) -> None:
    path = f"{exercise.folder.rpartition('/')[0]}/CMakeLists.txt"
    text = tree.read(path) if path in tree.files else ""
    call = next((each for each in _CALL.finditer(text) if each["name"] == exercise.name), None)
    if call is None:
        tree.fault(path, 1, f"no tutorial_exercise({exercise.name} …)")
        return
    proofs = dict(_PROOF.findall(call["arguments"]))
    variants = {inner[0] for each in files
                if len(inner := each.removeprefix(f"{exercise.folder}/").split("/")) == 2}
    if "solution" not in variants and not re.search(r"\bSOLUTION\b", call["arguments"]):
        tree.fault(path, 1, f"{exercise.name}: there is no solution/, and no SOLUTION names another folder")
    wanted = {each for each in variants if each == "start" or each.startswith("wrong_")}
    if set(proofs) != wanted:
        tree.fault(path, 1, f"{exercise.name}: PROOFS names {sorted(proofs)}, and there are "
                            f"{sorted(wanted)}")
    check = f"{exercise.folder}/check.cpp"
    sources = [each for each in (check, "support/testing/exercise/echo_ladder.hpp")
               if each in tree.files]
    tests = {name for each in sources for pair in _TEST.findall(tree.read(each))
             for name in pair if name}
    for variant, test in proofs.items():
        if test not in tests:
            tree.fault(path, 1, f"{exercise.name}: {variant} fails by {test}, which is no test"
                                f"{hint(test, tests)}")


# --- Their lists ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Language:
    """The words of the lists in one language, and how its files end."""
    ending: str  # of a page's name
    intro: str
    head: str
    museum: str
    to_finish: str
    in_public: re.Pattern[str]

    def page(self, path: str) -> str:
        return path.removesuffix(".md") + self.ending

    def title(self, tree: Tree, exercise: Exercise) -> str:
        path = self.page(exercise.task)
        first = tree.read(path).partition("\n")[0] if path in tree.files else ""
        return first.removeprefix("# ") or f"{exercise.number} {exercise.title}"

    def public_bug(self, tree: Tree, exercise: Exercise) -> str:
        """The public bug that it mirrors, in Markdown; empty if it mirrors none."""
        why = self.page(f"{exercise.folder}/why.md")
        found = self.in_public.search(tree.read(why)) if why in tree.files else None
        return found["text"] if found else ""


ENGLISH = Language(
    ".md",
    "Mend a broken program, or write one: a check says whether it is right, and which rule it breaks if not "
    "([how]({page})).",
    "| Exercise | Minutes | Begin with |", "| Exercise | The same in public |",
    "To finish with: a server of your own", _IN_PUBLIC)
KOREAN = Language(
    KOREAN_ENDING,
    "망가진 프로그램을 고치거나, 프로그램을 직접 쓴다. 옳은지, 옳지 않으면 어느 규칙을 어겼는지 검사가 알려 준다"
    "([방법]({page})).",
    "| 연습 문제 | 시간(분) | 시작하는 명령 |", "| 연습 문제 | 공개된 같은 사례 |",
    "마무리: 나만의 서버",
    re.compile(r"^공개된 같은 사례: (?P<text>.*\]\(https://.*)$", re.MULTILINE))


def lists(tree: Tree, exercises: list[Exercise], documents: dict[str, Document]) -> dict[str, str]:
    """Every file with a list of exercises, with the text that it should have."""
    found = {}
    for language in (ENGLISH, KOREAN):
        for folder in tree.lessons:
            document = documents.get(f"{folder}/README{language.ending}")
            own = [each for each in exercises if posixpath.dirname(each.lesson) == folder]
            if document and (own or BEGIN.format("exercises") in document.text):
                text = _of_lesson(tree, folder, own, language)
                found[document.path] = _put(tree, document, "exercises", text)
        path = language.page(LIST)
        if path in documents:
            text = _put(tree, documents[path], "exercises", _of_all(tree, exercises, documents, language))
            found[path] = _put(tree, Document(path, text), "museum", _museum(tree, exercises, language))
    return found


def _put(tree: Tree, document: Document, name: str, text: str) -> str:
    begin, end = BEGIN.format(name), END.format(name)
    place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not place.search(document.text):
        tree.fault(document.path, 1, f"has no lines {begin} and {end}, between which exercises stand")
        return document.text
    return place.sub(lambda _: f"{begin}\n{text}\n{end}", document.text, count=1)


def _link(tree: Tree, exercise: Exercise, folder: str, language: Language) -> str:
    page = posixpath.relpath(language.page(exercise.task), folder)
    return f"[{language.title(tree, exercise)}]({page})"


def _row(tree: Tree, exercise: Exercise, folder: str, language: Language) -> str:
    return (f"| {_link(tree, exercise, folder, language)} | {exercise.minutes} "
            f"| `./tutorial exercise {exercise.number}` |")


def _of_lesson(tree: Tree, folder: str, exercises: list[Exercise], language: Language) -> str:
    if not exercises:
        return ""
    page = posixpath.relpath(language.page(LIST), folder)
    rows = [_row(tree, each, folder, language) for each in exercises]
    return "\n".join([language.intro.format(page=page), "", language.head, "|---|---|---|", *rows])


def _of_all(tree: Tree, exercises: list[Exercise], documents: dict[str, Document],
            language: Language) -> str:
    out = []
    lesson = ""
    seen = set()
    for each in exercises:
        if each.lesson != lesson:
            lesson = each.lesson
            page = language.page(lesson)
            title = documents[page].lines[0].removeprefix("# ") if page in documents else page
            if lesson in seen:  # no heading stands twice
                title = language.to_finish
            seen.add(lesson)
            out += ["", f"### [{title}]({posixpath.relpath(page, 'docs')})", "",
                    language.head, "|---|---|---|"]
        out.append(_row(tree, each, "docs", language))
    return "\n".join(out[1:])


def _museum(tree: Tree, exercises: list[Exercise], language: Language) -> str:
    # Without code type: no call of Windows is explained here.
    rows = [f"| {_link(tree, each, 'docs', language)} | {bug.replace('`', '')} |"
            for each in exercises if (bug := language.public_bug(tree, each))]
    return "\n".join([language.museum, "|---|---|", *rows])
