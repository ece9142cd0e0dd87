"""Tests of check_evidence.py: what it writes in Korean, and that no text lacks its Korean words."""

from checks.tests import evidence_test as made

KOREAN_ONE = "01_one/README.ko.md"
KOREAN_WORDS = "docs/evidence/korean.toml"
KOREAN_PAGE = "docs/evidence.ko.md"


class KoreanEvidenceTest(made.EvidenceFixture):
    """Chapter 1 has a Korean edition, and chapter 2 has none."""
    files = made.EvidenceFixture.files | {
        "README.ko.md": "# 앞\n\n<!-- evidence -->\n<!-- /evidence -->\n",
        KOREAN_ONE: """
            # 하나

            지나가며 말한다. [`WSAPollRefuses64KiB`](tests/facts_test.cpp).

            수신:

            | 주장 | 테스트 |
            |---|---|
            | `a | b`가 [`WSARecv`](https://learn.microsoft.com/x(y))를 호출한다. ¹ | [`FirstFact`](tests/facts_test.cpp) |
            | 모든 서버 | [`EchoesEveryByte`](../support/testing/echo_contract.hpp) |

            | 주장 | 테스트 |
            |---|---|
            | 마지막. | [`one_facts.SecondFact`](tests/facts_test.cpp) |
        """,
        KOREAN_WORDS: """
            [notes]
            "Only for streams" = "스트림에서만 그렇다"
            [reasons]
        """}

    def korean_row(self, fact: str) -> list[str]:
        line = next(each for each in self.read(KOREAN_PAGE).split("\n") if f'id="{fact}"' in each)
        return line.strip("| ").split(" | ")

    def test_the_korean_page_says_how_we_know(self):
        claim, windows, how = self.korean_row("one_facts.FirstFact")[-3:]
        self.assertTrue(claim.endswith("b`가 `WSARecv`를 호출한다.<br>"
                                       "[`FirstFact`](../01_one/tests/facts_test.cpp)"), claim)
        self.assertEqual(windows, "아직")
        self.assertEqual(how, "공개 테스트에 있음: [Wine: sock.c, test_recv](https://example.org/wine/"
                              "dlls/tests/sock.c); [Go: net_test.go, TestRecv]"
                              "(https://example.org/go/net/net_test.go). 문서에 있음: [`WSARecv`]"
                              f"({made.PAGE}api/winsock2/nf-winsock2-wsarecv). 스트림에서만 그렇다.")
        self.assertIn("수신:\n\n| 주장과 테스트 | Windows | 어떻게 아는가 |\n", self.read(KOREAN_PAGE))

    def test_both_pages_have_the_same_facts_in_the_same_order(self):
        rows = [[line.partition('"></a>')[0] for line in self.read(page).split("\n") if "<a id=" in line]
                for page in (made.EVIDENCE, KOREAN_PAGE)]
        self.assertEqual(len(rows[0]), 4)
        self.assertEqual(*rows)

    def test_headings_of_the_korean_page_name_the_english_ones(self):
        text = self.read(KOREAN_PAGE)
        for heading in ("# 근거\n<!-- en: the-evidence -->\n", "## 집계\n<!-- en: the-count -->\n",
                        "## 1. 하나\n<!-- en: 1-one -->\n\n수신:"):
            self.assertIn(heading, text)
        self.assertIn("| [1. 하나](#1-하나) | 3 | 0 | 1 | 1 | 1 |\n", text)

    def test_a_chapter_without_a_korean_lesson_is_shown_as_the_english_one(self):
        self.assertIn("## 2. Two\n<!-- en: 2-two -->\n", self.read(KOREAN_PAGE))
        self.assertIn("</a>Two.<br>", self.korean_row("two_facts.Two")[0])

    def test_a_deeper_lesson_without_a_korean_edition(self):
        self.write("01_one/deep/README.md", "# Deep\n\n| Claim | Test |\n|---|---|\n"
                                            "| Deep. | [`Deep`](tests/facts_test.cpp) |\n")
        self.write("01_one/deep/tests/facts_test.cpp", "TEST_F(deep_facts, Deep) {}\n")
        self.append(made.ONE_ROWS, "[deep_facts.Deep]")
        self.update()
        self.assert_no_fault()
        self.assertIn("</a>Deep.<br>", self.korean_row("deep_facts.Deep")[0])

    def test_the_column_in_the_korean_lessons(self):
        asserted = "[공개 테스트에 있음](../docs/evidence.ko.md#one_facts.FirstFact)"
        documented = "[문서에 있음](../docs/evidence.ko.md#one_facts.SecondFact)"
        self.assertEqual(self.column(KOREAN_ONE), ["Windows", "---|---|---", asserted, "–", "Windows",
                                                   "---|---|---", documented])

    def test_the_line_of_the_korean_front_page(self):
        self.assertIn("<!-- evidence -->\n**아직 아무것도 Windows에서 실행하지 않았다.** 그래서 각 장의 사실 4개 가운데 "
                      "Windows에서 확인된 것은 없다. 1개는 Windows에서 실행되는 공개 테스트가 단언하고, 1개는 Microsoft의 "
                      "문서에 있고, 2개는 예상일 뿐이다. [사실 하나하나의 근거](docs/evidence.ko.md)는",
                      self.read("README.ko.md"))
        self.add(made.facts_json(made.report(FirstFact="passed", SecondFact="wrong"), made.report()))
        self.assertIn("각 장의 사실 4개 가운데 1개를 Windows에서 확인했다. 1개는 Windows에서 실패했다. 나머지 가운데 0개는",
                      self.read("README.ko.md"))

    def test_runs_on_the_korean_page(self):
        self.add(made.facts_json(made.report(FirstFact="passed", SecondFact="C:\\x\\facts_test.cpp:3\n  No"), made.report()))
        self.assertEqual(self.korean_row("one_facts.FirstFact")[-2], "통과")
        *_, failed, how = self.korean_row("one_facts.SecondFact")
        self.assertEqual(failed, "**실패** (Windows 10.0.22631)")
        self.assertTrue(how.endswith("Windows 10.0.22631: facts\\_test.cpp:3 No."), how)
        self.assertEqual(self.korean_row("two_facts.Two")[-2], "답 없음")
        self.assert_no_fault()

    def test_a_note_without_korean_words(self):
        self.change("Only for streams", "Only for pipes")
        self.assert_faults((f"{made.ONE_ROWS}:1", '"Only for pipes" has no Korean words in docs/evidence/korean.toml, '
                                             '[notes]'),
                           (f"{KOREAN_WORDS}:2", '[notes] has no use for "Only for streams"'))
        self.assertIn("Only for pipes.", self.korean_row("one_facts.FirstFact")[-1])

    def test_a_reason_without_korean_words(self):
        self.add(made.facts_json(made.report("Wine 8.0", FirstFact="skipped"), made.report("Wine 8.0")))
        self.assert_fault(f"{made.RESULTS}/wine-8.0-msvc-19.40.json:8",
                          '"it does | otherwise" has no Korean words in docs/evidence/korean.toml, [reasons]')
        self.replace(KOREAN_WORDS, "[reasons]", '[reasons]\n"it does | otherwise" = "다르게 한다"')
        self.update()
        self.assert_no_fault()
        *_, wine, windows, how = self.korean_row("one_facts.FirstFact")
        self.assertEqual((wine, windows), ("다름", "아직"))
        self.assertTrue(how.endswith("Wine 8.0: 다르게 한다."), how)

    def test_korean_words_that_are_miswritten(self):
        words = '"Only for streams" = "스트림에서만 그렇다"'
        for new, message in ((f"{words}\n{words}", "no TOML"), (f"{words}\n[more]", "there are two tables"),
                             ('"Only for streams" = 1', "are one line"),
                             ('"Only for streams" = " "', "are one line"),
                             ('"Only for streams" = "a | b"', "are one line")):
            with self.subTest(message):
                self.write(KOREAN_WORDS, self.files[KOREAN_WORDS])
                self.replace(KOREAN_WORDS, words, new)
                self.assertIn(message, self.run_check("--update")[1][0])

    def test_without_a_korean_edition_nobody_needs_korean_words(self):
        (self.root / "README.ko.md").unlink()
        (self.root / KOREAN_WORDS).unlink()
        (self.root / KOREAN_PAGE).unlink()
        (self.root / KOREAN_ONE).unlink()
        self.update()
        self.assert_no_fault()
        self.assertFalse((self.root / KOREAN_PAGE).exists())
