"""Checks the lessons against the sources: quoted code, facts, links, calls, head, end, exercises.

docs/writing-lessons.md says how a lesson is written, and so what is checked here.
With --update the quoted code is first copied afresh from the sources, and the lists of exercises are
made anew.
"""

from pathlib import Path

from checks.calls import all_calls, check_calls
from checks.exercises import check_exercises, exercises_of, lists
from checks.facts import Facts
from checks.frame import check_frames
from checks.links import check_links
from checks.markdown import documents_of
from checks.mutations import check_mutations
from checks.snippets import Snippets
from checks.tree import Tree, count, is_lesson_text

OPTIONS = {"--update": {"action": "store_true",
                        "help": "first copy the quoted code afresh from the sources, and list the exercises"}}


def is_lesson(tree: Tree, path: str) -> bool:
    """Whether `path` is a README or its details, in the root or anywhere in a chapter."""
    return is_lesson_text(path) and ("/" not in path or tree.chapter_of(path) is not None)


def update(tree: Tree) -> None:
    snippets = Snippets(tree)
    for path, document in documents_of(tree).items():
        text = snippets.update(document)
        if text != document.text:
            tree.write(path, text)
            print(f"updated {path}")
    for path, text in lists(tree, exercises_of(tree), documents_of(tree)).items():
        if text != tree.read(path):
            tree.write(path, text)
            print(f"updated {path}")


def run(root: Path, options) -> int:
    if options.update:
        update(Tree(root))
    return check(Tree(root))


def check(tree: Tree) -> int:
    documents = documents_of(tree)
    snippets = Snippets(tree)
    facts = Facts(tree)
    calls = all_calls(tree)
    quoted = links = lessons = 0
    for path, document in documents.items():
        quoted += snippets.check(document, is_lesson(tree, path))
        links += check_links(tree, document, documents)
        if is_lesson(tree, path):
            lessons += 1
            facts.check(document)
            check_calls(tree, document, calls)
    snippets.check_all_used()
    number_of_facts = facts.check_all_claimed()
    check_frames(tree, documents)
    number_of_mutations = check_mutations(tree, documents)
    number_of_exercises = check_exercises(tree, documents)
    return tree.report(f"{count(lessons, 'lesson')}, {count(quoted, 'snippet')}, "
                       f"{count(number_of_facts, 'fact')}, {count(links, 'link')}, "
                       f"{count(number_of_exercises, 'exercise')}, {count(number_of_mutations, 'mutation')}")
