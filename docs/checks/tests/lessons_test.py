"""Tests of check_lessons.py: a tree without fault passes, and each kind of fault is found."""

import unittest

from checks import lessons
from checks.frame import PARTS, minutes_to_read
from checks.tests.fixture import Fixture
from checks.markdown import Document, slug_of

SOURCE = """
    #include "echo_server.hpp"

    void echo() {
        //! [post-receive]
        if (::WSARecv(socket) != 0) {

            return;
        }
        //! [inner]
        ::recv(socket);
        //! [inner]
        //! [post-receive]
    }
"""
LESSON = """
    # One

    - **You will learn**: this
      and that.
    - **Builds on**: nothing.
    - **Time**: 5 minutes
    - **By the end you can**: say so.
    - **What must always hold**: here.
      1. This.
      2. That.
    - **Predict before you read on**: the answers are [at the end](#what-you-predicted).
      1. Is it so?
      2. Why?

    ## The code

    It calls
    [`WSARecv`](https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-wsarecv).

    <!-- snippet: echo_server.cpp [post-receive] -->
    ```cpp
    if (::WSARecv(socket) != 0) {

        return;
    }
    ::recv(socket);
    ```

    - In a list:

      <!-- snippet: /01_one/echo_server.cpp [inner] -->
      ```cpp
      ::recv(socket);
      ```

    ```sh
    ./tutorial run 01_one_echo
    ```

    ## Facts

    | Claim | Test |
    |---|---|
    | `a | b` is a claim | [`FirstFact`](tests/facts_test.cpp) |
    | Another one | [`one_facts.SecondFact`](tests/facts_test.cpp) |
    | Every server | [`EchoesEveryByte`](../support/testing/echo_contract.hpp) |

    ## What you predicted

    1. It is.
    2. Because.

    Next: [two](../02_two/README.md).
"""
FACTS = """
    TEST_F(one_facts, FirstFact) {}
    // TEST_F(one_facts, NoFactAtAll) {}
    TEST(
        one_facts, SecondFact) {}
"""
LAST_LESSON = """
    # Two

    - **You will learn**: more.
    - **Builds on**: [one](../01_one/README.md#the-code).
    - **Time**: 5 minutes
    - **By the end you can**: say more.
    - **What must always hold**: there.
      1. This.
      2. That.
    - **Predict before you read on**: the answers are [at the end](#what-you-predicted).
      1. Is it more?
      2. How much?

    ## What you predicted

    1. It is.
    2. Twice.

    Back to [the front](../README.md).
"""
L1 = "01_one/README.md"
CPP = "01_one/echo_server.cpp"


class CheckLessonsTest(Fixture):
    check = lessons
    files = {
        "README.md": "# Front\n\n[One](01_one/README.md), [two](02_two/).\n",
        "CONTRIBUTING.md": "# Contributing\n\nSee [the front](README.md#front).\n",
        L1: LESSON,
        CPP: SOURCE,
        "01_one/tests/facts_test.cpp": FACTS,
        "02_two/README.md": LAST_LESSON,
        "support/win32/calls.cpp": "int i = ::CreateFileW() + ::GetQueuedCompletionStatus();\n"
                                   "int j = ::select();\n",
        "support/testing/echo_contract.hpp": "TYPED_TEST_P(echo, EchoesEveryByte) {}\n",
    }

    def line(self, text: str, path: str = L1) -> str:
        """file:line of the first line in `path` that contains `text`."""
        for number, line in enumerate(self.read(path).split("\n"), 1):
            if text in line:
                return f"{path}:{number}"
        raise AssertionError(f"no {text} in {path}")

    def test_a_tree_without_fault(self):
        self.assertEqual(self.assert_no_fault(),
                         "3 lessons, 2 snippets, 2 facts, 12 links, 0 exercises, 0 mutations: no fault")

    # Usage

    def test_exit_codes_of_the_program(self):
        self.assertEqual(self.exit_code("--root", str(self.root)), 0)
        self.replace(L1, "5 minutes", "10 minutes")
        self.assertEqual(self.exit_code("--root", str(self.root)), 1)
        self.assertEqual(self.exit_code("--no-such-option"), 2)
        self.assertEqual(self.exit_code("--root", str(self.root / "nowhere")), 2)

    def test_a_tree_without_chapters(self):
        for path in self.files:
            (self.root / path).unlink()
        self.assert_fault(".:1", "no chapter")

    # Regions of sources

    def test_a_block_that_differs(self):
        self.replace(CPP, "        return;", "        throw 1;")
        self.assert_fault(self.line("    return;"), "the source has '    throw 1;'")

    def test_a_block_that_is_too_short(self):
        self.replace(L1, "}\n::recv(socket);\n```", "}\n```")
        self.assert_fault(f"{L1}:26", "the source has '::recv(socket);'")

    def test_a_block_that_is_too_long(self):
        self.replace(L1, "}\n::recv(socket);\n", "}\n::recv(socket);\n// more\n")
        self.assert_fault(self.line("// more"), "the end of the block")

    def test_a_block_of_another_indent(self):
        self.replace(L1, "    return;", "  return;")
        self.assert_fault(self.line("  return;"), "differs from echo_server.cpp [post-receive]")

    def test_an_unused_region(self):
        self.replace(CPP, "    ::recv(socket);\n",
                     "    //! [alone]\n    ::recv(socket);\n    //! [alone]\n")
        self.assert_fault(self.line("[alone]", CPP), "no lesson quotes [alone]")

    def test_an_unclosed_region(self):
        self.replace(CPP, "    //! [inner]\n    //! [post-receive]", "    //! [post-receive]")
        self.assert_faults((self.line("[inner]", CPP), "not closed"),
                           (self.line("[inner] -->"), "it has [post-receive]"))

    def test_a_region_name_used_twice(self):
        self.replace(CPP, "void echo", "//! [inner]\nint i;\n//! [inner]\nvoid echo")
        line = int(self.line("::recv", CPP).split(":")[1])
        self.replace(L1, "  ::recv(socket);", "  int i;")
        self.assert_faults((f"{CPP}:{line - 1}", "used twice in this file, first on line 3"),
                           (f"{CPP}:{line + 1}", "used twice"))

    def test_an_empty_region(self):
        self.replace(CPP, "    //! [inner]\n    ::recv(socket);\n", "    //! [inner]\n")
        self.run_check("--update")
        self.assert_fault(self.line("[inner]", CPP), "empty")

    def test_a_region_with_a_bad_name(self):
        self.replace(CPP, "void echo", "//! [bad name]\nvoid echo")
        self.assert_fault(f"{CPP}:3", "no name of a region")

    def test_regions_of_cmake_and_shell(self):
        tag = "# [build]"
        self.write("01_one/CMakeLists.txt", f"{tag}\nadd_library(one)\n{tag}\n")
        self.write("tutorial", f"#!/bin/sh\n{tag}\n: build\n{tag}\n")
        at = self.append(L1, "<!-- snippet: CMakeLists.txt [build] -->\n```cmake\n"
                             "add_library(one)\n```\n\n"
                             "<!-- snippet: ../tutorial [build] -->\n```sh\n: build\n```")
        self.assert_no_fault()
        self.replace(L1, "add_library(one)", "add_library(two)")
        self.replace(L1, ": build", ": install")
        self.assert_faults((f"{L1}:{at + 2}", "'add_library(one)'"),
                           (f"{L1}:{at + 7}", "': build'"))

    # Blocks of lessons

    def test_code_without_a_snippet(self):
        for language in ("cpp", "c++", "cmake", "C++", "python", ""):
            with self.subTest(language):
                self.setUp()
                at = self.append(L1, f"```{language}\nint i;\n```")
                self.assert_fault(f"{L1}:{at}", "without a line <!-- snippet: FILE [region] -->")

    def test_code_without_a_snippet_in_a_quote(self):
        at = self.append(L1, "> ```cpp\n> int i;\n> ```")
        self.assert_fault(f"{L1}:{at}", "a cpp block without")

    def test_code_by_indent(self):
        at = self.append(L1, "Like this:\n\n    int i;\n\n    int j;")
        self.assert_fault(f"{L1}:{at + 2}", "use a fenced block")

    def test_free_languages_need_no_snippet(self):
        for language in ("sh", "console", "text", "mermaid"):
            self.append(L1, f"```{language}\nA --> B\n```")
        self.assert_no_fault()

    def test_a_block_that_is_not_closed(self):
        at = self.append("README.md", "```sh\nls")
        self.assert_fault(f"README.md:{at}", "not closed")

    def test_a_snippet_without_a_block(self):
        at = self.append(L1, "<!-- snippet: echo_server.cpp [inner] -->")
        self.assert_fault(f"{L1}:{at}", "no code block right below")

    def test_a_snippet_of_an_unknown_file(self):
        self.replace(L1, "echo_server.cpp [post", "ech_server.cpp [post")
        self.assert_faults((self.line("ech_server"), "did you mean 01_one/echo_server.cpp?"),
                           (self.line("[post-receive]", CPP), "unused"))

    def test_a_snippet_of_a_file_that_is_no_source(self):
        at = self.append(L1, "<!-- snippet: README.md [x] -->\n```cpp\n```")
        self.assert_fault(f"{L1}:{at}", "is not a source file")

    def test_a_snippet_of_an_unknown_region(self):
        at = self.append(L1, "<!-- snippet: echo_server.cpp [x] -->\n```cpp\n```")
        self.assert_fault(f"{L1}:{at}", "no region [x] in 01_one/echo_server.cpp; "
                                        "it has [inner], [post-receive]")

    def test_a_snippet_line_that_is_miswritten(self):
        at = self.append(L1, "<!-- snippet echo_server.cpp inner -->\n```sh\n```")
        self.assert_fault(f"{L1}:{at}", "write this as")

    def test_a_snippet_line_that_is_only_shown(self):
        self.append(L1, "````text\n<!-- snippet: no.cpp [x] -->\n```cpp\nint i;\n```\n````")
        self.assert_no_fault()

    # --update

    def test_update_copies_the_sources(self):
        before = self.read(L1)
        self.replace(L1, "\n    return;", "\n  old;\n  older;")
        self.replace(L1, "  ::recv(socket);\n", "")
        code, lines = self.run_check("--update")
        self.assertEqual((code, lines[0]), (0, f"updated {L1}"))
        self.assertEqual(self.read(L1), before)

    def test_update_changes_nothing_that_is_right(self):
        before = self.read(L1)
        self.assertEqual(self.run_check("--update"),
                         (0, ["3 lessons, 2 snippets, 2 facts, 12 links, 0 exercises, 0 mutations: no fault"]))
        self.assertEqual(self.read(L1), before)

    def test_update_adds_a_missing_block(self):
        at = self.append(L1, "<!-- snippet: echo_server.cpp [inner] -->")
        self.assertEqual(self.run_check("--update")[0], 0)
        self.assertEqual(self.read(L1).split("\n")[at:at + 3], ["```cpp", "::recv(socket);", "```"])

    def test_update_leaves_a_shown_marker_alone(self):
        self.append(L1, "````text\n<!-- snippet: echo_server.cpp [inner] -->\n```cpp\nx\n```\n````")
        before = self.read(L1)
        self.run_check("--update")
        self.assertEqual(self.read(L1), before)

    def test_update_still_reports_what_it_cannot_mend(self):
        self.replace(L1, "5 minutes", "10 minutes")
        self.assertEqual(self.run_check("--update")[0], 1)

    # Facts

    def test_a_claim_without_its_test(self):
        self.replace(L1, "[`FirstFact`]", "[`FirstFakt`]")
        self.assert_faults(
            (self.line("FirstFakt"), "has no test FirstFakt; did you mean FirstFact?"),
            ("01_one/tests/facts_test.cpp:1", f"no claim in {L1} links to FirstFact"))

    def test_a_claim_of_a_test_in_another_suite(self):
        self.replace(L1, "one_facts.SecondFact", "two_facts.SecondFact")
        self.assert_fault(self.line("SecondFact"), "has no test SecondFact")

    def test_a_claim_of_a_contract_that_does_not_exist(self):
        self.replace(L1, "EchoesEveryByte", "EchoesEveryBit")
        self.assert_fault(self.line("EchoesEveryBit"), "has no test EchoesEveryBit")

    def test_a_test_that_is_commented_out(self):
        self.replace(L1, "[`FirstFact`](tests/facts_test.cpp)",
                     "[`FirstFact`](tests/facts_test.cpp), [`NoFactAtAll`](tests/facts_test.cpp)")
        self.assert_fault(self.line("NoFactAtAll"), "has no test NoFactAtAll")

    def test_a_fact_that_no_lesson_states(self):
        self.write("01_one/tests/more_facts_test.cpp", "\nTEST_P(more_facts, Unsaid) {}\n")
        self.assert_fault("01_one/tests/more_facts_test.cpp:1", "links to Unsaid")

    def test_a_fact_of_a_deeper_lesson(self):
        self.write("02_two/server/tests/facts_test.cpp", "TEST(server_facts, Deep) {}\n")
        self.assert_fault("02_two/server/tests/facts_test.cpp:1", "no claim in 02_two/README.md")
        self.write("02_two/server/README.md", "# Server\n\n[`Deep`](tests/facts_test.cpp)\n")
        self.assert_no_fault()

    def test_a_row_that_names_no_test(self):
        self.replace(L1, "| Every server |", "| Unproved | [the tests](tests/facts_test.cpp) |\n"
                                             "| Every server |")
        self.assert_fault(self.line("Unproved"), "names no test in its last cell")

    def test_a_table_with_the_column_windows(self):
        self.replace(L1, "| Claim | Test |\n|---|---|", "| Claim | Test | Windows |\n|---|---|---|")
        self.replace(L1, "[`FirstFact`](tests/facts_test.cpp) |",
                     "[`FirstFact`](tests/facts_test.cpp) | [seen](../README.md) |")
        self.replace(L1, "| Every server | [`EchoesEveryByte`](../support/testing/echo_contract.hpp) |",
                     "| Every server | [`EchoesEveryByte`](../support/testing/echo_contract.hpp) | – |")
        self.replace(L1, "[`one_facts.SecondFact`](tests/facts_test.cpp) |", "its test | seen |")
        self.assert_faults((self.line("its test"), "names no test in its last cell"),
                           ("01_one/tests/facts_test.cpp:3", "links to SecondFact"))

    def test_a_table_of_something_else(self):
        self.append(L1, "| Model | Threads |\n|---|:-:|\n"
                        "| [`FirstFact`](tests/facts_test.cpp) shows one | 1 |\n| two | 2 |")
        self.assert_no_fault()

    def test_facts_of_the_korean_edition(self):
        korean = self.read(L1).replace("You will learn", "배울 것").replace("Builds on", "앞선 장")
        self.write("01_one/README.ko.md", korean.replace("Time", "시간"))
        self.assert_no_fault()
        self.replace("01_one/README.ko.md", "[`FirstFact`](tests/facts_test.cpp)",
                     "[`one_facts.SecondFact`](tests/facts_test.cpp)")
        self.assert_fault("01_one/tests/facts_test.cpp:1", "no claim in 01_one/README.ko.md")

    # Links

    def test_links_that_lead_nowhere(self):
        for text, message in (
                ("[a](../02_tow/README.md)", "did you mean 02_two/README.md?"),
                ("![a](picture.svg)", "there is no 01_one/picture.svg"),
                ('<img src="picture.svg" alt="">', "there is no 01_one/picture.svg"),
                ("[![a](picture.svg)](../README.md)", "there is no 01_one/picture.svg"),
                ("[a\nb](no.md)", "there is no 01_one/no.md"),
                ("[a][no]\n\n[no]: no.md", "there is no 01_one/no.md"),
                ("[a][undefined]", "a label that is not defined"),
                ("[a]()", "links to nothing"),
                ("[a](../02_two/README.md#three)", "02_two/README.md has no heading #three"),
                ("[a](../02_two/#three)", "02_two/README.md has no heading #three"),
                ("[a](#the-cod)", "did you mean the-code?"),
                ("[a](#)", "has no heading #"),
                ("[a](echo_server.cpp#echo)", "only a Markdown file has anchors"),
                ("[a](echo_server.cpp#L3)", "a line number moves"),
                ("[a](https://github.com/libuv/libuv/blob/v1.x/src/a.c#L3-L9)", "a line number"),
                ("[a](/README.md)", "relative to this file's folder"),
                ("[a](../../README.md)", "relative to this file's folder"),
                ("[a](http://example.org/)", "begins with https://"),
                ("<http://example.org/>", "begins with https://"),
                ("[a](mailto:a@example.org)", "begins with https://"),
                ("[a](https://example/)", "is no address"),
                ("[a](https://[x/)", "is no address")):
            with self.subTest(text):
                self.setUp()
                at = self.append(L1, text)
                code, lines = self.run_check()
                self.assertEqual(code, 1)
                self.assertTrue(lines[0].startswith(f"{L1}:{at}: ")
                                or lines[0].startswith(f"{L1}:{at + 2}: "), lines)
                self.assertIn(message, lines[0])

    def test_links_that_lead_somewhere(self):
        self.write("01_one/a picture.svg", "<svg/>")
        self.write("02_two/더.md", "# 완료 포트 (IOCP)란?\n\n# Twice\n\n# Twice\n")
        for text in ("![a](a%20picture.svg)", "![a](<a picture.svg>)", "[a](..)", "[a](../02_two/)",
                     "[a](https://example.org/a_(b)?c#d 'title')", "[a][x] [x] [x]: y\n\n[X]: #one",
                     "[a](../02_two/더.md#완료-포트-iocp란)", "[a](../02_two/#two)",
                     "[a](../02_two/%EB%8D%94.md#twice-1)", '<a id="here"></a>[a](#here)',
                     "`[a](nowhere)` ``[`a`](nowhere)`` \\[a](nowhere) - [ ] array[0]",
                     "<!-- [a](nowhere) -->", "```text\n[a](nowhere)\n```"):
            with self.subTest(text):
                self.append(L1, text)
                self.assert_no_fault()

    def test_links_of_other_markdown(self):
        for path in ("CONTRIBUTING.md", "docs/glossary.md", "support/README.md", "README.md"):
            with self.subTest(path):
                self.setUp()
                self.write(path, "# Front\n\n[a](nowhere.md)\n")
                self.assert_fault(f"{path}:3", "nowhere.md")

    def test_a_file_that_git_ignores_is_not_there(self):
        self.write(".gitignore", "made.svg\n")
        self.write("01_one/made.svg", "<svg/>")
        at = self.append(L1, "![a](made.svg)")
        self.assert_fault(f"{L1}:{at}", "there is no 01_one/made.svg")

    # Calls

    def test_a_call_without_its_page(self):
        for text in ("`recv`", "`::recv`", "`recv()`", "`recv(socket, …)`", "`CreateFileW`",
                     "`CreateFile`", "[`recv`](echo_server.cpp)", "`GetQueuedCompletionStatus`",
                     "| a |\n|---|\n| `recv` |", "`Zap`"):
            with self.subTest(text):
                self.setUp()
                self.replace(CPP, "::recv(socket);", "::recv(socket), ::Zap(harness::Zip());")
                self.run_check("--update")
                at = self.append(L1, text)
                self.assert_fault(f"{L1}:{at + text.count(chr(10))}", "link it to Microsoft's page")

    def test_a_call_that_links_to_another_page(self):
        self.replace(L1, "nf-winsock2-wsarecv)", "nf-winsock2-wsasend)")
        self.assert_fault(self.line("`WSARecv`"), "links to a page of another name")
        self.replace(L1, "[`WSARecv`]", "[`recv`]")
        self.assert_fault(self.line("`recv`"), "links to a page of another name")

    def test_calls_with_their_pages(self):
        page = "https://learn.microsoft.com/en-us/windows/win32/api/"
        self.append(L1, f"[`recv` and more]({page}winsock/nf-winsock-recv), then `recv` again, "
                        f"[`CreateFile`]({page}fileapi/nf-fileapi-createfilew), `CreateFileW`, "
                        f"[`select`][s], `--wait select`, `Zip`, and\n\n# `WSASend`\n\n"
                        f"```text\n`WSASend`\n```\n\n[s]: {page}winsock2/nf-winsock2-select?x=y")
        self.assert_no_fault()

    def test_calls_of_the_root_lesson(self):
        at = self.append("README.md", "`WSARecv`")
        self.assert_fault(f"README.md:{at}", "link it")

    # The head and the end

    def test_a_chapter_without_a_lesson(self):
        self.write("03_three/a.cpp", "int i;\n")
        self.replace("02_two/README.md", "[the front](../README.md)", "[three](../03_three/)")
        self.assert_fault("03_three:1", "no lesson")

    def test_a_lesson_without_a_title(self):
        self.replace("02_two/README.md", "# Two", "## Two")
        self.assert_fault("02_two/README.md:1", "begins with its title")

    def test_a_head_that_lacks_a_part(self):
        for part in PARTS:
            with self.subTest(part):
                self.setUp()
                self.replace("02_two/README.md", f"**{part}**", "**Other**")
                at = self.line("**Other**", "02_two/README.md")
                self.assert_fault(at, f"here belongs the bullet - **{part}**:")

    def test_a_head_of_five_bullets(self):
        self.replace("02_two/README.md", "- **By the end you can**: say more.\n", "")
        self.assert_fault("02_two/README.md:1", "6 bullets such as - **…**: …, and no line between "
                                                "them; here are 5")

    def test_a_head_that_comes_late(self):
        self.replace("02_two/README.md", "# Two\n", "# Two\n\nWords.\n")
        self.assert_fault("02_two/README.md:1", "here are 0")

    def test_a_part_that_says_nothing(self):
        self.replace("02_two/README.md", "**You will learn**: more.", "**You will learn**:")
        self.assert_fault("02_two/README.md:3", "nothing follows")

    def test_a_part_with_a_list_that_it_has_not(self):
        self.replace("02_two/README.md", "say more.\n", "say more.\n  1. This.\n")
        self.assert_fault("02_two/README.md:6", "0 lines such as")

    def test_a_part_without_its_list(self):
        for gone, place, message in (("  1. This.\n  2. That.\n", "02_two/README.md:7", "2 to 7"),
                                     ("  2. How much?\n", "02_two/README.md:10", "2 lines")):
            with self.subTest(gone):
                self.setUp()
                self.replace("02_two/README.md", gone, "")
                code, lines = self.run_check()
                self.assertEqual(code, 1)
                self.assertEqual(len(lines), 2, lines)
                self.assertIn(message, lines[0])

    def test_questions_without_answers(self):
        self.replace("02_two/README.md", "## What you predicted", "## What is next")
        self.replace("02_two/README.md", "[at the end](#what-you-predicted)", "below")
        self.assert_fault("02_two/README.md:10", "answers these questions")

    def test_a_time_that_is_not_true(self):
        for time in ("25 minutes", "half an hour", "20-30 minutes"):
            with self.subTest(time):
                self.setUp()
                self.replace("02_two/README.md", "5 minutes", time)
                self.assert_fault("02_two/README.md:5", "write - **Time**: 5 minutes")

    def test_words_and_code_take_time(self):
        self.append("02_two/README.md", "word " * 5900)
        self.assert_fault("02_two/README.md:5", "write - **Time**: 30 minutes")
        self.append("02_two/README.md", "```text\n" + "a line\n\n" * 150 + "```")
        self.assert_fault("02_two/README.md:5", "write - **Time**: 45 minutes")

    def test_exercises_and_their_answers_take_no_time(self):
        self.append("02_two/README.md", "## Exercises\n\n" + "word " * 9000
                    + "\n\n### More\n\n```text\n" + "a line\n" * 500 + "```")
        self.assert_no_fault()
        self.append("02_two/README.md", "## The exercises are over\n\n" + "word " * 5900)
        self.assert_fault("02_two/README.md:5", "write - **Time**: 30 minutes")

    def test_a_lesson_that_takes_too_long(self):
        self.append("02_two/README.md", "word " * 9200)
        self.assert_fault("02_two/README.md:5", "minutes to read; cut it to 45")

    def test_a_lesson_that_takes_a_little_too_long(self):
        lesson = Document("02_two/README.md", self.read("02_two/README.md"))
        self.append("02_two/README.md", "word " * (9001 - round(200 * minutes_to_read(lesson))))
        self.assert_fault("02_two/README.md:5", "takes 45.1 minutes to read; cut it to 45")

    def test_details_are_held_to_quoting(self):
        self.write("01_one/details.md", "# One: details\n\n```cpp\nint i;\n```\n")
        self.assert_fault("01_one/details.md:3", "a cpp block without a line")

    def test_a_lesson_below_a_chapter(self):
        self.write("05_iocp/README.md", self.read("02_two/README.md").replace(
            "the front](../README.md)", "the pool](server/pool/README.md)"))
        self.replace("02_two/README.md", "the front](../README.md)", "five](../05_iocp/README.md)")
        pool = self.read("05_iocp/README.md").replace("server/pool/README.md", "../../../README.md")
        self.write("05_iocp/server/pool/README.md", pool.replace("../01_one", "../../../01_one"))
        self.assert_no_fault()
        self.replace("05_iocp/README.md", "server/pool/README.md", "../README.md")
        self.assert_fault(self.line("Back to", "05_iocp/README.md"),
                          "no link to the next lesson, 05_iocp/server/pool/README.md")
        self.replace("05_iocp/README.md", "../README.md", "server/pool/README.md")
        self.replace("05_iocp/server/pool/README.md", "Time", "Times")
        self.assert_fault("05_iocp/server/pool/README.md:5", "here belongs")

    def test_a_korean_edition_has_its_own_words_and_its_own_time(self):
        korean = self.read("02_two/README.md")
        for part, words in zip(PARTS, ("배울 것", "앞선 장", "시간", "할 수 있게 되는 것", "늘 지켜야 하는 것",
                                       "읽기 전에 짐작해 볼 것")):
            korean = korean.replace(f"**{part}**", f"**{words}**")
        korean = korean.replace("5 minutes", "10분").replace("What you predicted", "짐작한 것")
        self.write("02_two/README.ko.md", korean.replace("#what-you-predicted", "#짐작한-것"))
        self.assert_no_fault()

    def test_a_korean_head_that_lacks_a_part(self):
        korean = self.read("02_two/README.md").replace("- **Builds", "**Builds")
        self.write("02_two/README.ko.md", korean)
        self.assert_fault("02_two/README.ko.md:1", "here are 1")

    def test_a_lesson_that_does_not_lead_on(self):
        self.replace(L1, "Next: [two](../02_two/README.md).", "The end.")
        self.assert_fault(self.line("The end."), "no link to the next lesson, 02_two/README.md")
        self.replace(L1, "## The code\n", "## The code\n\n[two](../02_two/README.md)\n")
        self.assert_fault(self.line("The end."), "no link to the next lesson")

    def test_a_last_lesson_that_does_not_lead_back(self):
        self.replace("02_two/README.md", "(../README.md)", "(../01_one/README.md)")
        self.assert_fault("02_two/README.md:19", "../README.md or ../comparison")

    def test_a_lesson_that_leads_on_above_its_labels(self):
        text = self.read(L1) + "\n" + "".join(f"[l{n}]: https://example.org/\n" for n in range(20))
        self.write(L1, text)
        self.assert_no_fault()


class MarkdownTest(unittest.TestCase):
    def test_slugs(self):
        for heading, slug in (("Run it", "run-it"), ("What breaks, & why?", "what-breaks--why"),
                              ("`WSARecv` in *one* line", "wsarecv-in-one-line"),
                              ("[A link](x.md) here", "a-link-here"), ("snake_case", "snake_case"),
                              ("_so_ it is", "so-it-is"), ("C++20: 64-bit", "c20-64-bit"),
                              ("겹친 입출력 — Overlapped I/O", "겹친-입출력--overlapped-io")):
            self.assertEqual(slug_of(heading), slug)

    def test_a_comment_of_several_lines_holds_no_block_and_no_heading(self):
        document = Document("a.md", "<!--\n# No\n```cpp\n-->\n# Yes\n")
        self.assertEqual(document.blocks, [])
        self.assertEqual(document.anchors, {"yes"})

    def test_headings_in_a_block_are_no_anchors(self):
        document = Document("a.md", "~~~sh\n# No\n```\n~~~\n\n# Yes #\n")
        self.assertEqual(document.anchors, {"yes"})
        self.assertEqual([(b.first, b.last, b.lines) for b in document.blocks],
                         [(1, 4, ["# No", "```"])])
