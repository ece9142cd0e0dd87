"""What is made once for each language, on texts made up for it."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parent)]

from checks.markdown import Document  # noqa: E402

from generator import diagrams, search  # noqa: E402
from generator.doxygen import _LEFT_OUT  # noqa: E402
from generator.finish import SWITCH, Finish  # noqa: E402
from generator.language import ENGLISH, KOREAN, Language  # noqa: E402
from generator.markup import Markup  # noqa: E402
from generator.pages import FURTHER, LOOK_UP, Page, Pages  # noqa: E402
from generator.player import Player  # noqa: E402

GLOSSARY = "| 용어 | 영어 | 뜻 |\n|---|---|---|\n| 완료 키 (키) | completion key | … |"


class FakeTree:
    """A tree of texts, with one chapter."""

    def __init__(self, texts: dict[str, str]):
        self.texts = texts
        self.files = sorted(texts)
        self.chapters = self.lessons = ["01_x"]
        self.faults: list[tuple[str, int, str]] = []

    def read(self, path: str) -> str:
        return self.texts[path]

    def fault(self, *fault) -> None:
        self.faults.append(fault)


def editions(**more: str) -> tuple[Pages, Pages]:
    """The pages of both languages; `more` has other texts, by a word of their path."""
    english = {path: "# Title" for path in FURTHER + LOOK_UP}
    english |= {"README.md": "# Front", "01_x/README.md": "# One\n## The idea\n## Facts",
                "CONTRIBUTING.md": "# Contributing\n## Rules"}
    korean = {KOREAN.file_of(path): "# 제목" for path in english if path != "CONTRIBUTING.md"}
    korean["01_x/README.ko.md"] = more.get("lesson", "# 하나\n## 아이디어\n## 사실")
    tree = FakeTree(english | korean)
    documents = {path: Document(path, text) for path, text in tree.texts.items()}
    both = Pages(tree, documents, ENGLISH), Pages(tree, documents, KOREAN)
    for pages, other in (both, both[::-1]):
        pages.others = [other]
    return both


class PagesTest(unittest.TestCase):
    def address(self, pages: Pages, target: str) -> str:
        return pages.address(pages.documents[KOREAN.file_of("README.md")], "", target)

    def test_both_languages_have_the_same_pages_and_sections(self):
        english, korean = editions()
        self.assertEqual([page.id for page in korean.all],
                         [page.id for page in english.all if page.path != "CONTRIBUTING.md"])
        self.assertEqual(self.address(korean, "01_x/README.ko.md#아이디어"),
                         "lesson1.html#lesson1-the-idea")
        self.assertEqual(self.address(korean, "01_x#사실"), "lesson1.html#lesson1-facts")

    def test_what_is_there_in_the_other_language_only_is_linked_to(self):
        english, korean = editions()
        self.assertEqual(self.address(korean, "CONTRIBUTING.md#rules"),
                         "../contributing.html#contributing-rules")
        self.assertEqual(self.address(english, "01_x/README.ko.md#아이디어"),
                         "ko/lesson1.html#lesson1-the-idea")

    def test_other_headings_than_the_english_are_a_fault(self):
        _, korean = editions(lesson="# 하나\n## 아이디어")
        self.assertEqual(korean.tree.faults,
                         [("01_x/README.ko.md", 1, "has 2 headings, and 01_x/README.md 3")])


class RowsTest(unittest.TestCase):
    def test_a_row_is_named_by_its_english_word(self):
        table = Markup(lambda text, target: "", lambda words, target: "", "term").blocks(GLOSSARY)
        self.assertIn('<tr id="term-completion-key">', table)
        self.assertIn('<td data-head="영어" lang="en">completion key</td>', table)

    def test_the_search_finds_a_row_by_all_words_of_both_languages(self):
        page = Page("docs/glossary.ko.md", "glossary", "용어집", "", "look-up")
        found = search._rows(page, Document(page.path, GLOSSARY), "term")
        self.assertEqual({each.words for each in found},
                         {"완료 키", "키", "completion key", "key"})
        self.assertEqual({(each.label, each.address) for each in found},
                         {("완료 키 (키) · completion key", "glossary.html#term-completion-key")})


class SwitchTest(unittest.TestCase):
    def finished(self, name: str) -> str:
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder, name)
            page.write_text(f"<head></head>{SWITCH}", encoding="utf-8")
            Finish(Path(folder), KOREAN, ENGLISH, {"lesson1.html"}).run({})
            return page.read_text(encoding="utf-8")

    def test_a_page_leads_to_itself_in_the_other_language(self):
        page = self.finished("lesson1.html")
        self.assertIn('<td id="language"><a href="../lesson1.html" hreflang="en" lang="en" '
                      'rel="alternate">English</a></td>', page)
        self.assertIn('<link rel="alternate" hreflang="en" href="../lesson1.html"/>', page)

    def test_a_page_without_the_other_language_leads_to_its_front_page(self):
        page = self.finished("files.html")
        self.assertIn('<a href="../index.html" hreflang="en" lang="en">English</a>', page)
        self.assertNotIn("alternate", page)


class DoxygenWordsTest(unittest.TestCase):
    SAID = {"none.html": "일치하는것 없음", "searchdata.js": '3: "파일들"'}

    def finished(self, language: Language, other: Language) -> tuple[list[str], list[str]]:
        with tempfile.TemporaryDirectory() as folder:
            search = Path(folder, "search")
            search.mkdir()
            for name, text in self.SAID.items():
                (search / name).write_text(text, encoding="utf-8")
            faults = Finish(Path(folder), language, other).run({})
            return [file.read_text(encoding="utf-8") for file in sorted(search.iterdir())], faults

    def test_doxygen_speaks_better_korean_on_korean_pages_only(self):
        self.assertEqual(self.finished(KOREAN, ENGLISH)[0], ["찾은 것이 없다", '3: "파일"'])
        self.assertEqual(self.finished(ENGLISH, KOREAN), (list(self.SAID.values()), []))

    def test_what_doxygen_says_nowhere_is_a_fault(self):
        faults = self.finished(KOREAN, ENGLISH)[1]
        self.assertIn("docs/site/generator/finish.py: this Doxygen says 로딩중... nowhere", faults)
        self.assertFalse([each for each in faults if "일치하는것" in each])


class WordsTest(unittest.TestCase):
    def test_a_diagram_is_named_in_its_language(self):
        svg = diagrams.draw(["sequenceDiagram", "가->>나: 보낸다"], lambda target: "", KOREAN)
        self.assertIn('aria-label="시퀀스: 가 → 나: 보낸다"', svg)

    def test_both_languages_play_the_same_films(self):
        tree = FakeTree({"docs/timelines/pictures/x.json": '{"program": "01_x_echo", "names": []}',
                         "01_x/CMakeLists.txt": "tutorial_program(01_x_echo)"})
        self.assertIn('<script src="../film-x.js">', Player(tree, KOREAN).single("x"))

    def test_names_in_code_are_shared_and_pages_are_not(self):
        tags = ('<a/>\n  <compound kind="page">\n    <name>lesson1</name>\n  </compound>\n<b/>\n'
                '      <enumvalue file="f">v</enumvalue>\n    <docanchor file="f">d</docanchor>\n<c/>\n')
        self.assertEqual(_LEFT_OUT.sub("", tags), "<a/>\n<b/>\n<c/>\n")


if __name__ == "__main__":
    unittest.main()
