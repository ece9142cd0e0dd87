"""The words and forms that the Korean edition does not use. docs/writing-korean.md has the reasons."""

import re
from collections.abc import Iterator

from checks.markdown import Document

# Forms that a Korean author would not write, and what to write. Words are refused by docs/terms.toml.
_FORMS = {
    r"에 의해|에 의하여": "a sentence in the active voice",
    r"되어[지진졌]": "되다",
    r"하는 것이 가능": "할 수 있다",
    r"(?<![가-힣])(?:그것|이것|저것)(?:은|이|을|의|에|들)(?![가-힣])": "the noun",
    r"습니다|(?<=[가-힣])세요(?=[.?!])": "-다",
}


def patterns_of(refused: dict[str, str]) -> list[tuple[re.Pattern[str], str]]:
    """What faults_of_words() looks for; `refused` has words, and what to write in their place."""
    words = {rf"(?<![가-힣]){re.escape(wrong)}": right for wrong, right in refused.items()}
    return [(re.compile(wrong), right) for wrong, right in (words | _FORMS).items()]


def faults_of_words(document: Document,
                    patterns: list[tuple[re.Pattern[str], str]]) -> Iterator[tuple[int, str]]:
    """Line and message of each refused word in the prose; quoted code may have any."""
    for number, line in enumerate(document.prose.split("\n"), 1):
        line = re.sub(r"`[^`]*`", lambda code: " " * len(code[0]), line)
        for pattern, right in patterns:
            if match := pattern.search(line):
                yield number, f"\"{match[0]}\": write {right}"
