"""The words and forms that the Korean edition does not use. docs/writing-korean.md has the reasons."""

import re
from collections.abc import Iterator

from checks.markdown import Document

# Forms that a Korean author would not write, and what to write. Words are refused by docs/terms.toml.
_WITH_B = "".join(chr(0xAC00 + 28 * number + 17) for number in range(19 * 21))  # syllables that end in ㅂ
_THINGS = "스레드|소켓|버퍼|작업|객체|함수|패킷|통지|이벤트|핸들|데이터|바이트"
_FORMS = {
    r"에\s?의(?:해|하여|한(?![가-힣]))": "a sentence in the active voice",
    r"(?:되어|보내어|나뉘어|읽혀|쓰여)[지진질졌]": "되다, or the active voice",
    r"는 것이 가능": "-ㄹ 수 있다",
    r"(?<![가-힣])(?:그것|이것|저것)(?:은|이|을|의|에|들)(?![가-힣])": "the noun",
    r"(?<![가-힣])(?:그|이것|저것|그것)들": "the noun",
    r"쓰레드": "스레드",
    rf"(?:{_THINGS})들": "it without 들",
    r"[을를] (?:가지고 있|가진다|갖는다|갖고 있)": "~이 있다",
    r"기 위해": "-려고",
    r"에 대(?:해|하여)(?![가-힣])": "a particle",
    rf"[{_WITH_B}]니[다까]|십시오|(?<=[가-힣])요(?=[.?!])": "-다",
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
