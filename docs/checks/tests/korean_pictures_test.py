"""Tests of the Korean pictures: what they say, and that check_korean.py holds them to the English ones."""

import unittest

from checks import korean
from checks.korean_pictures import in_korean
from checks.tests.fixture import Fixture

PICTURE = ('<svg font-family="sans-serif"><title id="title">One</title><desc>A long caption. 5 ms.</desc>'
           '<text class="ink">One</text><text class="faint">A long</text><text class="faint">caption.</text>'
           '<rect><title>send, 3 ms\nfrom 1 ms on\nsend(0x4) → ok, 2 bytes, 1 ms</title></rect></svg>')
ENGLISH = {"title": "One", "caption": "A long caption."}


class WordsTest(unittest.TestCase):
    def test_a_picture_says_in_korean_what_it_says_in_english(self):
        svg = in_korean(PICTURE, ENGLISH, {"title": "하나", "caption": "그림이다."})
        self.assertRegex(svg, '^<svg lang="ko" font-family="[^"]*Malgun Gothic[^"]*, sans-serif">')
        self.assertIn('<title id="title">하나</title><desc>그림이다. 5 ms.</desc>'
                      '<text class="ink">하나</text><text class="faint">그림이다.</text>'
                      '<text class="faint"></text><rect><title>송신, 3 ms\n1 ms부터\n'
                      'send(0x4) → 성공, 2바이트, 1 ms</title></rect>', svg)

    def test_a_caption_without_room_is_a_fault(self):
        with self.assertRaises(ValueError):
            in_korean(PICTURE, ENGLISH, {"title": "하나", "caption": "그림이다. " * 20})

    def test_a_picture_with_another_caption_is_a_fault(self):
        with self.assertRaises(ValueError):
            in_korean(PICTURE, ENGLISH | {"caption": "A long word."}, {"title": "하나", "caption": "그림이다."})


class PicturesTest(Fixture):
    check = korean
    folder = "docs/timelines/pictures"
    files = {"01_one/README.md": "# One", "01_one/README.ko.md": "# 하나\n<!-- en: one -->",
             f"{folder}/x.svg": PICTURE, f"{folder}.json": '{"x": {"title": "One", "caption": "A long caption."}}',
             f"{folder}.ko.json": '{"x": {"title": "하나", "caption": "그림이다."}}'}

    def setUp(self):
        super().setUp()
        self.run_check("--update")

    def test_update_draws(self):
        self.assert_no_fault()
        self.assertIn(">하나</text>", self.read(f"{self.folder}/x.ko.svg"))

    def test_english_picture_changes(self):
        self.replace(f"{self.folder}/x.svg", "5 ms", "6 ms")
        self.assert_fault(f"{self.folder}/x.ko.svg:1", f"is not what {self.folder}/x.svg and")
        self.run_check("--update")
        self.assert_no_fault()

    def test_english_caption_changes(self):
        for path in (f"{self.folder}.json", f"{self.folder}/x.svg"):
            (self.root / path).write_text(self.read(path).replace("caption.", "word."), encoding="utf-8")
        self.run_check("--update")
        self.assert_fault(f"{self.folder}.ko.json:1", "x is stale")  # nobody has looked at it
        self.run_check("--looked", f"{self.folder}.ko.json#y")
        self.assert_fault(f"{self.folder}.ko.json:1", "x is stale")
        self.run_check("--looked", f"{self.folder}.ko.json#x")
        self.assert_no_fault()

    def test_what_is_missing(self):
        (self.root / f"{self.folder}/x.svg").unlink()
        self.assert_fault(f"{self.folder}.json:1", "x has no picture")

    def test_caption_without_room(self):
        self.replace(f"{self.folder}.ko.json", "그림이다.", "그림이다. " * 20)
        self.assert_fault(f"{self.folder}.ko.json:1", "x: no room for")


if __name__ == "__main__":
    unittest.main()
