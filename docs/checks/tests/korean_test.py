"""Tests of check_korean.py: an edition without fault passes, and each kind of drift is found."""

import re
import unittest

from checks import korean
from checks.tests.fixture import Fixture

ENGLISH = """
    # One

    It calls `recv`, see [two](CONTRIBUTING.md) and [the end](#the-end).

    ## The code

    - A thread waits.
    - It costs 64 KiB.

    ```sh
    run one
    ```

    | What | How much |
    |---|---|
    | `recv` | 20 |

    ## The end

    Nothing more.
"""
KOREAN = """
    # 하나
    <!-- en: one -->

    `recv`를 호출한다. [둘](CONTRIBUTING.md)과 [끝](#the-end)을 보자.

    ## 코드
    <!-- en: the-code -->

    - 스레드가 기다린다.
    - 64 KiB가 든다.

    ```sh
    run one
    ```

    | 무엇 | 얼마나 |
    |---|---|
    | `recv` | 20 |

    ## 끝
    <!-- en: the-end -->

    더는 없다.
"""
TERMS = """
    [refused]
    "레슨" = "장"

    [[term]]
    english = "thread"
    korean = "스레드"
    also = ["실"]
    wrong = ["쓰레드"]
    meaning = "It runs."
    meaning_ko = "실행된다."
    lesson = "1"
    link = "../README.md#the-code"
"""


class KoreanTest(Fixture):
    check = korean
    files = {"README.md": ENGLISH, "README.ko.md": KOREAN, "CONTRIBUTING.md": "# Two", "docs/terms.toml": TERMS,
             "01_one/tests/facts_test.cpp": ""}

    def setUp(self):
        super().setUp()
        self.run_check("--update")

    def test_no_fault(self):
        self.assertEqual(self.assert_no_fault(), "1 Korean file, 3 sections: no fault")

    def test_update_writes_numbers_and_anchors(self):
        text = self.read("README.ko.md")
        self.assertEqual(len(re.findall(r"<!-- en: [\w-]+ [0-9a-f]{8} -->", text)), 3)
        self.assertIn("[끝](#끝)", text)

    def test_english_text_changes(self):
        self.replace("README.md", "A thread waits.", "A thread waits for bytes.")
        self.assert_fault("README.ko.md:6", "is stale: #the-code")
        self.run_check("--update")
        self.assert_fault("README.ko.md:6", "is stale")  # nobody has looked at it
        self.run_check("--looked", "README.ko.md#끝")
        self.assert_fault("README.ko.md:6", "is stale")
        self.run_check("--looked", "README.ko.md#코드")
        self.assert_no_fault()

    def test_quoted_code_changes_in_one_edition(self):
        self.replace("README.md", "run one", "run two")
        self.assert_faults(("README.ko.md:6", "has in addition blocks of code: run one"),
                           ("README.ko.md:6", "lacks blocks of code: run two"))

    def test_no_korean_edition(self):
        self.write("docs/new.md", "# New")
        self.assert_fault("docs/new.md:1", "has no Korean edition, docs/new.ko.md")

    def test_page_that_needs_none_has_one(self):
        self.write("CONTRIBUTING.ko.md", "# 둘\n")
        self.assert_faults(("CONTRIBUTING.ko.md:1", "below the heading belongs its mark"),
                           ("README.ko.md:4", "there is CONTRIBUTING.ko.md"))

    def test_heading_without_its_mark(self):
        self.replace("README.ko.md", "## 끝\n<!--", "## 끝\n\n<!--")
        self.assert_fault("README.ko.md:20", "below the heading belongs its mark")

    def test_section_is_missing(self):
        text = self.read("README.ko.md")
        (self.root / "README.ko.md").write_text(text[:text.index("## 끝")].replace("#끝", "CONTRIBUTING.md"),
                                                encoding="utf-8")
        code, lines = self.run_check()
        self.assertEqual(code, 1)
        self.assertIn("the section #the-end is missing", lines[0])

    def test_what_a_section_has(self):
        for old, new, message in (("`recv`를 호출한다.", "호출한다.", "lacks names in code type: recv"),
                                  ("[둘](CONTRIBUTING.md)과", "둘과", "lacks links: CONTRIBUTING.md"),
                                  ("64 KiB가 든다.\n", "64 KiB가 든다.\n- 더 든다.\n",
                                   "has in addition items of lists: an item"),
                                  ("64 KiB가 든다.", "46 KiB가 든다.", "lacks figures: 64"),
                                  ("| 20 |", "| 2 |", "lacks figures in a cell: 20"),
                                  ("더는 없다.", "더는\n\n없다.", "has in addition paragraphs: a paragraph"),
                                  ("| `recv` | 20 |\n", "", "lacks rows of tables: a row")):
            with self.subTest(message):
                before = self.read("README.ko.md")
                self.replace("README.ko.md", old, new)
                code, lines = self.run_check()
                self.assertEqual(code, 1)
                self.assertTrue(any(message in line for line in lines), lines)
                (self.root / "README.ko.md").write_text(before, encoding="utf-8")

    def test_korean_picture(self):
        for name in ("chart.svg", "chart.ko.svg"):
            self.write(name, "<svg/>")
        self.replace("README.md", "Nothing more.", 'Nothing more. <img src="chart.svg">')
        self.replace("README.ko.md", "더는 없다.", '더는 없다. <img src="chart.ko.svg">')
        self.run_check("--looked", "README.ko.md#끝")
        self.assert_no_fault()
        self.replace("README.ko.md", "chart.ko.svg", "other.ko.svg")
        self.assert_faults(("README.ko.md:20", "has in addition links: other.svg"),
                           ("README.ko.md:20", "lacks links: chart.svg"))
        self.replace("README.ko.md", "other.ko.svg", "chart.svg")
        self.assert_fault("README.ko.md:23", "shows the English picture, and there is a Korean one: chart.ko.svg")

    def test_cells_that_are_swapped(self):
        for name in ("README.md", "README.ko.md"):
            self.replace(name, "| 20 |", "| 20 | 30 |")
        self.run_check("--looked", "README.ko.md")
        self.assert_no_fault()
        self.replace("README.ko.md", "| 20 | 30 |", "| 30 | 20 |")
        self.assert_faults(("README.ko.md:18", "lacks figures in a cell: 20"),
                           ("README.ko.md:18", "lacks figures in a cell: 30"))

    def test_link_to_an_english_page(self):
        self.write("docs/notes.md", "# Notes\n\nSee [one](../README.md).\n")
        self.write("docs/notes.ko.md", "# 노트\n<!-- en: notes -->\n\n[하나](../README.md)를 보자.\n")
        self.run_check("--update")
        self.assert_fault("docs/notes.ko.md:4", "leads to the English README.md; there is README.ko.md")
        self.replace("docs/notes.ko.md", "README.md", "README.ko.md")
        self.assert_no_fault()

    def test_diagrams(self):
        for name, words in (("README.md", "bytes"), ("README.ko.md", "바이트")):
            end = "Nothing more." if name == "README.md" else "더는 없다."
            self.replace(name, end, f'{end}\n\n```mermaid\nA->>B: {words}\nclick c "{name}"\n```')
        self.run_check("--looked", "README.ko.md")
        self.assert_no_fault()
        for old, new, message in (("A->>B", "B->>A", "lacks lines of diagrams: A->>B"),
                                  ('"README.ko.md"', '"README.md"', "lacks lines of diagrams: click c README.ko.md"),
                                  ("바이트", "쓰레드", "write 스레드")):
            with self.subTest(message):
                self.replace("README.ko.md", old, new)
                self.assertIn(message, "\n".join(self.run_check()[1]))
                self.replace("README.ko.md", new, old)

    def test_korean_page_without_an_english_one(self):
        self.write("docs/from-there.ko.md", "# 거기서부터\n")
        self.assert_fault("docs/from-there.ko.md:1", "has no English edition, docs/from-there.md")

    def test_page_that_nobody_can_have_looked_at(self):
        with self.assertRaisesRegex(SystemExit, "there is no such Korean page"):
            self.run_check("--looked", "docs/nothing.ko.md")

    def test_english_meaning_changes(self):
        self.replace("docs/terms.toml", "It runs.", "It waits.")
        self.run_check("--update")
        self.assert_fault("docs/terms.toml:1", "thread is stale")
        self.run_check("--looked", "docs/terms.toml#thread")
        self.assert_no_fault()

    def test_refused_words(self):
        for words, message in (("쓰레드가 기다린다.", "write 스레드"), ("이 레슨은 짧다.", "write 장"),
                               ("멀티쓰레드다.", "write 스레드"), ("Windows에 의해 끝난다.", "active voice"),
                               ("Windows에 의한 완료다.", "active voice"), ("보내어진다.", "active voice"),
                               ("읽는 것이 가능하다.", "-ㄹ 수 있다"), ("그것은 느리다.", "write the noun"),
                               ("그들은 기다린다.", "write the noun"), ("버퍼들을 준다.", "without 들"),
                               ("버퍼를 가지고 있다.", "~이 있다"), ("읽기 위해서다.", "-려고"),
                               ("버퍼에 대하여 말한다.", "a particle"), ("호출합니다.", "write -다"),
                               ("호출하십시오.", "write -다"), ("호출해요.", "write -다")):
            with self.subTest(words):
                self.replace("README.ko.md", "더는 없다.", words)
                self.assert_fault("README.ko.md:23", message)
                self.replace("README.ko.md", words, "더는 없다.")

    def test_refused_word_in_code(self):
        self.replace("README.ko.md", "더는 없다.", "더는 없다. `쓰레드`")
        code, lines = self.run_check()
        self.assertEqual([line for line in lines if "write" in line], [])
        self.assertEqual(code, 1)  # the English edition has no such name

    def test_refused_word_in_a_tool(self):
        self.write("cmake/exercise/words.cmake", '# Words.\nset(ko_one "@name@은 쓰레드다.")\n')
        self.assert_fault("cmake/exercise/words.cmake:2", "write 스레드")

    def test_glossaries_are_made_of_the_list(self):
        self.assertIn("| thread | 스레드 (실) | It runs. | [1](../README.md#the-code) |",
                      self.read("docs/glossary.md"))
        self.assertIn("| 스레드 (실) | thread | 실행된다. | [1](../README.ko.md#코드) |",
                      self.read("docs/glossary.ko.md"))
        self.replace("docs/terms.toml", "실행된다.", "돈다.")
        self.assert_fault("docs/glossary.ko.md:1", "is not what docs/terms.toml says")


if __name__ == "__main__":
    unittest.main()
