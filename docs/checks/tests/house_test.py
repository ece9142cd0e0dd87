"""Tests of check_house.py: a tree without fault passes, and each broken rule is found."""

from checks import house
from checks.tests.fixture import Fixture


class CheckHouseTest(Fixture):
    check = house
    files = {
        "01_one/echo_server.hpp": '#include "win32/windows.hpp"\n#include <vector>\n',
        "01_one/only_here.hpp": '#include "echo_server.hpp"\n',
        "01_one/tests/echo_server_test.cpp":
            '#include "echo_server.hpp"\n#include "testing/echo_contract.hpp"\n',
        "02_two/echo_server.hpp": "int i;\n",
        "02_two/server/session.hpp": '#include "echo_server.hpp"\n',
        "02_two/apps/chat.cpp": '#include "server/session.hpp"\n#include "session.hpp"\n',
        "comparison/main.cpp": '#include "win32/windows.hpp"\n#include "table.hpp"\n',
        "comparison/table.hpp": "int i;\n",
        "support/win32/windows.hpp": "#include <windows.h>\n",
        "support/testing/echo_contract.hpp": '#include "win32/windows.hpp"\n',
    }

    def test_a_tree_without_fault(self):
        self.assertEqual(self.assert_no_fault(), "2 chapters, 10 sources: no fault")

    def test_exit_codes_of_the_program(self):
        self.assertEqual(self.exit_code("--root", str(self.root)), 0)
        self.write("02_two/a.cpp", '#include "only_here.hpp"\n')
        self.assertEqual(self.exit_code("--root", str(self.root)), 1)
        self.assertEqual(self.exit_code("--no-such-option"), 2)
        self.assertEqual(self.exit_code("--root", str(self.root / "nowhere")), 2)

    def test_a_tree_without_chapters(self):
        for path in self.files:
            (self.root / path).unlink()
        self.assert_fault(".:1", "no chapter")

    def test_who_includes_whom(self):
        for path, name, included in (
                ("02_two/a.cpp", "only_here.hpp", "01_one/only_here.hpp"),
                ("02_two/a.cpp", "../01_one/echo_server.hpp", "01_one/echo_server.hpp"),
                ("02_two/apps/a.cpp", "01_one/echo_server.hpp", "01_one/echo_server.hpp"),
                ("02_two/tests/a.cpp", "table.hpp", "comparison/table.hpp"),
                ("support/testing/a.hpp", "echo_server.hpp", "01_one/echo_server.hpp"),
                ("support/win32/a.cpp", "table.hpp", "comparison/table.hpp"),
                ("comparison/a.cpp", "echo_server.hpp", "01_one/echo_server.hpp"),
                ("comparison/tests/a.cpp", "server/session.hpp", "02_two/server/session.hpp")):
            for include in (f'#include "{name}"', f"  #  include <{name}>"):
                with self.subTest(f"{path}: {include}"):
                    self.setUp()
                    self.write(path, f"// the first line\n{include}\n")
                    self.assert_fault(f"{path}:2", f"includes {included}: {path.split('/')[0]}/")

    def test_an_include_in_a_comment(self):
        self.write("02_two/a.cpp", '/*\n#include "only_here.hpp"\n*/\n')
        self.assert_no_fault()

    def test_the_length_of_a_lesson_source(self):
        self.write("01_one/a.cpp", "int i;\n" * 250)
        self.write("01_one/tests/a_test.cpp", "int i;\n" * 251)
        self.write("02_two/server/a.cpp", "int i;\n" * 251)
        self.assert_no_fault()
        self.write("01_one/a.cpp", "int i;\n" * 251)
        self.assert_fault("01_one/a.cpp:251", "251 lines")

    def test_skips(self):
        for code in ("GTEST_SKIP() << 1;", "TEST(a, DISABLED_b) {}", "TEST(DISABLED_a, b) {}"):
            with self.subTest(code):
                self.setUp()
                self.write("support/testing/facts.cpp", code)
                self.write("01_one/a.cpp", f"// {code}\n")
                self.assert_no_fault()
                self.write("01_one/tests/a_test.cpp", f"\nint i;\n{code}\n")
                self.assert_fault("01_one/tests/a_test.cpp:2", "wine_differences.cpp")

    def test_sleeps(self):
        for code in ("std::this_thread::sleep_for(1s);", "std::this_thread::sleep_until(then);",
                     "::Sleep(1);", "Sleep (1);"):
            for path in ("support/testing/a.hpp", "01_one/tests/a.hpp", "support/win32/a_test.cpp"):
                with self.subTest(f"{path}: {code}"):
                    self.setUp()
                    self.write(path, f"// a line\n{code}\n")
                    self.assert_fault(f"{path}:2", "never for time to pass")

    def test_waits_that_are_no_sleeps(self):
        self.write("01_one/tests/a_test.cpp",
                   '::SleepEx(INFINITE, TRUE); ::Sleep(0); ::Sleep(INFINITE); // not Sleep(1)\nf("Sleep(1)", R"(Sleep(1))");\n'
                   "const int n = 1'000; /* sleep_for(1s) */\n")
        self.write("01_one/demo.cpp", "::Sleep(1);\n")
        self.assert_no_fault()

    def test_a_sleep_behind_odd_quotes(self):
        self.write("01_one/tests/a_test.cpp", "f(1'000, '\"', \"//\"); ::Sleep(1); g('\"');\n")
        self.assert_fault("01_one/tests/a_test.cpp:1", "Sleep(")
