"""The words and forms that the Korean edition does not use. docs/writing-korean.md has the reasons."""

import re
from collections.abc import Iterator

from checks.markdown import Document

# What is refused, and what to write.
_REFUSED = {
    r"쓰레드": "스레드",
    r"작업자 스레드": "워커 스레드",
    r"완료포트|완성 포트": "완료 포트",
    r"블록킹": "블로킹",
    r"넌블로킹|넌블록킹": "논블로킹",
    r"문맥 교환": "컨텍스트 스위칭",
    r"청취 소켓": "리슨 소켓",
    r"오퍼레이션": "작업",
    r"피어": "상대",
    r"챕터|레슨": "장",
    r"펜딩": "보류 중(pending)",
    r"에 의해|에 의하여": "a sentence in the active voice",
    r"되어[지진졌]": "되다",
    r"하는 것이 가능": "할 수 있다",
    r"(?<![가-힣])(?:그것|이것|저것)(?:은|이|을|의|에|들)(?![가-힣])": "the noun",
    r"습니다|(?<=[가-힣])세요(?=[.?!])": "-다",
}
_PATTERNS = [(re.compile(wrong), right) for wrong, right in _REFUSED.items()]


def faults_of_words(document: Document) -> Iterator[tuple[int, str]]:
    """Line and message of each refused word in the prose; quoted code may have any."""
    for number, line in enumerate(document.prose.split("\n"), 1):
        line = re.sub(r"`[^`]*`", lambda code: " " * len(code[0]), line)
        for pattern, right in _PATTERNS:
            if match := pattern.search(line):
                yield number, f"\"{match[0]}\": write {right}"
