"""Checks the spelling of the Korean edition with Hunspell and Debian's hunspell-ko.

The dictionary has few words of the field. docs/korean-words.txt has ours: nouns, without endings, a line
each, and whole words behind a `=`. A noun of ours with an ending counts as right where a noun of the
dictionary with the same ending does.
"""

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from checks.korean import korean_documents
from checks.korean_tools import diagrams_of, korean_of_tools
from checks.markdown import TARGET, Document
from checks.tree import Tree, count

OPTIONS: dict = {}
LIST = "docs/korean-words.txt"

# A particle follows these without a space: a name in code type, a word in Latin letters, a number, a
# bracket. The particle is no word of its own then.
_NAME = re.compile(r"(?:`[^`]*`|[A-Za-z0-9_./:%+←→]+|[)\]}]|(?<=\S)[\"'*])+[가-힣]*")
_WORD = re.compile(r"[가-힣]+")
# Endings that the dictionary joins to few words only, with what may follow them. Without the ending the word
# has to be right.
_ENDING = re.compile(r"(?:씩|뿐|든|쯤|용|에서|부터|만|까지|마다|으로|하나|당)[가-힣]{0,3}$")
# A noun of the dictionary that takes 하다, 되다 and the particles of one that ends in no consonant, in ㄹ,
# in another consonant.
_VOWEL, _L, _CONSONANT = "공부", "건설", "생각"


def words_of(document: Document) -> dict[str, int]:
    """The Korean words in the prose, and the line of the first place of each."""
    found: dict[str, int] = {}
    prose = TARGET.sub("]", document.prose)  # no target has an end of a line
    for number, line in enumerate(prose.split("\n"), 1):
        for match in _WORD.finditer(_NAME.sub(" ", line)):
            found.setdefault(match[0], number)
    return found


def misspelt(words: Iterable[str], nouns: list[str], whole: set[str]) -> set[str]:
    """Those that neither the dictionary nor our list has."""
    unknown = _unknown_to_hunspell(set(words) - whole)
    replaced = {word: list(_like_it(word, nouns)) for word in unknown}
    wrong = _unknown_to_hunspell({each for likes in replaced.values() for each in likes})
    return {word for word in unknown if all(each in wrong for each in replaced[word])}


def _like_it(word: str, nouns: list[str]) -> Iterable[str]:
    """Words that are right only if `word` is: with a noun of the dictionary, and without an ending."""
    for each in (word, _ENDING.sub("", word)):
        if each != word and each:
            yield each
        for noun in nouns:
            if each.startswith(noun):
                yield _like(noun) + each[len(noun):]


def _like(noun: str) -> str:
    final = (ord(noun[-1]) - ord("가")) % 28
    return {0: _VOWEL, 8: _L}.get(final, _CONSONANT)


def _unknown_to_hunspell(words: set[str]) -> set[str]:
    done = subprocess.run(["hunspell", "-d", "ko_KR", "-i", "UTF-8", "-l"], input="\n".join(sorted(words)),
                          check=True, capture_output=True, text=True, encoding="utf-8")
    return set(done.stdout.split())


def run(root: Path, _) -> int:
    if not shutil.which("hunspell"):
        print("Hunspell is missing: apt install hunspell hunspell-ko")
        return 2
    tree = Tree(root)
    listed = [line.strip() for line in tree.read(LIST).split("\n") if line.strip() and line[0] != "#"]
    nouns = [line for line in listed if line[0] != "="]
    whole = {line[1:].strip() for line in listed if line[0] == "="}
    pages = korean_documents(tree)
    documents = [*pages, *map(diagrams_of, pages), *korean_of_tools(tree)]
    places = [(document.path, words_of(document)) for document in documents]
    everything = {word for _, words in places for word in words}
    wrong = misspelt(everything, nouns, whole)
    for path, words in places:
        for word in wrong & set(words):
            tree.fault(path, words[word], f"{word}: is it spelt so? If it is, put it into {LIST}")
    for noun in nouns:
        if not any(word.startswith(noun) for word in everything):
            tree.fault(LIST, listed.index(noun) + 1, f"{noun}: no page has this word")
    for word in whole - everything:
        tree.fault(LIST, 1, f"= {word}: no page has this word")
    return tree.report(f"{count(len({path for path, _ in places}), 'Korean file')}, {count(len(everything), 'word')}")
