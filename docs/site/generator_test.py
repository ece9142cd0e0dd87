"""The parts that make pages, on texts made up for it."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parent)]

from generator import diagrams, player, search  # noqa: E402
from generator.figures import scoped, themed  # noqa: E402
from generator.finish import Finish  # noqa: E402
from generator.markup import Markup  # noqa: E402
from generator.player import Player  # noqa: E402


def markup() -> Markup:
    return Markup(lambda text, target: f"to:{target}", lambda words, target: f"<img {target}>")


class MarkupTest(unittest.TestCase):
    def test_emphasis_that_begins_with_a_quote(self):
        self.assertEqual(markup().inline('*"A" is it.* And **b**.'),
                         '<em>"A" is it.</em> And <strong>b</strong>.')

    def test_emphasis_with_a_korean_particle(self):
        self.assertEqual(markup().inline("*완료 통지*라고 한다"), "<em>완료 통지</em>라고 한다")

    def test_stars_of_code_and_of_products_are_none(self):
        self.assertEqual(markup().inline("`*p` and 2 * 3 * 4"),
                         '<code class="short">*p</code> and 2 * 3 * 4')

    def test_code_is_never_markup(self):
        self.assertEqual(markup().inline("`a<b> && [x](y)`"),
                         '<code class="short">a&lt;b&gt; &amp;&amp; [x](y)</code>')

    def test_a_link_may_hold_code_and_brackets(self):
        self.assertEqual(markup().inline("[`f`](a(b).md#c)"),
                         '<a href="to:a(b).md#c"><code class="short">f</code></a>')

    def test_what_stands_in_brackets_beside_no_target(self):
        self.assertEqual(markup().inline("a[`i`] <b [*x* & y]"),
                         'a[<code class="short">i</code>] &lt;b [<em>x</em> &amp; y]')

    def test_what_looks_like_a_tag_in_prose_is_kept_apart(self):
        self.assertEqual(markup().inline("1 < 2 & 3"), "1 &lt; 2 &amp; 3")

    def test_a_list_in_a_list(self):
        self.assertEqual(markup().blocks("1. one\n   - a\n   - b\n2. two").replace("\n", ""),
                         "<ol><li>one<ul><li>a</li><li>b</li></ul></li><li>two</li></ol>")

    def test_a_quote_is_a_box(self):
        self.assertEqual(markup().blocks('one\n\n> **a**: "b"\n> c\n\ntwo').replace("\n", " "),
                         '<p>one</p> <blockquote><p><strong>a</strong>: "b" c</p></blockquote> '
                         '<p>two</p>')

    def test_a_bar_after_a_backslash_parts_no_cells(self):
        table = markup().blocks("| a | b |\n|---|---|\n| `x \\| y` | z |")
        self.assertIn('<td data-head="a"><code class="short">x | y</code></td>'
                      '<td data-head="b">z</td>', table)
        self.assertEqual(table.count("<td"), 2)

    def test_a_table_of_sentences_is_known_by_its_length(self):
        head = "| Claim | Test |\n|---|---|\n"
        self.assertIn('"table sentences"', markup().blocks(head + f"| {'word ' * 20}| `Test` |"))
        self.assertIn('"table"', markup().blocks(head + "| 1 | 2 |\n| 3 | 4 |"))

    def test_a_column_in_another_language_says_so(self):
        self.assertIn('<td data-head="한국어" lang="ko">스레드</td>',
                      markup().blocks("| Term | 한국어 |\n|---|---|\n| thread | 스레드 |"))

    def test_a_linked_picture_keeps_its_link(self):
        figures = Markup(lambda text, target: target,
                         lambda words, target: f'<div class="figure">{words}</div>')
        self.assertEqual(figures.blocks('<p>\n<a href="x"><img alt="y" src="z"></a>\n</p>'),
                         '<div class="figure"><a href="x">y</a></div>')

    def test_what_a_reader_may_unfold_lies_around_its_paragraphs(self):
        folded = "<details>\n<summary>The *answer*</summary>\n\none\n\n- two\n\n</details>"
        self.assertEqual(markup().blocks(f"before\n\n{folded}\n\nafter").replace("\n", ""),
                         "<p>before</p><details><summary>The <em>answer</em></summary><p>one</p>"
                         "<ul><li>two</li></ul></details><p>after</p>")

    def test_a_long_name_is_broken_between_its_words(self):
        self.assertEqual(markup().inline("`RecvReturnsWithWhateverHasArrived`"),
                         "<code>Recv<wbr>Returns<wbr>With<wbr>Whatever<wbr>Has<wbr>Arrived</code>")

    def test_an_anchor_belongs_to_its_page(self):
        page = Markup(lambda text, target: target, lambda words, target: "", "", "evidence")
        self.assertEqual(page.inline('<a id="a.b"></a>c<br>d'),
                         '<a id="evidence-a.b"></a>c<br>d')

    def test_a_comment_is_left_out(self):
        self.assertEqual(markup().blocks("<!-- no -->\nyes"), "<p>yes</p>")


class DiagramTest(unittest.TestCase):
    def draw(self, text: str) -> str:
        return diagrams.draw(text.split("\n"), lambda target: f"to:{target}")

    def test_a_sequence_has_each_participant_message_and_note(self):
        svg = self.draw("sequenceDiagram\nparticipant A as thread A\nA->>B: go\nB-->>A: done\n"
                        "Note over A,B: both<br/>wait")
        for text in ("thread A", ">B<", ">go<", ">done<", ">both<", ">wait<"):
            self.assertIn(text, svg)
        self.assertEqual(svg.count('class="message'), 2)
        self.assertEqual(svg.count("dashed"), 1)

    def test_a_flowchart_has_links_and_a_form_for_a_phone(self):
        svg = self.draw('flowchart LR\na["one"] --> b[two] -.-> c\nclick a "x.md"')
        self.assertEqual(svg.count("<svg"), 2)
        self.assertEqual(svg.count('href="to:x.md"'), 2)

    def test_states_have_a_beginning(self):
        svg = self.draw("stateDiagram-v2\n[*] --> open: accepted\nopen --> ended")
        self.assertIn("accepted", svg)
        self.assertEqual(svg.count('class="node"'), 3)

    def test_what_is_not_known_is_a_fault(self):
        for text in ("pie title x", "sequenceDiagram\nloop x", "flowchart LR\na ~~~ b",
                     "stateDiagram-v2\nnote left of x"):
            with self.assertRaises(diagrams.DiagramError, msg=text):
                self.draw(text)


class SearchTest(unittest.TestCase):
    INDEX = ('var indexSectionsWithContent =\n{\n  0: "e",\n  1: "e"\n};\n\n'
             'var indexSectionNames =\n{\n  0: "all",\n  1: "classes"\n};\n')
    ROWS = ("var searchData=\n[\n  ['echo_5fserver_0',['echo_server',['../a.html',1,'one'],"
            "['../b.html',1,'two']]]\n];\n")

    def test_ours_stand_around_the_names_of_the_code(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for path, text in {"searchdata.js": self.INDEX, "all_0.js": self.ROWS,
                               "classes_0.js": self.ROWS, "all_0.html": "all_0.js"}.items():
                (folder / path).write_text(text, encoding="utf-8")
            search.Search(folder).add(
                [search.Entry("Echo", "Echo <>", "e.html", "first"),
                 search.Entry("완료 키", "key", "k.html", "")],
                [search.Entry("echo-x", "x", "x.html", "last")])
            rows = [(row[0], row[1][1][2]) for row in json.loads(
                (folder / "all_0.js").read_text(encoding="utf-8").split("=")[1].rstrip(";\n"))]
            self.assertEqual(rows, [("echo_0", "first"), ("echo_5fserver_1", "one"),
                                    ("echo_5fserver_2", "two"), ("echo_2dx_3", "last")])
            self.assertIn('0: "e완"', (folder / "searchdata.js").read_text(encoding="utf-8"))
            self.assertIn("완료_20키_0", (folder / "all_1.js").read_text(encoding="utf-8"))
            self.assertEqual((folder / "all_1.html").read_text(encoding="utf-8"), "all_1.js")


class FigureTest(unittest.TestCase):
    STYLE = ".a,.b{fill:#fff}@media (prefers-color-scheme:dark){.a{fill:#000}}"

    def test_rules_follow_the_sites_switch(self):
        self.assertEqual(themed(self.STYLE, ".t"),
                         ".t .a,.t .b{fill:#fff}html.dark-mode .t .a{fill:#000}")

    def test_a_pictures_rules_stay_within_it(self):
        self.assertIn("[data-name=x] .a", scoped(f"<svg><style>{self.STYLE}</style></svg>", "x"))


class Sources:
    """A tree of texts."""

    def __init__(self, texts: dict[str, str]):
        self.texts = texts
        self.files = sorted(texts)

    def read(self, path: str) -> str:
        return self.texts[path]


class PlayerTest(unittest.TestCase):
    SERVER = """\
static bool send_all(SOCKET socket) {
    return ::send(socket, "::recv()", 1, 0) != 0; // ::send() again
}

class group {
    void take() noexcept {
        ::send(self.socket.get(), "", 0, 0);
    }
};

echo_server::echo_server(int port)
    : accept_ex_{load(port)},
      port_{::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0)} {}

void echo_server::serve() noexcept {
    const BOOL done = accept_ex_(listener_.get(), nullptr,
                                 0);
    send_all(one);
}

void port::associate(HANDLE file) {
    ::CancelIoEx(file, nullptr);
}
"""

    def player(self, *names: str) -> Player:
        films = {f"docs/timelines/pictures/{program}.json":
                 json.dumps({"program": program, "names": names})
                 for program in ("01_x_echo", "01_x_deep_echo")}
        return Player(Sources(films | {
            "01_x/CMakeLists.txt": "tutorial_program(01_x_echo echo_main.cpp)\n",
            "01_x/deep/CMakeLists.txt": "tutorial_program(01_x_deep_echo\n  echo_main.cpp)\n",
            "01_x/deep/operation.cpp": "void operation::start() {\n    ::send(0);\n    self.accept_ex_(self.listener_);\n}\n",
            "01_x/echo_server.cpp": self.SERVER,
            "01_x/copy_file.cpp": "void copy() {\n    ::send(0);\n}\n",
            "01_x/tests/facts_test.cpp": "void fact() {\n    ::send(0);\n}\n",
            "support/win32/owner.hpp": "struct owner {\n"
                                       "    static void close(int s) noexcept { ::closesocket(s); }\n};\n"
        }))

    def places(self, *names: str) -> list[tuple]:
        return [(each["call"], each["line"], each["name"], each["on"])
                for each in self.player(*names).places("01_x_echo")]

    def test_a_place_is_a_call_of_the_programs_own_source(self):
        self.assertEqual(self.places("send"), [("send", 2, "send_all", ""),
                                               ("send", 7, "take", "session")])

    def test_a_program_that_is_built_in_a_folder_below_has_its_sources_there(self):
        self.assertEqual([(each["path"], each["name"])
                          for each in self.player("send").places("01_x_deep_echo")],
                         [("01_x/deep/operation.cpp", "start")])
        self.assertEqual([each["on"] for each in self.player("AcceptEx").places("01_x_deep_echo")],
                         ["listener"])

    def test_a_function_that_was_asked_of_a_socket_stands_in_a_member(self):
        self.assertEqual(self.places("AcceptEx"), [("AcceptEx", 16, "serve", "listener")])

    def test_a_call_on_a_file_says_so(self):
        self.assertEqual(self.places("CancelIoEx"), [("CancelIoEx", 22, "associate", "file")])

    def test_a_call_before_the_body_is_the_constructors(self):
        self.assertEqual(self.places("CreateIoCompletionPort"),
                         [("CreateIoCompletionPort", 13, "echo_server", "none")])

    def test_what_the_chapter_does_not_call_is_called_below(self):
        self.assertEqual(self.places("closesocket"), [("closesocket", 2, "close", "")])

    def test_functions_that_call_each_other_are_near(self):
        send_all, take = self.player("send").places("01_x_echo")
        self.assertEqual((send_all["near"], take["near"]), (["serve"], []))

    def test_the_page_lists_the_places_as_links(self):
        page = self.player("send").single("01_x_echo")
        self.assertIn('<a href="source:01_x/echo_server.cpp#2">send_all</a>', page)
        self.assertIn('<script src="film-01_x_echo.js"></script>', page)

    def test_a_picture_without_a_film_has_no_player(self):
        self.assertEqual(self.player("send").single("02_y_echo"), "")

    def test_the_modules_become_one_script(self):
        texts = {path: f"import {{ a }} from './a.mjs';\n\nexport function f{at}() {{}}\n"
                 for at, path in enumerate(player._MODULES)}
        script = Player(Sources(texts)).script()
        self.assertNotIn("import", script)
        self.assertNotIn("export", script)
        self.assertIn("function f0() {}", script)


class FinishTest(unittest.TestCase):
    def finished(self, text: str) -> tuple[str, list[str]]:
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder, "page.html")
            page.write_text(text, encoding="utf-8")
            Path(folder, "a_source.html").write_text(
                "<title>Name: 01_x/a.cpp Source File</title>", encoding="utf-8")
            faults = Finish(Path(folder)).run({"LICENSE": "file-license.html"})
            return page.read_text(encoding="utf-8"), faults

    def test_no_variable_of_the_tree_begins_with_a_digit(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "01_a.js").write_text("var 01_a =\n[ ];", encoding="utf-8")
            Path(folder, "dir.js").write_text('[ "a.hpp", "01_a.html", "01_a" ]', encoding="utf-8")
            Finish(Path(folder)).run({})
            self.assertEqual(Path(folder, "file_01_a.js").read_text(encoding="utf-8"),
                             "var file_01_a =\n[ ];")
            self.assertEqual(Path(folder, "dir.js").read_text(encoding="utf-8"),
                             '[ "a.hpp", "01_a.html", "file_01_a" ]')

    def test_links_to_lines_of_sources(self):
        self.assertEqual(self.finished('<a href="source:01_x/a.cpp#12">'),
                         ('<a href="a_source.html#l00012">', []))
        self.assertEqual(self.finished('<a href="source:LICENSE">'),
                         ('<a href="file-license.html">', []))

    def test_a_link_to_nothing_is_a_fault(self):
        self.assertEqual(self.finished('<a href="source:gone.cpp">')[1],
                         ["no page shows gone.cpp"])

    def test_what_the_copies_add_is_taken_out(self):
        text = '<span class="comment">    /** \\cond */</span> a <span class="comment">// b</span>'
        self.assertEqual(self.finished(text)[0], 'a <span class="comment">// b</span>')


if __name__ == "__main__":
    unittest.main()
