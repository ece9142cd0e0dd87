"""Tests checks/korean_spelling.py. Hunspell and Debian's hunspell-ko have to be there."""

import shutil
import unittest

from checks.korean_spelling import misspelt, words_of
from checks.korean_tools import plain
from checks.markdown import Document


class WordsTest(unittest.TestCase):
    def test_particle_behind_a_name_is_no_word(self):
        document = Document("x.ko.md", "`recv`가 온다.\nTCP로 [값](a.md)을 *읽는다*.\n")
        self.assertEqual(words_of(document), {"온다": 1, "값": 2, "읽는다": 2})

    def test_code_has_no_words(self):
        self.assertEqual(words_of(Document("x.ko.md", "```text\n글자\n```\n")), {})

    def test_what_is_put_into_a_text_of_a_tool_is_no_word(self):
        for line in ("pending: (call) => `${call}를 부른다`,", 'set(ko_a "@call@를 부른다")',
                     'call="{}를 부른다"', "<a href=\"x\">call</a>를 부른다"):
            self.assertEqual(set(words_of(Document("x", f"\n{plain(line)}"))), {"부른다"}, line)
        self.assertEqual(plain("set(en_a runs)"), "")


@unittest.skipUnless(shutil.which("hunspell"), "no hunspell here")
class SpellingTest(unittest.TestCase):
    def test_dictionary(self):
        self.assertEqual(misspelt(["기다린다", "기달린다"], [], set()), {"기달린다"})

    def test_noun_of_ours_with_each_ending(self):
        words = ["논블로킹을", "논블로킹를", "뮤텍스를", "뮤텍스을", "논블로킹으로"]
        self.assertEqual(misspelt(words, ["논블로킹", "뮤텍스"], set()), {"논블로킹를", "뮤텍스을"})

    def test_ending_that_the_dictionary_joins_to_few_words(self):
        self.assertEqual(misspelt(["바이트씩", "바이드씩"], [], set()), {"바이드씩"})

    def test_whole_word(self):
        self.assertEqual(misspelt(["기달린다"], [], {"기달린다"}), set())


if __name__ == "__main__":
    unittest.main()
