"""The words of the evidence in each language: of its page, of the lessons' column, of the front page."""

from dataclasses import dataclass

from checks.evidence_runs import FAILED, NO_ANSWER, PASSED, SKIPPED
from checks.tree import KOREAN_ENDING, Tree

PAGE = "docs/evidence.md"
FRONT = "README.md"
DIFFERS, NOT_YET = "differs", "not yet"


@dataclass(frozen=True)
class Language:
    """The words in one language, and how its files end."""
    ending: str                        # of a file's name
    legs: dict[str, tuple[str, str]]   # the kinds of evidence, the strongest first: word and meaning
    outcomes: dict[str, str]           # the word for each outcome
    # The page
    head: str
    there: str
    not_there: str
    runs: str
    run_heads: tuple[str, str, str]
    no_answer: str
    count: str
    count_heads: tuple[str, str]
    all: str
    once: str
    nowhere: str
    unanswered: str
    in_text: str
    claim: str
    how: str
    unproved: str
    together: str                      # stands between systems of which the same is said
    # The line of the front page
    none_seen: str
    some_seen: str
    some_failed: str
    rest: str
    others: tuple[str, str]            # all facts, or those that have not been seen

    def page(self, path: str) -> str:
        return path.removesuffix(".md") + self.ending

    def word(self, leg: str) -> str:
        return self.legs[leg][0]


ENGLISH = Language(
    ending=".md",
    legs={
        "failed": ("failed", "The test was run on Windows and failed there: the claim is wrong, or its test."),
        "seen": ("seen", "The test was run on Windows and passed there."),
        "asserted": ("asserted",
                     "The authors of a public test suite assert the same, and run their suite on "
                     "Windows. We have read their test, not a log of its runs. Where it covers less than "
                     "the claim, the row says so."),
        "documented": ("documented", "A page of Microsoft's says so."),
        "expected": ("expected",
                     "Nobody has shown it yet. It follows from what is documented, or others rely on "
                     "it, or nothing speaks against it."),
    },
    outcomes={word: word for word in (PASSED, FAILED, SKIPPED, NO_ANSWER, DIFFERS, NOT_YET)},
    head="""\
# The evidence

<!-- Made by docs/check_evidence.py --update, out of docs/evidence/. Do not edit it. -->

The lessons state facts about Windows, and each fact has a test. {where} So this page says, \
fact by fact, what else there is to go by. In the lessons' tables, the column *Windows* has the \
strongest of these words:

| Word | What it means |
|---|---|
{words}

**What a run under Wine is worth.** Wine is another implementation of the same API. A test that \
passes there shows that the test works, and that Wine's authors expect the same of Windows as we \
do. It proves nothing about Windows: where both are wrong, it passes all the same. Where Wine is \
known to do otherwise, the test is skipped there. The tables call that *differs*, and say what \
Wine does.

**You have Windows?** One command tests all facts and writes a file: \
[how to send it](../CONTRIBUTING.md#the-facts-on-windows).
""",
    there="The tests have run under Wine, and on the releases of Windows in the table below.",
    not_there="The tests have run under Wine, and not yet on Windows.",
    runs="The runs",
    run_heads=("System", "Compiler", "Date"),
    no_answer="*No answer* below means that a run has no result of a test: its program ended before, or the "
              "test is newer than the run.",
    count="The count",
    count_heads=("Chapter", "Facts"),
    all="All",
    once="Each fact is counted once, by its strongest word.",
    nowhere="{number} of the tests {have} passed nowhere yet: the systems that gave an answer do otherwise.",
    unanswered="{number} of the tests {have} no answer in any run yet.",
    in_text="In the lesson's text",
    claim="Claim and test",
    how="How we know",
    unproved="Expected, unproved.",
    together=" and ",
    none_seen="**Nothing here has been run on Windows yet**, so none of the {facts} facts in the lessons has "
              "been seen there.",
    some_seen="Of the {facts} facts in the lessons, {number} {have} been seen on Windows.",
    some_failed="{number} {have} failed there.",
    rest="Public tests that run there assert {asserted} of the {others}, Microsoft's pages state {documented} "
         "more, and {expected} {are} expected: [the evidence, fact by fact]({page}). Where a public test "
         "covers less than the claim, it says so.",
    others=("facts", "others"))

KOREAN = Language(
    ending=KOREAN_ENDING,
    legs={
        "failed": ("실패", "Windows에서 테스트를 실행했고, 실패했다. 주장이 틀렸거나, 테스트가 틀렸다."),
        "seen": ("확인됨", "Windows에서 테스트를 실행했고, 통과했다."),
        "asserted": ("공개 테스트에 있음",
                     "공개 테스트를 만든 사람들이 똑같이 단언하고, 그 테스트를 Windows에서 실행한다. 우리는 테스트의 "
                     "코드를 읽었을 뿐, 실행 기록을 본 것은 아니다. 테스트가 주장보다 좁은 범위만 다루면, 표의 그 행에 "
                     "그렇다고 적었다."),
        "documented": ("문서에 있음", "Microsoft의 문서가 그렇게 말한다."),
        "expected": ("예상",
                     "아직 아무도 보여 준 적이 없다. 문서의 내용에서 따라 나오거나, 다른 프로젝트가 그렇다고 믿고 "
                     "쓰거나, 그렇지 않다고 볼 근거가 없는 것이다."),
    },
    outcomes={PASSED: "통과", FAILED: "실패", SKIPPED: "건너뜀", NO_ANSWER: "답 없음", DIFFERS: "다름",
              NOT_YET: "아직"},
    head="""\
# 근거
<!-- en: the-evidence -->

<!-- Made by docs/check_evidence.py --update, out of docs/evidence/. Do not edit it. -->

각 장은 Windows에 관한 사실을 말하고, 그 사실마다 테스트가 하나씩 있다. {where} 그래서 이 페이지는 그 밖에 \
어떤 근거가 있는지 사실마다 밝힌다. 각 장의 표에 있는 *Windows* 열에는 다음 말 가운데 가장 강한 것이 적혀 있다.

| 말 | 뜻 |
|---|---|
{words}

**Wine에서 실행한 결과는 얼마나 믿을 수 있을까?** Wine은 같은 API를 따로 구현한 것이다. 테스트가 Wine에서 통과하면, \
테스트 자체는 제대로 돌고, Windows에 대한 Wine 개발자들의 예상도 우리와 같다는 것을 알 수 있다. 그러나 Windows에 \
관해서는 아무것도 증명하지 못한다. 양쪽 다 틀린 곳에서도 테스트는 통과하기 때문이다. Wine이 다르게 동작한다고 알려진 곳에서는 \
테스트를 건너뛴다. 표에는 그런 곳을 *다름*이라고 적고, Wine이 어떻게 동작하는지 밝혔다.

**Windows가 있다면** 명령 하나로 모든 사실을 테스트하고 결과를 파일로 남길 수 있다. \
[보내는 방법](../CONTRIBUTING.md#the-facts-on-windows)을 보자.
""",
    there="테스트는 Wine에서 실행했고, 아래 표에 있는 버전의 Windows에서도 실행했다.",
    not_there="테스트는 Wine에서 실행했고, Windows에서는 아직 실행하지 않았다.",
    runs="실행 결과",
    run_heads=("시스템", "컴파일러", "날짜"),
    no_answer="아래에서 *답 없음*은 그 실행에 그 테스트의 결과가 없다는 뜻이다. 테스트의 차례가 오기 전에 프로그램이 "
              "끝났거나, 테스트가 그 실행보다 나중에 생겼다.",
    count="집계",
    count_heads=("장", "사실"),
    all="모두",
    once="사실마다 가장 강한 말로 한 번씩 세었다.",
    nowhere="테스트 {number}개는 아직 어디에서도 통과하지 않았다. 결과가 있는 시스템은 모두 다르게 동작한다.",
    unanswered="테스트 {number}개는 아직 어느 실행에서도 답이 없다.",
    in_text="본문에 있는 사실",
    claim="주장과 테스트",
    how="어떻게 아는가",
    unproved="예상일 뿐, 증명은 없다.",
    together=", ",
    none_seen="**아직 아무것도 Windows에서 실행하지 않았다.** 그래서 각 장의 사실 {facts}개 가운데 Windows에서 확인된 "
              "것은 없다.",
    some_seen="각 장의 사실 {facts}개 가운데 {number}개를 Windows에서 확인했다.",
    some_failed="{number}개는 Windows에서 실패했다.",
    rest="{others}{asserted}개는 Windows에서 실행되는 공개 테스트가 단언하고, {documented}개는 Microsoft의 문서에 있고, "
         "{expected}개는 예상일 뿐이다. [사실 하나하나의 근거]({page})는 따로 정리해 두었다. 공개 테스트가 주장보다 좁은 "
         "범위만 다루는 곳에는 그렇다고 적혀 있다.",
    others=("", "나머지 가운데 "))


def languages_of(tree: Tree) -> list[Language]:
    """English, and Korean where the front page has a Korean edition."""
    return [language for language in (ENGLISH, KOREAN)
            if language is ENGLISH or language.page(FRONT) in tree.files]


def language_of(path: str) -> Language:
    return KOREAN if path.endswith(KOREAN.ending) else ENGLISH


def have(number: int) -> str:
    return "has" if number == 1 else "have"
