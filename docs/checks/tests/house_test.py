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
        self.write("01_one/a.cpp", "//! [all]\n" + "int i;\n" * 250 + "//! [all]\n")
        self.write("01_one/tests/a_test.cpp", "int i;\n" * 251)
        self.write("02_two/server/a.cpp", "int i;\n" * 251)
        self.assert_no_fault()
        self.write("01_one/a.cpp", "int i;\n" * 251)
        self.assert_fault("01_one/a.cpp:251", "251 lines without tags")

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

    # Circles

    def test_folders_that_include_each_other(self):
        self.write("02_two/server/pool/port.hpp", '#include "server/session.hpp"\n')
        self.write("02_two/server/a.cpp", '#include "server/pool/port.hpp"\n')
        self.assert_fault(
            "02_two/server/pool/port.hpp:1",
            "includes 02_two/server/session.hpp, and so closes a circle of folders, 02_two/server -> "
            "02_two/server/pool -> 02_two/server: 02_two/server/a.cpp:1 includes "
            "02_two/server/pool/port.hpp")

    def test_a_longer_circle_is_reported_where_the_fewest_includes_are(self):
        for folder, following in (("a", "b"), ("b", "c"), ("c", "a")):
            self.write(f"support/{folder}/one.hpp", f'#include "{following}/one.hpp"\n')
        for folder, following in (("a", "b"), ("c", "a")):
            self.write(f"support/{folder}/two.hpp", f'int i;\n#include "{following}/one.hpp"\n')
        self.assert_fault("support/b/one.hpp:1",
                          "support/a -> support/b -> support/c -> support/a: support/a/one.hpp:1 "
                          "includes support/b/one.hpp; support/c/one.hpp:1 includes")

    def test_every_circle_and_every_include_that_closes_it_is_reported(self):
        for name in ("one", "two"):
            self.write(f"support/a/{name}.hpp", '#include "win32/deep/deep.hpp"\n')
            self.write(f"support/win32/{name}.cpp", f'#include "a/{name}.hpp"\n')
        self.write("support/win32/deep/deep.hpp", '#include "win32/windows.hpp"\n')
        self.write("support/win32/deep/more.hpp", 'int i;\n#include "win32/windows.hpp"\n')
        self.write("comparison/load/load.hpp", '#include "table.hpp"\n')
        self.write("comparison/main.cpp", '#include "load/load.hpp"\n')
        self.assert_faults(("comparison/load/load.hpp:1", "comparison -> comparison/load"),
                           ("support/win32/deep/deep.hpp:1", "support/win32/deep -> support/win32 -> "),
                           ("support/win32/deep/more.hpp:2", "support/win32/deep -> support/win32 -> "))

    def test_folders_in_one_direction(self):
        self.write("02_two/server/tests/a_test.cpp", '#include "server/session.hpp"\n'
                                                     '#include "server/pool/port.hpp"\n')
        self.write("02_two/server/pool/port.hpp", '#include "ready_list.hpp"\n')
        self.write("02_two/server/pool/ready_list.hpp", '#include "port.hpp"\n')
        self.write("02_two/server/a.cpp", '#include "server/pool/port.hpp"\n')
        self.assert_no_fault()

    # Links in CMake

    def with_cmake(self, path: str, text: str) -> None:
        self.write("comparison/CMakeLists.txt", """
            tutorial_library(tutorial_comparison main.cpp)
            tutorial_program(comparison main.cpp LIBRARIES tutorial_comparison)
            add_custom_target(demo COMMAND comparison)
            add_dependencies(comparison 01_one_echo)
        """)
        self.write("comparison/peers/CMakeLists.txt",
                   "peer_program(peer_asio main.cpp)\nadd_executable(comparison_test_server a.cpp)\n")
        self.write("01_one/CMakeLists.txt",
                   "include(${CMAKE_CURRENT_LIST_DIR}/../cmake/tutorial.cmake)\n"
                   "tutorial_library(one a.cpp)\n# not of comparison: tutorial_comparison\n"
                   "tutorial_program(01_one_echo a.cpp LIBRARIES one tutorial_win32)\n")
        self.write("support/CMakeLists.txt", "tutorial_library(tutorial_win32 a.cpp)\n")
        if text:
            self.write(path, self.read(path) + text if (self.root / path).exists() else text)

    def test_links_that_are_allowed(self):
        self.with_cmake("", "")
        self.assert_no_fault()

    def test_a_chapter_links_nothing_of_the_comparison(self):
        for text, what in (
                ("target_link_libraries(two PUBLIC tutorial_comparison)",
                 "tutorial_comparison of comparison/"),
                ("tutorial_tests(two_tests a.cpp LIBRARIES two tutorial_comparison)",
                 "tutorial_comparison of comparison/"),
                ("add_dependencies(two peer_asio)", "peer_asio of comparison/"),
                ("add_test(NAME a COMMAND $<TARGET_FILE:comparison_test_server>)",
                 "comparison_test_server of comparison/"),
                ("add_custom_target(measured DEPENDS demo)", "demo of comparison/"),
                ("add_subdirectory(../comparison/peers peers)", "the folder comparison/"),
                ("target_include_directories(two PUBLIC ${TUTORIAL_ROOT}/comparison)",
                 "the folder comparison/")):
            for path in ("02_two/CMakeLists.txt", "02_two/apps/CMakeLists.txt",
                         "support/CMakeLists.txt"):
                with self.subTest(f"{path}: {text}"):
                    self.setUp()
                    self.with_cmake(path, f"{text}\n")
                    line = 2 if path.startswith("support") else 1
                    self.assert_fault(f"{path}:{line}", f"uses {what}: ")

    def test_neither_support_nor_a_chapter_links_another_chapter(self):
        for path in ("02_two/CMakeLists.txt", "support/CMakeLists.txt"):
            for name in ("one", "01_one_echo"):
                with self.subTest(f"{path}: {name}"):
                    self.setUp()
                    self.with_cmake(path, f"add_dependencies(x\n  {name})\n")
                    line = 3 if path.startswith("support") else 2
                    self.assert_fault(f"{path}:{line}", f"uses {name} of 01_one/: ")

    def test_the_comparison_knows_the_chapters_as_programs(self):
        self.with_cmake("comparison/CMakeLists.txt",
                        "target_link_libraries(tutorial_comparison PUBLIC one)\n")
        self.assert_fault("comparison/CMakeLists.txt:5", "uses one of 01_one/: comparison/ knows")

    # The header that stands in several chapters

    def test_the_copies_declare_the_same(self):
        text = "/// \\file\n/// {0}\nnamespace {0} {{\nint copy(int from);\nint size();\n}}\n"
        self.write("01_one/copy_file.hpp", text.format("one"))
        self.write("02_two/copy_file.hpp", "// More words.\n" + text.format("two"))
        self.assert_no_fault()
        for old, new, line, has in (("int from", "int source", 5, "int copy(int from);"),
                                    ("int size();\n", "", 6, "int size();"),
                                    ("}\n", "}\nint more;\n", 8, "nothing more")):
            with self.subTest(new):
                self.write("02_two/copy_file.hpp",
                           "// More words.\n" + text.format("two").replace(old, new))
                self.assert_fault(f"02_two/copy_file.hpp:{line}",
                                  f"declares something else than 01_one/copy_file.hpp, which has "
                                  f"here: {has}")
