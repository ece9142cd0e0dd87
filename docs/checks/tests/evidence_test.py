"""Tests of check_evidence.py: what it checks, what it writes, and which files it takes in."""

import json
import shutil
import subprocess
import unittest

from checks import evidence
from checks.command import ROOT
from checks.tests.fixture import Fixture

PAGE = "https://learn.microsoft.com/windows/win32/"
ONE, TWO = "01_one/README.md", "02_two/README.md"
ONE_FACTS = "01_one/tests/facts_test.cpp"
ONE_ROWS = "docs/evidence/01_one.toml"
EVIDENCE = "docs/evidence.md"
RESULTS = "docs/evidence/results"
LESSON = """
    # One

    Said by the way: [`WSAPollRefuses64KiB`](tests/facts_test.cpp).

    Receiving:

    | Claim | Test |
    |---|---|
    | `a | b` calls [`WSARecv`](https://learn.microsoft.com/x(y)). ¹ | [`FirstFact`](tests/facts_test.cpp) |
    | Every server | [`EchoesEveryByte`](../support/testing/echo_contract.hpp) |

    No line leads this one.

    | Claim | Test |
    |---|---|
    | Last. | [`one_facts.SecondFact`](tests/facts_test.cpp) |

    | Contract | Test |
    |---|---|
    | Every server | [`EchoesEveryByte`](../support/testing/echo_contract.hpp) |
"""
ROWS = f"""
    [one_facts.FirstFact]
    asserted = ["wine dlls/tests/sock.c test_recv", "go net/net_test.go TestRecv"]
    documented = ["{PAGE}api/winsock2/nf-winsock2-wsarecv"]
    note = "Only for streams"

    [one_facts.SecondFact]
    documented = ["{PAGE}fileio/alertable-i-o#remarks"]

    [one_facts.WSAPollRefuses64KiB]
"""


def report(system="Windows 10.0.22631", **outcomes) -> dict:
    """What GoogleTest says of one program's facts: passed, skipped, or the text of a failure."""
    tests = []
    for name, outcome in outcomes.items():
        test = {"name": name, "status": "RUN", "result": "COMPLETED"}
        if outcome == "skipped":
            test |= {"result": "SKIPPED", "skipped_because": "it does | otherwise"}
        elif outcome != "passed":
            test["failures"] = [{"failure": outcome}]
        tests.append(test)
    return {"timestamp": "2026-11-28T19:13:33Z", "system": system,
            "compiler": "MSVC 19.40.33811.0", "build": "Release",
            "testsuites": [{"name": "one_facts", "testsuite": tests}]}


def facts_json(one: dict | None, two: dict | None = None, *more: dict) -> str:
    programs = [("01_one_tests", one), ("02_two_tests", two), *(("01_one_tests", each)
                                                                for each in more)]
    return json.dumps({"commit": "0123456789ab", "programs": [
        {"program": name, "exit": "0", "report": each} for name, each in programs]})


class EvidenceFixture(Fixture):
    """Two chapters with their evidence, and the texts that are made of it."""
    check = evidence
    files = {
        "README.md": "# Front\n\n<!-- evidence -->\n<!-- /evidence -->\n",
        "CONTRIBUTING.md": "# Contributing\n\n## The facts on Windows\n",
        ONE: LESSON,
        ONE_FACTS: "TEST_F(one_facts, FirstFact) {}\nTEST_F(one_facts, SecondFact) {}\n"
                   "TEST_F(one_facts, WSAPollRefuses64KiB) {}\n",
        TWO: "# Two\n\n| Claim | Test |\n|---|---|\n"
             "| Two. | [`Two`](deep/tests/facts_test.cpp) |\n",
        "02_two/deep/tests/facts_test.cpp": "TEST_F(two_facts, Two) {}\n",
        "support/testing/echo_contract.hpp": "TYPED_TEST_P(echo, EchoesEveryByte) {}\n",
        "support/win32/calls.cpp": "int i = ::WSARecv(s) + ::AcceptEx(s);\n",
        ONE_ROWS: ROWS,
        "docs/evidence/02_two.toml": "[two_facts.Two]\n",
        "docs/evidence/sources.toml": f"""
            [suites]
            wine = {{ name = "Wine", address = "https://example.org/wine/" }}
            go = {{ name = "Go", address = "https://example.org/go/" }}
            [pages]
            "{PAGE}fileio/alertable-i-o" = "Alertable I/O"
        """,
    }

    def setUp(self):
        super().setUp()
        self.update()

    def update(self) -> None:
        self.run_check("--update")

    def add(self, text: str) -> tuple[int, list[str]]:
        file = self.root / "build-facts.json"
        file.write_text(text, encoding="utf-8")
        try:
            return self.run_check("--add", str(file))
        finally:
            file.unlink()

    def row(self, fact: str) -> list[str]:
        """The cells of a fact's row in the page."""
        line = next(each for each in self.read(EVIDENCE).split("\n") if f'id="{fact}"' in each)
        return line.strip("| ").split(" | ")

    def column(self, path: str) -> list[str]:
        return [line.strip("| ").split(" | ")[-1] for line in self.read(path).split("\n")
                if line.startswith("|")]

    def change(self, old: str, new: str) -> None:
        """Changes the rows, and writes afresh what is written out of them."""
        self.replace(ONE_ROWS, old, new)
        self.update()


class CheckEvidenceTest(EvidenceFixture):

    # Usage

    def test_a_tree_without_fault(self):
        self.assertEqual(self.assert_no_fault(), "4 facts, 4 rows, 0 runs: no fault")

    def test_exit_codes_of_the_program(self):
        self.assertEqual(self.exit_code("--root", str(self.root)), 0)
        self.assertEqual(self.exit_code("--root", str(self.root), "--add", str(self.root / "no.json")), 1)
        self.write(ONE_ROWS, "")
        self.assertEqual(self.exit_code("--root", str(self.root)), 1)
        self.assertEqual(self.exit_code("--no-such-option"), 2)
        self.assertEqual(self.exit_code("--root", str(self.root / "nowhere")), 2)

    def test_update_changes_nothing_that_is_right(self):
        self.assertEqual(self.run_check("--update"),
                         (0, ["4 facts, 4 rows, 0 runs: no fault"]))

    # The rows

    def test_a_fact_without_a_row(self):
        self.change("[one_facts.WSAPollRefuses64KiB]\n", "")
        self.assert_fault(f"{ONE_FACTS}:3", f"no row [one_facts.WSAPollRefuses64KiB] in {ONE_ROWS}")

    def test_a_chapter_without_rows(self):
        (self.root / ONE_ROWS).unlink()
        self.update()
        self.assert_fault(f"{ONE_ROWS}:1", "missing")

    def test_a_chapter_with_an_empty_file(self):
        self.write("docs/evidence/02_two.toml", "")
        self.assert_fault("02_two/deep/tests/facts_test.cpp:1", "no row [two_facts.Two]")

    def test_rows_of_a_chapter_that_is_not_there(self):
        self.write("docs/evidence/03_three.toml", "")
        self.assert_fault("docs/evidence/03_three.toml:1", "no such chapter")

    def test_a_row_without_its_fact(self):
        self.change("[one_facts.SecondFact]", "[one_facts.SecondFakt]")
        self.assert_faults(
            (f"{ONE_ROWS}:6", "is called one_facts.SecondFakt; did you mean one_facts.SecondFact?"),
            (f"{ONE_FACTS}:2", "no row [one_facts.SecondFact]"))

    def test_a_row_in_the_wrong_chapter(self):
        self.change("[one_facts.WSA", "[two_facts.Two]\n\n[one_facts.WSA")
        self.assert_fault(f"{ONE_ROWS}:9", "no fact of 01_one is called two_facts.Two")

    def test_two_rows_of_one_fact(self):
        self.replace(ONE_ROWS, "[one_facts.WSA", "[one_facts.FirstFact]\n\n[one_facts.WSA")
        self.update()
        self.assert_fault(f"{ONE_ROWS}:9", "no TOML")

    def test_rows_that_are_miswritten(self):
        first = 'note = "Only for streams"'
        for new, message in (
                ('remark = "x"', "remark: a row has"), ("note = 1", "note: a row has"),
                ('asserted = "wine a/b.c test"', "asserted is a list of texts"),
                ("asserted = [1]", "asserted is a list of texts"),
                ('asserted = ["wine test_recv"]', 'write this as "wine dlls/'),
                ('asserted = ["wine /a/b.c test"]', 'write this as "wine dlls/'),
                ('asserted = ["wine a/b.c#L3 test"]', 'write this as "wine dlls/'),
                ('asserted = ["wines a/b.c test"]', "no suite wines; did you mean wine?"),
                ('documented = ["http://learn.microsoft.com/a"]', "a page of Microsoft's begins"),
                (f'documented = ["{PAGE.replace("windows", "en-us/windows", 1)}a"]', "no language"),
                ('documented = ["https://example.org/"]', "a page of Microsoft's begins"),
                (f'documented = ["{PAGE}fileio/other"]', "has no title of this page"),
                (f'documented = ["{PAGE}api/x/nf-x-noknowncall"]', "has no title of this page")):
            with self.subTest(new):
                self.setUp()
                key = new.split(" ")[0]
                rows = [line for line in self.read(ONE_ROWS).split("\n")
                        if line != first and not line.startswith(f"{key} = [\"wine dlls")
                        and "nf-winsock2" not in line]
                rows.insert(1, new)
                (self.root / ONE_ROWS).write_text("\n".join(rows), encoding="utf-8")
                self.update()
                self.assert_fault(f"{ONE_ROWS}:1", message)

    def test_sources_that_are_miswritten(self):
        self.replace("docs/evidence/sources.toml", "https://example.org/go/", "http://example.org/")
        self.replace("docs/evidence/sources.toml", "[pages]", '[pages]\n"https://a.org/" = "A"')
        self.update()
        self.assert_faults(("docs/evidence/sources.toml:1", "go: a suite has"),
                           ("docs/evidence/sources.toml:1", "https://a.org/: a page"))

    # The page

    def test_the_page_says_how_we_know(self):
        claim, windows, how = self.row("one_facts.FirstFact")[-3:]
        self.assertTrue(claim.endswith("calls `WSARecv`.<br>"
                                       "[`FirstFact`](../01_one/tests/facts_test.cpp)"), claim)
        self.assertEqual(windows, "not yet")
        self.assertEqual(how, "Asserted: [Wine: sock.c, test_recv](https://example.org/wine/"
                              "dlls/tests/sock.c); [Go: net_test.go, TestRecv]"
                              "(https://example.org/go/net/net_test.go). Documented: [`WSARecv`]"
                              f"({PAGE}api/winsock2/nf-winsock2-wsarecv). Only for streams.")
        self.assertEqual(self.row("one_facts.SecondFact")[-1],
                         f"Documented: [Alertable I/O]({PAGE}fileio/alertable-i-o#remarks).")
        self.assertEqual(self.row("two_facts.Two")[-1], "Expected, unproved.")

    def test_a_page_of_an_extension_function_is_called_as_the_function(self):
        self.change("api/winsock2/nf-winsock2-wsarecv", "api/mswsock/nc-mswsock-lpfn_acceptex")
        self.assertIn("Documented: [`AcceptEx`](", self.row("one_facts.FirstFact")[-1])

    def test_the_page_has_the_tables_of_the_lessons(self):
        text = self.read(EVIDENCE)
        self.assertIn("## 1. One\n\nReceiving:\n\n| Claim", text)
        self.assertEqual(text.count("No line leads this one"), 0)
        self.assertIn("In the lesson's text:\n\n", text)
        self.assertIn("</a>WSA poll refuses 64 ki b.<br>", text)
        self.assertLess(text.index("FirstFact"), text.index("SecondFact"))

    def test_a_table_without_a_lead_says_which_lesson_it_is_from(self):
        self.assertIn("## 2. Two\n\n| Claim", self.read(EVIDENCE))
        self.write("02_two/deep/README.md",
                   self.read(TWO).replace("# Two", "# Deep").replace("deep/tests", "tests"))
        self.write(TWO, "# Two\n")
        self.update()
        self.assertIn("## 2. Two\n\nDeep:\n\n| Claim", self.read(EVIDENCE))

    def test_the_page_counts(self):
        text = self.read(EVIDENCE)
        self.assertIn("| Chapter | Facts | Seen | Asserted | Documented | Expected |", text)
        self.assertIn("| [1. One](#1-one) | 3 | 0 | 1 | 1 | 1 |", text)
        self.assertIn("| All | 4 | 0 | 1 | 1 | 2 |", text)

    def test_the_page_explains_a_missing_answer_only_where_one_is_missing(self):
        self.assertNotIn("*No answer* below", self.read(EVIDENCE))
        self.add(facts_json(report(FirstFact="passed"), report()))
        self.assertIn("*No answer* below means", self.read(EVIDENCE))

    def test_a_page_that_is_out_of_date(self):
        self.replace(EVIDENCE, "| All | 4 |", "| All | 5 |")
        at = self.read(EVIDENCE)[:self.read(EVIDENCE).index("| All | 5 |")].count("\n") + 1
        self.assert_fault(f"{EVIDENCE}:{at}", "docs/check_evidence.py --update writes it")
        (self.root / EVIDENCE).unlink()
        self.assert_fault(f"{EVIDENCE}:1", "--update writes it")

    def test_the_column_in_the_lessons(self):
        asserted = "[asserted](../docs/evidence.md#one_facts.FirstFact)"
        documented = "[documented](../docs/evidence.md#one_facts.SecondFact)"
        contract = "[`EchoesEveryByte`](../support/testing/echo_contract.hpp)"
        self.assertEqual(self.column(ONE), ["Windows", "---|---|---", asserted, "–", "Windows",
                                            "---|---|---", documented, "Test", "---|---", contract])
        self.assertIn("| `a | b` calls [`WSARecv`](https://learn.microsoft.com/x(y)). ¹ | "
                      f"[`FirstFact`](tests/facts_test.cpp) | {asserted} |\n", self.read(ONE))

    def test_a_column_that_is_out_of_date(self):
        self.replace(ONE, "| [documented](../docs/evidence.md#one_facts.SecondFact) |", "| seen |")
        at = self.read(ONE)[:self.read(ONE).index("| seen |")].count("\n") + 1
        self.assert_fault(f"{ONE}:{at}", "--update writes it")
        self.update()
        self.assert_no_fault()

    def test_the_line_of_the_front_page(self):
        self.assertIn("<!-- evidence -->\n**Nothing here has been run on Windows yet**, so none of the "
                      "4 facts in the lessons has been seen there. Public tests that run there "
                      "assert 1 of the facts, Microsoft's pages state 1 more, and 2 are expected: "
                      "[the evidence, fact by fact](docs/evidence.md). Where a public test covers "
                      "less than the claim, it says so.\n<!-- /evidence -->\n",
                      self.read("README.md"))

    def test_a_front_page_without_a_place_for_the_line(self):
        self.write("README.md", "# Front\n")
        self.assert_fault("README.md:1", "has no lines <!-- evidence -->")

    # Runs

    def test_a_test_that_ends_its_program_has_failed(self):
        content = json.loads(facts_json(report(FirstFact="passed"), report()))
        content["programs"].append({"program": "01_one_tests", "filter": "one_facts.SecondFact",
                                    "exit": "3", "report": None})
        self.add(json.dumps(content))
        self.assertIn("ended without an answer (exit 3)", self.read(EVIDENCE))

    def test_fewer_answers_do_not_replace_more(self):
        self.add(facts_json(report(FirstFact="passed", SecondFact="passed"), report()))
        code, lines = self.add(facts_json(report(FirstFact="passed"), report()))
        self.assertEqual(code, 1)
        self.assertIn("has 2 answers, and this one 1: remove that file first", lines[0])

    def test_a_faulty_row_changes_no_page(self):
        before = self.read(EVIDENCE)
        self.replace("docs/evidence/01_one.toml", "[one_facts.FirstFact]", "[one_facts.FirstFact")
        self.update()
        self.assertEqual(self.read(EVIDENCE), before)

    def test_a_run_is_kept_and_shown(self):
        code, lines = self.add(facts_json(
            report(FirstFact="passed",
                   SecondFact="C:\\me\\01_one\\tests\\facts_test.cpp:3\n  No"), report()))
        name = f"{RESULTS}/windows-10.0.22631-msvc-19.40.json"
        self.assertEqual(code, 0, lines)
        self.assertEqual(lines[0], f"wrote {name}: Windows 10.0.22631, MSVC 19.40.33811.0, 2 of 4 "
                                   "facts")
        self.assertEqual(json.loads(self.read(name)), {
            "system": "Windows 10.0.22631", "compiler": "MSVC 19.40.33811.0", "build": "Release",
            "commit": "0123456789ab", "date": "2026-11-28",
            "facts": {"one_facts.FirstFact": "passed",
                      "one_facts.SecondFact": "failed: facts_test.cpp:3 No"}})
        self.assertEqual(self.row("one_facts.FirstFact")[-2], "passed")
        self.assertEqual(self.row("one_facts.SecondFact")[-2], "**failed** (Windows 10.0.22631)")
        self.assertEqual(self.row("two_facts.Two")[-2], "no answer")
        self.assertEqual([cell.partition("]")[0] for cell in self.column(ONE)[2::4][:2]],
                         ["[seen", "[failed"])
        self.assertIn("Of the 4 facts in the lessons, 1 has been seen on Windows. 1 has failed there. "
                      "Public tests that run there assert 0 of the others", self.read("README.md"))
        self.assertIn("| Windows 10.0.22631 | MSVC 19.40.33811.0, Release | 2026-11-28 "
                      "| 1 | 0 | 1 |", self.read(EVIDENCE))
        self.assertIn("1 of the tests has passed nowhere yet: the systems that gave an answer do "
                      "otherwise.\n2 of the tests have no answer in any run yet.\n",
                      self.read(EVIDENCE))
        self.assert_no_fault()

    def test_runs_under_wine_have_a_column_for_each_version(self):
        for system in ("Wine 10.0", "Wine 8.0"):
            code, _ = self.add(facts_json(report(system, FirstFact="skipped"), report(system)))
            self.assertEqual(code, 0)
        self.assertIn("| Claim and test | Wine 8.0 | Wine 10.0 | Windows |", self.read(EVIDENCE))
        claim, *rest, how = self.row("one_facts.FirstFact")
        self.assertEqual(rest[-3:], ["differs", "differs", "not yet"])
        self.assertIn("Only for streams. Wine 8.0 and Wine 10.0: it does \\| otherwise.", how)

    def test_the_worst_of_several_runs_on_windows_counts(self):
        self.add(facts_json(report(FirstFact="passed", SecondFact="passed"), report()))
        self.add(facts_json(report("Windows 10.0.20348", FirstFact="wrong"),
                            report("Windows 10.0.20348")))
        self.assertEqual(self.row("one_facts.FirstFact")[-2], "**failed** (Windows 10.0.20348)")
        self.assertEqual(self.row("one_facts.SecondFact")[-2], "passed")

    def test_a_later_run_takes_the_place_of_the_first(self):
        self.add(facts_json(report(FirstFact="wrong"), report()))
        self.add(facts_json(report(FirstFact="passed"), report()))
        self.assertEqual(self.row("one_facts.FirstFact")[-2], "passed")

    def test_what_a_crash_leaves(self):
        code, _ = self.add(facts_json(None, report(), report(FirstFact="passed")))
        self.assertEqual(code, 0)
        self.assertEqual(self.row("one_facts.FirstFact")[-2], "passed")
        self.assertEqual(self.row("one_facts.SecondFact")[-2], "no answer")

    def test_results_of_facts_that_are_not_here_are_left_out(self):
        code, lines = self.add(facts_json(report(FirstFact="passed", Gone="passed"), report()))
        self.assertEqual(code, 0)
        self.assertTrue(lines[0].endswith("1 of 4 facts"), lines[0])
        self.assertEqual(lines[1], "left out, for there is no such fact here: one_facts.Gone")

    def test_a_fact_that_goes_leaves_its_old_result_alone(self):
        self.add(facts_json(report(FirstFact="passed", SecondFact="passed"), report()))
        self.write(ONE_FACTS, self.files[ONE_FACTS].replace("SecondFact", "NewFact"))
        self.write(ONE, self.files[ONE].replace("SecondFact", "NewFact"))
        self.change("SecondFact", "NewFact")
        self.assert_no_fault()

    def test_files_that_are_refused(self):
        good = facts_json(report(FirstFact="passed"), report())
        for text, message in (
                ("", "this is no facts.json, as the target `facts` writes it"),
                ("[1, 2]", "this is no facts.json, as the target `facts` writes it"),
                ('{"tests": 3}', "it lacks 'programs'"),
                (good.replace('"system"', '"cistern"'), "it lacks 'system'"),
                (good.replace("Windows 10.0.22631", "Linux 6.1"), "'Linux 6.1' is no system"),
                (good.replace("Windows 10.0.22631", "Windows ../../x"), "is no system"),
                (good.replace("MSVC 19.40.33811.0", "cl"), "'cl' is no compiler"),
                (good.replace("2026-11-28T", "yesterday"), "is no date"),
                (good.replace("02_two", "03_three"), "no program of 02_two was run"),
                (good.replace("COMPLETED", "SUPPRESSED"), "was not run: SUPPRESSED"),
                (good.replace("FirstFact", "Gone"), "no answer of any fact"),
                (facts_json(None, None), "no program gave a report"),
                (facts_json(report(), report("Wine 8.0")), "come from 2 systems")):
            with self.subTest(message):
                code, lines = self.add(text)
                self.assertEqual((code, len(lines)), (1, 1), lines)
                self.assertIn("build-facts.json: ", lines[0])
                self.assertIn(message, lines[0])
                self.assertFalse((self.root / RESULTS).exists())

    def test_kept_runs_that_were_changed_by_hand(self):
        self.add(facts_json(report(FirstFact="passed"), report()))
        name = f"{RESULTS}/windows-10.0.22631-msvc-19.40.json"
        kept = self.read(name)
        for text, message in (("{", "is no kept run"), ("[]", "is no kept run"),
                              (kept.replace('"passed"', '"good"'), "'good' is no outcome"),
                              (kept.replace("22631", "22632"), "belongs into windows-10.0.22632")):
            with self.subTest(message):
                self.write(name, text)
                self.update()
                self.assert_fault(f"{name}:1", message)


EVERY_FACT = "*facts.*:*facts/windows.*"

# Stands for a test program: passes One, and crashes in Two, or hangs.
FAKE = """\
#!/bin/sh
echo "$*" >>calls
case $* in
*list_tests*) printf 'Running main()\\nsuite_facts.\\n  One\\n' &&
    printf 'typed_facts/windows.  # TypeParam = a_port\\n  Two\\n' ;;
*=suite_facts.One*) echo '{"tests": 1, "failures": 0, "x": "a;b[c"}' >facts.report.json ;;
*) echo '{"tests": ' >facts.report.json && exit 3 ;;
esac
"""


@unittest.skipUnless(shutil.which("cmake") and shutil.which("sh"), "no CMake or no shell")
class RunFactsTest(Fixture):
    """cmake/run_facts.cmake, which joins what the programs say."""
    files = {"good.exe": '#!/bin/sh\necho "a.cpp(3): error: [1;2"\necho "[  FAILED  ] a_facts.B (3 ms)"\n'
                         'echo \'{"tests": 2, "failures": 1, "r": "SKIPPED"}\' '
                         ">facts.report.json\n", "bad.exe": FAKE}

    def test_one_crash_costs_one_answer(self):
        for name in self.files:
            (self.root / name).chmod(0o755)
        file = self.root / "facts.json"
        done = subprocess.run(
            ["cmake", "-D", f"PROGRAMS={self.root}/good.exe,{self.root}/bad.exe", "-D",
             f"FILE={file}", "-D", f"SOURCE={self.root}", "-P", ROOT / "cmake/run_facts.cmake"],
            capture_output=True, text=True, check=True)
        self.assertIn("Facts: 1 passed, 1 failed, 1 skipped, 1 without an answer\n", done.stderr)
        self.assertIn("[  FAILED  ] a_facts.B\n", done.stderr)
        self.assertNotIn("error", done.stdout + done.stderr)
        self.assertTrue(self.read("facts.log").startswith("a.cpp(3): error: [1;2\n[  FAILED  ] a_"))
        self.assertEqual(json.loads(file.read_text(encoding="utf-8")), {
            "commit": "unknown", "programs": [
                {"program": "good", "filter": EVERY_FACT, "exit": "0",
                 "report": {"tests": 2, "failures": 1, "r": "SKIPPED"}},
                {"program": "bad", "filter": EVERY_FACT, "exit": "3", "report": None},
                {"program": "bad", "filter": "suite_facts.One", "exit": "0",
                 "report": {"tests": 1, "failures": 0, "x": "a;b[c"}},
                {"program": "bad", "filter": "typed_facts/windows.Two", "exit": "3", "report": None}]})
        self.assertEqual(self.read("calls").split("\n")[0],
                         f"--gtest_filter={EVERY_FACT} --gtest_brief=1 "
                         "--gtest_output=json:facts.report.json")
